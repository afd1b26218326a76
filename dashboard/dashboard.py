"""The application: gate, HTTP beside the pages, and the pages."""

import gc

import reflex as rx

from dashboard.api.app import with_pages
from dashboard.pages import sign_in  # noqa: F401 -- pages register themselves
from dashboard.pages.accounts import customer, customers, me  # noqa: F401
from dashboard.pages.analytics import overview  # noqa: F401
from dashboard.pages.approvals import approval, approvals, limits  # noqa: F401
from dashboard.pages.billing import (  # noqa: F401
    bank,
    bank_line,
    charge,
    charges,
    coupon,
    coupons,
    credit_note,
    credit_notes,
    dispute,
    disputes,
    invoice,
    invoices,
    new_invoice,
    new_subscription,
    payment_methods,
    payments,
    plan,
    plans,
    refunds,
    review,
    run,
    runs,
    subscription,
    subscriptions,
    taxes,
)
from dashboard.pages.channels import message, messages, template, templates  # noqa: F401
from dashboard.pages.compliance import audit  # noqa: F401
from dashboard.pages.dunning import campaign, campaigns, case, queue, results, simulate  # noqa: F401
from dashboard.pages.operations import clock, exports, inbound, inbound_message, jobs  # noqa: F401
from dashboard.shell.failures import on_failure
from dashboard.shell.gate import Gate
from models.integrations.error_reports import start_error_reports
from models.kernel.logs import configure_logs

# Python's default of 700 searches for cycles several times a click, as a page of rows is that many objects that
# live on. Much more than this costs memory: with 20,000 a connected client was seen to take a third more.
gc.set_threshold(5_000, 10, 10)
configure_logs()
start_error_reports("web")

app = rx.App(
    stylesheets=["/theme.css"],
    head_components=[rx.el.script(src="/keyboard.js", defer=True)],
    html_lang="en",
    api_transformer=with_pages,
    backend_exception_handler=on_failure,
)
app.add_middleware(Gate(), index=0)
