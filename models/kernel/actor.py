"""Who is acting, why, and what they may do: passed explicitly to every operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from models.kernel.errors import Forbidden
from models.kernel.permissions import Permission, Scope


class ActorKind(StrEnum):
    """What sort of actor caused a change."""

    user = "user"
    api_key = "api_key"
    system = "system"


class Cause(StrEnum):
    """What set a change in motion."""

    click = "click"
    api_call = "api_call"
    schedule = "schedule"
    event = "event"
    command = "command"


@dataclass(frozen=True, slots=True)
class Mandate:
    """A second person's yes: up to how much of which actions, on this one thing, for whoever asked.

    `allows` maps an action to the most it may amount to, in minor units. Only the context that keeps requests makes one.
    """

    subject_id: UUID
    allows: Mapping[str, int]
    on_behalf_of: str

    def covers(self, action: str, minor: int, subject_id: object) -> bool:
        """Whether this much of the action on this thing was agreed to."""
        return subject_id == self.subject_id and minor <= self.allows.get(action, -1)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, key or the system, with the grants that hold for this one request."""

    kind: ActorKind
    id: UUID | None
    name: str
    cause: Cause
    grants: Mapping[Permission, Scope] = field(default_factory=dict)
    request_id: str = ""
    locale: str = "en"
    time_zone: str = "UTC"
    mandate: Mandate | None = None

    def scope(self, permission: Permission) -> Scope | None:
        """How far the permission reaches, or None where it is missing."""
        return self.grants.get(permission)

    def may(self, permission: Permission) -> bool:
        """Whether the actor holds the permission in any scope."""
        return permission in self.grants

    def ensure(self, permission: Permission) -> Scope:
        """The permission's scope; raises `MissingPermission` where it is not held."""
        scope = self.grants.get(permission)
        if scope is None:
            raise MissingPermission(permission)
        return scope

    def caused_by(self, cause: Cause, request_id: str = "") -> "Actor":
        """The same actor acting for another reason."""
        return replace(self, cause=cause, request_id=request_id or self.request_id)


class MissingPermission(Forbidden):
    """The actor does not hold the permission; who can grant it is the accounts context's to say."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(
            "permission.missing",
            f"You need the permission {permission.value} to {permission.sentence}. "
            "An administrator can grant it.",
            permission=permission.value,
        )
        self.permission = permission


def system_actor(name: str, cause: Cause = Cause.schedule, request_id: str = "") -> Actor:
    """The program itself, e.g. `system_actor("relay")`; it may do everything."""
    everything = dict.fromkeys(Permission, Scope.all)
    return Actor(ActorKind.system, None, name, cause, everything, request_id)
