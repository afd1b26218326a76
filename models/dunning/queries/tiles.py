"""The figures over the queue: at risk, recovered, ending, waiting for a person."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.accounts import in_scope
from models.dunning.operations.locking import is_open
from models.dunning.queries.case_listing import is_ending, needs_person
from models.dunning.tables import CaseStatus, DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission

RECOVERED_DAYS = 30


@dataclass(frozen=True, slots=True)
class DunningTiles:
    """Sums a currency, largest first; never added together. The rate is of cases closed in the 30 days, in permille."""

    at_risk: tuple[Money, ...]
    open_count: int
    recovered: tuple[Money, ...]
    recovered_count: int
    closed_count: int
    ending_count: int
    person_count: int

    @property
    def recovered_permille(self) -> int | None:
        """Recovered of all that closed; None where nothing did."""
        return self.recovered_count * 1_000 // self.closed_count if self.closed_count else None


def get_tiles(session: Session, actor: Actor) -> DunningTiles:
    """The figures within the actor's reach, as of now."""
    reach = in_scope(DunningCase.tenant_id, actor, Permission.dunning_read)
    amount, currency = col(DunningCase.amount_minor), col(DunningCase.currency)
    risks = session.execute(
        select(currency, func.sum(amount), func.count())
        .where(is_open(), reach)
        .group_by(currency)
        .order_by(func.sum(amount).desc())
    ).all()
    since = clock.now() - timedelta(days=RECOVERED_DAYS)
    got = func.sum(col(DunningCase.recovered_minor))
    closed = session.execute(
        select(
            currency, got, func.count(), func.count().filter(col(DunningCase.status) == CaseStatus.recovered)
        )
        .where(col(DunningCase.closed_at) >= since, reach)
        .group_by(currency)
        .order_by(got.desc())
    ).all()
    ending = session.scalar(select(func.count()).select_from(DunningCase).where(is_ending(), reach))
    person = session.scalar(select(func.count()).select_from(DunningCase).where(needs_person(), reach))
    return DunningTiles(
        at_risk=tuple(Money(int(minor), code) for code, minor, _ in risks),
        open_count=sum(number for _, _, number in risks),
        recovered=tuple(Money(int(minor), code) for code, minor, _, _ in closed if minor),
        recovered_count=sum(number for *_, number in closed),
        closed_count=sum(number for _, _, number, _ in closed),
        ending_count=ending or 0,
        person_count=person or 0,
    )
