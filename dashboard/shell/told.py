"""What a posted form tells the page it goes back to: signed, so that no link can put words into our mouth."""

from models.kernel.errors import Forbidden
from models.kernel.secrets import read_link, sign_link

PURPOSE = "told"
# Long enough for a slow page, short enough that an old address says nothing.
HOLDS_SECONDS = 300
MOST_LETTERS = 500


def sign_told(sentence: str, *, is_refusal: bool) -> str:
    """The sentence for the address of the page."""
    return sign_link(PURPOSE, f"{'!' if is_refusal else ''}{sentence[:MOST_LETTERS]}")


def read_told(token: str) -> tuple[str, bool]:
    """The sentence and whether it is a refusal; "" for nothing, for what is old, and for what is not ours."""
    try:
        found = read_link(PURPOSE, token[:4_000], max_age_seconds=HOLDS_SECONDS) if token else ""
    except Forbidden:
        return "", False
    return found.removeprefix("!"), found.startswith("!")
