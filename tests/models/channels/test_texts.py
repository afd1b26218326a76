"""The built-in texts in five languages, and what a template may be made of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.channels import TEMPLATES
from models.channels.errors import PlaceholderMismatch, TemplateBroken
from models.channels.rules.catalogue import COMMON, TemplateKind, template_kind
from models.channels.rules.compose import Addressee, compose
from models.channels.rules.render import Written, ensure_usable
from models.channels.rules.texts import TemplateText, built_in_text
from models.integrations.documents import LANGUAGES
from models.kernel.money import Money

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
KIND = template_kind("payment_reminder")
LINK = "[Pay]({{ payment_link }})"


def _examples(kind: TemplateKind) -> dict[str, object]:
    return {name: each.example for name, each in kind.placeholders.items() if name not in COMMON}


CUSTOMER = Addressee("Northwind Trading GmbH")


def _written(text: TemplateText, locale: str = "en", *, name: str = "Northwind", **facts: object) -> Written:
    given = {**_examples(KIND), **facts}
    return compose(KIND, text, given, addressee=Addressee(name, "Asia/Tokyo"), locale=locale)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TEMPLATES)
def test_every_mail_reads_as_agreed(key: str, language: str) -> None:
    """A difference is a change of what customers read: look at it, then delete the file and run this again."""
    kind, text = template_kind(key), built_in_text(key, language)
    ensure_usable(kind, text.subject, text.body)
    given = _examples(kind)
    without = {name: value for name, value in given.items() if not kind.placeholders[name].is_optional}
    pages = [
        f"Subject: {mail.subject}\n\n{mail.text}"
        for facts in (given, without)
        for mail in [compose(kind, text, facts, addressee=CUSTOMER, locale=language)]
    ]
    found = f"{'=' * 72}\n".join(pages)
    file = GOLDEN / f"{key}.{language}.txt"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")


def test_the_html_says_what_the_text_says() -> None:
    text = built_in_text(KIND.key, "de")
    mail = _written(text, "de")
    assert '<html lang="de">' in mail.html
    assert "<strong>129,00 EUR</strong>" in mail.html
    assert '<a class="button" href="https://pay.example.com/payment-link">Rechnung bezahlen</a>' in mail.html
    assert "Rechnung bezahlen\nhttps://pay.example.com/payment-link" in mail.text


def test_a_name_is_never_markup_a_header_or_another_paragraph() -> None:
    text = TemplateText("About {{ customer_name }}", f"Dear {{{{ customer_name }}}},\n\n{LINK}\n")
    name = "A\r\nBcc: all@example.com\n\n<script>1</script> **b** [x](https://evil.example) {{ our_name }}"
    mail = _written(text, name=name)
    assert "\n" not in mail.subject
    assert mail.subject.startswith("About A Bcc: all@example.com <script>")
    assert "<script>" not in mail.html
    assert "<strong>" not in mail.html
    assert mail.html.count("<a ") == 1
    assert "{{ our_name }}" in mail.text
    assert mail.text.splitlines()[0].endswith("{{ our_name }},")


def test_an_instant_is_the_customers_day_and_a_decline_is_a_sentence() -> None:
    text = TemplateText("x", f"Due {{{{ due_on }}}}.\n{LINK}")
    assert "Due March 18, 2026." in _written(text, due_on=datetime(2026, 3, 17, 20, tzinfo=UTC)).text
    failed = template_kind("payment_failed")
    given = {**_examples(failed), "reason": "a_code_of_tomorrow"}
    mail = compose(failed, built_in_text(failed.key, "fr"), given, addressee=CUSTOMER, locale="fr-CA")
    assert "Motif : la banque a refusé sans indiquer de motif." in mail.text
    assert "129,00 EUR" in mail.text


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"due_on": None}, "due_on is missing"),
        ({"amount_due": "12.00 EUR"}, "amount_due is no money"),
        ({"days_overdue": Money(1, "EUR")}, "days_overdue is no number"),
        ({"colour": "blue"}, "no place for colour"),
        ({"customer_name": "Somebody else"}, "no place for customer_name"),
        ({"payment_link": "javascript:alert(1)"}, "payment_link is no link"),
        ({"payment_link": "http://example.com"}, "payment_link is no link"),
        ({"payment_link": "https://example.com/\nBcc: x"}, "payment_link is no link"),
    ],
)
def test_a_caller_that_gives_other_facts_is_refused(facts: dict[str, object], why: str) -> None:
    with pytest.raises(PlaceholderMismatch, match=why):
        _written(built_in_text(KIND.key, "en"), **facts)


@pytest.mark.parametrize(
    ("body", "line", "why"),
    [
        (f"Hello\n\n{{{{ invoce_number }}}}\n{LINK}", 3, "Did you mean {{ invoice_number }}?"),
        (f"{{{{ invoice_number.__class__ }}}}\n{LINK}", 1, "cannot stand here"),
        (f"x\n{{{{ range(10) }}}}\n{LINK}", 2, "cannot stand here"),
        (f"{{% for a in invoice_number %}}\n{{% endfor %}}\n{LINK}", 1, "cannot stand here"),
        (f"{{{{ invoice_number|upper }}}}\n{LINK}", 1, "cannot stand here"),
        (f"{{% include 'x' %}}\n{LINK}", 1, "cannot stand here"),
        (f"{{% if suspension_on %}}\nStop.\n{LINK}", 3, "Allowed are"),
        (f"Hello {{{{ invoice_number }}\n{LINK}", 1, "unexpected"),
        (f"On {{{{ suspension_on }}}} we stop.\n{LINK}", 1, "{% if suspension_on %}"),
        (f"Yes {{% if suspension_on %}}no{{% endif %}}\n{LINK}", 1, "on a line of its own"),
        (f"{{# a note #}}\n{LINK}", 1, "notes cannot stand here"),
        (f"[Pay](http://example.com)\n{LINK}", 1, "button stands on a line of its own"),
        (f"[Pay]({{{{ invoice_number }}}})\n{LINK}", 1, "button stands on a line of its own"),
        (f"Look [here]({{{{ payment_link }}}}) now\n{LINK}", 1, "button stands on a line of its own"),
        ("Hello\n\nPay.", 3, "of no use without {{ payment_link }}"),
        ("   ", 1, "has no text"),
        (f"{LINK}\n{'x' * 8_000}", 1, "longer than 8,000"),
        (
            f"{LINK}\n" + "{% if suspension_on %}\n" * 100 + "x\n" + "{% endif %}\n" * 100,
            7,
            "at most 5 deep",
        ),
    ],
)
def test_a_broken_template_says_where_and_what_is_allowed(body: str, line: int, why: str) -> None:
    with pytest.raises(TemplateBroken) as refused:
        ensure_usable(KIND, "Reminder", body)
    assert refused.value.data["line"] == line
    assert why in refused.value.sentence
    assert refused.value.sentence.startswith(f"Line {line}: ")


@pytest.mark.parametrize(
    "subject", ["", "a\nBcc: x@example.com", "{{ nobody }}", "{% if due_on %}x{% endif %}", "x" * 201]
)
def test_a_broken_subject_is_refused(subject: str) -> None:
    with pytest.raises(TemplateBroken) as refused:
        ensure_usable(KIND, subject, LINK)
    assert refused.value.field == "subject"
