"""What will be billed: the next periods of a subscription, computed by the rules that bill and never written."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.billing.queries.offers import offers_for
from models.billing.queries.snapshots import get_snapshot
from models.billing.queries.subscriptions import get_subscription
from models.billing.rules.forecast import Step, walk
from models.billing.rules.snapshot import Snapshot
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid

MAX_PERIODS = 12
# Days with a planned change each, beside the periods themselves.
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Forecast:
    """The steps ahead, in order; `refusal` says why it stops early, where a planned change does not fit any more."""

    currency: str
    steps: tuple[Step, ...]
    refusal: str = ""

    @property
    def total_minor(self) -> int:
        """All invoices together, with tax, before the balance."""
        return sum(each.outcome.invoice.total_minor for each in self.steps if each.outcome.invoice)


def get_forecast(session: Session, actor: Actor, subscription_id: UUID, periods: int) -> Forecast:
    """The next 1 to 12 periods with their invoices, planned changes carried out, as if nothing else happened.

    Coupons end, lines that wait are billed, the balance is used up. NotFound out of the actor's reach.
    """
    if not 1 <= periods <= MAX_PERIODS:
        raise Invalid("forecast.too_long", f"A forecast shows 1 to {MAX_PERIODS} periods.", field="periods")
    get_subscription(session, actor, subscription_id)
    return forecast(session, get_snapshot(session, subscription_id), periods)


def forecast(session: Session, s: Snapshot, periods: int) -> Forecast:
    """The forecast of a subscription that was read already."""
    offers = offers_for(session, [each.change for each in s.planned])
    steps: list[Step] = []
    left = periods
    try:
        for step in walk(s, offers):
            steps.append(step)
            left -= step.is_boundary
            if not left or len(steps) == MAX_STEPS:
                break
    except DomainError as error:
        return Forecast(s.currency, tuple(steps), error.sentence)
    return Forecast(s.currency, tuple(steps))
