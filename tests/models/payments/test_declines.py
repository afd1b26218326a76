import pytest

from models.payments import DECLINES, DeclineClass, read_decline


@pytest.mark.parametrize(
    ("reason", "advice", "expected"),
    [
        ("insufficient_funds", "", DeclineClass.try_later),
        ("insufficient_funds", "try_again_later", DeclineClass.try_later),
        ("insufficient_funds", "do_not_try_again", DeclineClass.new_method),
        ("generic_decline", "confirm_card_data", DeclineClass.new_method),
        ("expired_card", "try_again_later", DeclineClass.new_method),
        ("authentication_required", "", DeclineClass.new_method),
        ("stolen_card", "try_again_later", DeclineClass.stop),
        ("a_code_of_next_year", "", DeclineClass.try_later),
        ("a_code_of_next_year", "do_not_try_again", DeclineClass.new_method),
    ],
)
def test_the_banks_advice_hardens_and_never_softens(reason: str, advice: str, expected: DeclineClass) -> None:
    assert read_decline(reason, advice=advice).decline_class is expected


def test_an_unknown_reason_is_told_in_its_own_words() -> None:
    assert read_decline("a_code_of_next_year").sentence == "The bank refused: a code of next year."
    assert read_decline("").sentence == "The bank refused without a reason."


def test_every_decline_is_a_sentence_and_thieves_are_told_nothing() -> None:
    assert all(each.sentence[0].isupper() and each.sentence.endswith(".") for each in DECLINES.values())
    untold = {code for code, each in DECLINES.items() if not each.is_told_to_customer}
    assert {"fraudulent", "lost_card", "stolen_card", "pickup_card"} <= untold
