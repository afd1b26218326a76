"""Refusals of the operations context."""

from models.kernel.actor import Actor, ActorKind
from models.kernel.errors import Conflict, Forbidden


class ProgramOnly(Forbidden):
    """The operation is a step of the worker; nobody else takes it."""

    def __init__(self) -> None:
        super().__init__(
            "operations.program_only",
            "Only the worker does this. Ask for the result instead: retry a delivery or request an export.",
        )


class DeliveryNotRetryable(Conflict):
    """The delivery is done or already on its way."""

    def __init__(self, status: str) -> None:
        super().__init__(
            "delivery.not_retryable",
            f"This delivery is {status}: there is nothing to retry. Reload the page to see how it stands.",
            status=status,
        )


class UnknownSubscriber(Conflict):
    """The delivery names a subscriber that this version of the program does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "delivery.unknown_subscriber",
            f"This version has no subscriber “{name}”. Retry once the version that has it is deployed.",
            subscriber=name,
        )


def ensure_program(actor: Actor) -> None:
    """Refuse everybody but the program itself."""
    if actor.kind is not ActorKind.system:
        raise ProgramOnly
