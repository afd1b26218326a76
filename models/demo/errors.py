"""What the demo load refuses, as named facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.kernel.errors import Conflict, Invalid

# A file that is wrong from end to end would else print thousands of lines.
SHOWN_DAMAGES = 20
SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Damage:
    """One cell or row of the file that breaks a rule; `remedy` says what to do."""

    line: int
    column: str
    value: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Where, what and how to mend it, in one line."""
        shown = self.value if len(self.value) <= SHOWN_LETTERS else f"{self.value[:57]}..."
        return f"Line {self.line}, {self.column} “{shown}”: {self.remedy}"


class DemoFileUnreadable(Invalid):
    """The file is missing, is no text, or its header lacks a column."""

    def __init__(self, path: Path, remedy: str) -> None:
        super().__init__(
            "demo.file_unreadable",
            f"{path} cannot be read as the demo customers: {remedy} Nothing was loaded.",
            field="file",
            path=str(path),
        )


class DemoFileDamaged(Invalid):
    """Rows of the file are damaged; all of them were looked at and none was loaded."""

    def __init__(self, path: Path, damages: Sequence[Damage]) -> None:
        shown = [damage.sentence for damage in damages[:SHOWN_DAMAGES]]
        if len(damages) > SHOWN_DAMAGES:
            shown.append(f"... and {len(damages) - SHOWN_DAMAGES} more.")
        places = "1 damaged place" if len(damages) == 1 else f"{len(damages)} damaged places"
        super().__init__(
            "demo.file_damaged",
            f"{path} has {places}. Nothing was loaded; mend the file, then load it again.\n"
            + "\n".join(shown),
            field="file",
            path=str(path),
            damaged_places=len(damages),
        )
        self.damages = tuple(damages)


class DatabaseNotEmpty(Conflict):
    """Demo data goes into an empty database only, so that it never mixes with real customers."""

    def __init__(self, found: str) -> None:
        super().__init__(
            "demo.database_not_empty",
            f"The database already holds {found}. Demo data is loaded into an empty one only: "
            "name another with DATABASE_URL or DATA_DIR.",
            found=found,
        )


class BuiltInRoleMissing(Conflict):
    """A role the demo staff need is not in the database."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "demo.role_missing",
            f"The built-in role “{key}” is missing. Run `clientforge migrate`, then load again.",
            role=key,
        )
