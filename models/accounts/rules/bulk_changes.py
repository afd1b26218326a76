"""What a change of many does to one customer, or why it leaves that one alone; nothing here reads or writes."""

from collections.abc import Sequence

MAX_TAGS = 12
MAX_TAG = 30


def compute_tags(tags: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> tuple[list[str], str]:
    """The tags afterwards, and the reason where they stay as they are.

    >>> compute_tags(["vip"], ["big"], [])
    (['big', 'vip'], '')
    >>> compute_tags(["vip"], ["vip"], [])
    (['vip'], 'Has these tags already.')
    >>> compute_tags(["vip"], [], ["big"])
    (['vip'], 'Does not have these tags.')
    """
    before = sorted(tags)
    after = sorted(({*tags} - {*remove}) | {*add})
    if after == before:
        return before, "Has these tags already." if add else "Does not have these tags."
    if len(after) > MAX_TAGS and len(after) > len(before):
        return before, f"Would have {len(after)} tags; a customer has at most {MAX_TAGS}."
    return after, ""


def compute_undone_tags(
    tags: Sequence[str], before: Sequence[str], add: Sequence[str], remove: Sequence[str]
) -> list[str]:
    """The tags with the change taken back: others that were set or taken away since stay so.

    >>> compute_undone_tags(["big", "new"], before=["old", "vip"], add=["big"], remove=["old"])
    ['new', 'old']
    """
    return sorted(({*tags} - ({*add} - {*before})) | ({*remove} & {*before}))
