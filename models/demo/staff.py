"""The demo staff: who may sign in with the demo password, and which role each holds."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.accounts import hash_password
from models.demo.errors import BuiltInRoleMissing
from models.demo.rows import StaffRoleRow, StaffUserRow
from models.kernel.columns import new_id
from models.kernel.database import data_dir
from models.kernel.secrets import kept_secret, new_token
from models.kernel.settings import get_settings

DOMAIN = "demo.test"
PASSWORD_FILE = "demo_password"  # noqa: S105 -- a file name
# Typed from a terminal: no letter or digit that looks like another. 16 of 32 are 80 random bits.
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105 -- an alphabet
PASSWORD_GROUPS = 4


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A member of the demo staff; `can_sign_in` ones share the demo password."""

    mailbox: str
    name: str
    role: str
    can_sign_in: bool = True

    @property
    def email(self) -> str:
        """The sign-in address."""
        return f"{self.mailbox}@{DOMAIN}"


STAFF = (
    DemoUser("admin", "Ada Winter", "admin"),
    DemoUser("manager", "Marta Lindqvist", "account_manager"),
    DemoUser("finance", "Felix Okafor", "finance"),
    DemoUser("compliance", "Clara Mendes", "compliance"),
    DemoUser("support", "Sam Novak", "support"),
    DemoUser("viewer", "Vera Ishii", "viewer"),
    DemoUser("jonas.becker", "Jonas Becker", "account_manager", can_sign_in=False),
    DemoUser("priya.raman", "Priya Raman", "account_manager", can_sign_in=False),
)
SIGN_INS = tuple(user.email for user in STAFF if user.can_sign_in)


def demo_password() -> str:
    """DEMO_PASSWORD, else one generated once into DATA_DIR (mode 0600), the same at every call."""
    given = get_settings().demo_password.get_secret_value()
    if given:
        return given
    return kept_secret(data_dir() / PASSWORD_FILE, lambda: "-".join(_group() for _ in range(PASSWORD_GROUPS)))


def _group() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4))


def build_staff(password: str, at: datetime) -> list[StaffUserRow]:
    """The staff, each with a hash and salt of its own; who cannot sign in gets a secret nobody knows."""
    return [
        StaffUserRow(
            id=new_id(),
            email=user.email,
            name=user.name,
            password_hash=hash_password(password if user.can_sign_in else new_token()),
            is_active=True,
            locale="en",
            time_zone="UTC",
            preferences="{}",
            created_at=at,
            updated_at=at,
        )
        for user in STAFF
    ]


def build_staff_roles(staff: list[StaffUserRow], role_ids: Mapping[str, UUID]) -> list[StaffRoleRow]:
    """One role each; raises `BuiltInRoleMissing` where `role_ids` (by key) lacks one."""
    missing = sorted({user.role for user in STAFF} - role_ids.keys())
    if missing:
        raise BuiltInRoleMissing(missing[0])
    return [StaffRoleRow(row.id, role_ids[user.role]) for row, user in zip(staff, STAFF, strict=True)]


def owner_ids(staff: list[StaffUserRow]) -> tuple[UUID | None, ...]:
    """Account managers in the rhythm customers are given to them: of nine, 3, 3 and 2, and one has none."""
    first, second, third = (
        row.id for row, user in zip(staff, STAFF, strict=True) if user.role == "account_manager"
    )
    return (first, second, third, first, second, third, first, second, None)
