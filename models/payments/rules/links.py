"""Links that customers pay through: signed, so that nobody guesses them, and without a date in mails that are read late."""

from uuid import UUID

from models.kernel.errors import Forbidden
from models.kernel.secrets import read_link, sign_link
from models.kernel.settings import get_settings

PAY, METHOD = "pay", "pay-method"
# As long as a dunning campaign may take, with room: an older mail leads to somebody who can help.
LIFE_SECONDS = 180 * 86_400


def sign_payment_link(invoice_id: UUID) -> str:
    """The address at which whoever has it can pay this invoice, and nothing else."""
    return f"{get_settings().base_url}/pay/{sign_link(PAY, str(invoice_id))}"


def sign_method_link(tenant_id: UUID) -> str:
    """The address at which a customer adds a payment method, and sees no other."""
    return f"{get_settings().base_url}/pay/method/{sign_link(METHOD, str(tenant_id))}"


def read_payment_link(token: str) -> UUID:
    """The invoice of a link; Forbidden where it was forged or is too old."""
    return _read(PAY, token)


def read_method_link(token: str) -> UUID:
    """The customer of a link; Forbidden where it was forged or is too old."""
    return _read(METHOD, token)


def _read(purpose: str, token: str) -> UUID:
    try:
        return UUID(read_link(purpose, token, max_age_seconds=LIFE_SECONDS))
    except ValueError:
        raise Forbidden("link.forged", "This link is not valid. Open it from its mail again.") from None
