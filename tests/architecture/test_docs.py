"""Every setting, event, permission, periodic task and command is documented as the code has it."""

import re

import pytest

from models.kernel.events import event_catalogue
from tests.docs import DOCS, PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "run `make docs` and look at the difference"


def test_events_are_nouns_with_a_past_verb_and_a_sentence() -> None:
    PAGES["events.md"]()
    for name, kind in event_catalogue().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", name)
        assert kind.sentence
        assert not kind.sentence.endswith(".")
