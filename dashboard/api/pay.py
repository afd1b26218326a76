"""The page behind a payment link: what is due, and one button to Stripe's own page."""

from html import escape
from pathlib import Path
from string import Template
from uuid import UUID

import structlog
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from dashboard.api.pay_words import PayWords, words_for
from dashboard.api.visitor import demand
from dashboard.shell.guard import Mark
from models.integrations.stripe import get_stripe
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.columns import new_id
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import Conflict, DomainError, Forbidden, Kind, NotFound
from models.kernel.settings import get_settings
from models.payments import (
    MethodOwner,
    PageOrder,
    Payable,
    begin_page,
    get_account_id,
    get_method_owner,
    get_payable,
    open_account,
    open_page,
    read_method_link,
    read_payment_link,
)

log = structlog.get_logger()
router = APIRouter(prefix="/pay", include_in_schema=False)

TEMPLATE = Template((Path(__file__).parent / "pay.html").read_text("utf-8"))
OPEN = "open"


@router.get("/done/{language}")
@demand(Mark.public)
def show_thanks(language: str) -> HTMLResponse:
    """Where Stripe sends people back; it proves nothing, so it promises nothing but a mail."""
    code, words = words_for(language)
    return _page(code, words.thanks, _text(words.back))


@router.get("/method/{token}")
@demand(Mark.public)
def show_method(token: str) -> HTMLResponse:
    """Offer to add a payment method."""
    try:
        with read_session() as session:
            owner = get_method_owner(session, _actor(), read_method_link(token))
    except (Forbidden, NotFound) as error:
        return _refused(error)
    code, words = words_for(owner.locale)
    return _page(code, words.add, _text(words.add_why) + _button(words.add))


@router.post("/method/{token}", response_model=None)
@demand(Mark.public)
def add_method(token: str) -> HTMLResponse | RedirectResponse:
    """Lead to Stripe's page on which the method is added."""
    actor = _actor()
    try:
        with read_session() as session:
            owner = get_method_owner(session, actor, read_method_link(token))
    except (Forbidden, NotFound) as error:
        return _refused(error)
    code, words = words_for(owner.locale)
    try:
        made = get_stripe().checkouts.create_setup(
            customer_id=_account_of(actor, owner),
            currency=owner.currency,
            success_url=_back(code),
            cancel_url=f"{get_settings().base_url}/pay/method/{token}",
            key=f"setup-{new_id()}",
        )
    except DomainError as error:
        return _trouble(error, code, words)
    return RedirectResponse(made.url, 303)


@router.get("/{token}")
@demand(Mark.public)
def show_invoice(token: str) -> HTMLResponse:
    """What is due, and the way to pay it. Looking does nothing: scanners of mails look at every link."""
    try:
        with read_session() as session:
            found = get_payable(session, _actor(), read_payment_link(token))
    except (Forbidden, NotFound) as error:
        return _refused(error)
    return _invoice(found)


@router.post("/{token}", response_model=None)
@demand(Mark.public)
def pay_invoice(token: str) -> HTMLResponse | RedirectResponse:
    """Lead to Stripe's page for this invoice, the open one where there is one."""
    actor = _actor()
    try:
        invoice_id = read_payment_link(token)
        with read_session() as session:
            found = get_payable(session, actor, invoice_id)
        with unit_of_work() as session:
            order = begin_page(session, actor, invoice_id=invoice_id)
    except (Forbidden, NotFound) as error:
        return _refused(error)
    except Conflict:
        # Paid, voided or charged since the page was shown: it says so now.
        with read_session() as session:
            return _invoice(get_payable(session, actor, invoice_id))
    code, words = words_for(found.locale)
    try:
        return RedirectResponse(order.url or _open(actor, order, token, code), 303)
    except DomainError as error:
        return _trouble(error, code, words)


def _open(actor: Actor, order: PageOrder, token: str, code: str) -> str:
    made = get_stripe().checkouts.create_payment(
        customer_id=order.vendor_customer_id or _account(actor, order.tenant_id, order.customer, order.email),
        title=order.number,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        reference=order.number,
        success_url=_back(code),
        cancel_url=f"{get_settings().base_url}/pay/{token}",
        key=order.key,
        expires_at=order.until,
        metadata=order.metadata,
    )
    with unit_of_work() as session:
        return open_page(session, actor, charge_id=order.charge_id, found=made)


def _account_of(actor: Actor, owner: MethodOwner) -> str:
    with read_session() as session:
        known = get_account_id(session, actor, owner.tenant_id)
    return known or _account(actor, owner.tenant_id, owner.name, owner.email)


def _account(actor: Actor, tenant_id: UUID, name: str, email: str) -> str:
    """The customer's account at Stripe, made where there is none; the same key makes it once."""
    made = get_stripe().customers.create(
        name=name, email=email, key=f"customer-{tenant_id}", metadata={"tenant_id": str(tenant_id)}
    )
    with unit_of_work() as session:
        return open_account(session, actor, tenant_id=tenant_id, vendor_id=made.id).vendor_id


def _actor() -> Actor:
    return system_actor("payment link", Cause.api_call)


def _back(code: str) -> str:
    return f"{get_settings().base_url}/pay/done/{code}"


def _invoice(found: Payable) -> HTMLResponse:
    code, words = words_for(found.locale)
    title = words.title.format(number=found.number)
    if found.status == "paid":
        return _page(code, title, _text(words.paid))
    if found.status != OPEN or found.due.minor <= 0:
        return _page(code, title, _text(words.void))
    amount = f'<div class="amount">{escape(found.due.format(found.locale))}</div>'
    whom = _text(found.customer)
    if found.is_under_way:
        return _page(code, title, amount + whom + _text(words.under_way))
    return _page(code, title, amount + whom + _button(words.pay))


def _refused(error: DomainError) -> HTMLResponse:
    return _page("en", "Payment link", _text(error.sentence), 404 if isinstance(error, NotFound) else 403)


def _trouble(error: DomainError, code: str, words: PayWords) -> HTMLResponse:
    log.warning("pay.refused", reason=error.code)
    status = 503 if error.kind is Kind.unavailable else 409
    return _page(code, words.unavailable, "", status)


def _text(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def _button(words: str) -> str:
    return f'<form method="post"><button>{escape(words)}</button></form>'


def _page(language: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    text = TEMPLATE.substitute(
        language=language, title=escape(title), issuer=escape(get_settings().issuer_name), body=body
    )
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})
