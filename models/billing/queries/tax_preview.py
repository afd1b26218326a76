"""What a customer somewhere would pay in tax: the rules of billing, asked without an invoice."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.billing.queries.tax_context import MAIN_ENTITY, load_rates, load_sellers
from models.billing.rules.invoice_plan import TaxContext
from models.billing.rules.reading import read_currency, read_tax_code, read_tax_country
from models.billing.rules.tax import Taxable, TaxParty
from models.billing.rules.tax_ids import check_tax_id
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class TaxPreview:
    """Net, each tax by name and rate, and total; `treatment` and `note` as an invoice would have them."""

    net: Money
    taxes: tuple[tuple[str, int, Money], ...]
    total: Money
    treatment: str
    note: str
    tax_id: str


def preview_taxes(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    seller_country: str,
    country: str,
    region: str,
    tax_id: str,
    tax_code: str,
    amount: str,
    currency: str,
    is_inclusive: bool,
    on: date,
) -> TaxPreview:
    """What `compute_taxes` makes of one line of this amount; the same call as of every invoice."""
    actor.ensure(Permission.tax_rules_read)
    seller, place = read_tax_country(seller_country), read_tax_country(country)
    code = read_currency(currency)
    money = Money.parse(amount, code)
    kind = "standard" if read_tax_code(tax_code) == "*" else read_tax_code(tax_code)
    party = TaxParty(place, region.strip(), tax_id.strip())
    context = TaxContext(party, seller, load_rates(session))
    found = context.tax([Taxable(money.minor, kind, is_inclusive, on)])
    line = found.lines[0]
    return TaxPreview(
        Money(line.net_minor, code),
        tuple((share.name, share.rate_ppm, Money(share.tax_minor, code)) for share in line.shares),
        Money(line.net_minor + line.tax_minor, code),
        str(found.treatment),
        found.note,
        check_tax_id(place, tax_id).sentence if tax_id.strip() else "",
    )


def get_seller_country(session: Session, _actor: Actor) -> str:
    """Where our main company is, or empty where nobody has said so."""
    return load_sellers(session).get(MAIN_ENTITY, "")
