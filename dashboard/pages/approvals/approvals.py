"""The inbox: what waits for my yes, what I asked for, what was decided."""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.pages.approvals.bulk import BulkApproval, bulk_button, bulk_dialog, bulk_outcome
from dashboard.shell.page import page
from dashboard.states.list_peek import RowAction
from models.approvals import APPROVALS
from models.kernel.permissions import Permission


class ApprovalsState(BulkApproval, rx.State):
    """The list of requests, and many approved at once."""

    listing: ClassVar = APPROVALS
    permission: ClassVar = Permission.approvals_read
    row_actions: ClassVar = (
        RowAction("Approve", "check", "/approvals/{id}?do=approve", Permission.approvals_read),
        RowAction("Reject", "x", "/approvals/{id}?do=reject", Permission.approvals_read),
    )


@page("/approvals", "Approvals", ApprovalsState.load)
def approvals_page() -> rx.Component:
    """The generic list, with approval of a selection."""
    return rx.fragment(
        list_page(
            ApprovalsState,
            APPROVALS,
            bulk=(bulk_button(ApprovalsState),),
            notice=bulk_outcome(ApprovalsState),
        ),
        bulk_dialog(ApprovalsState),
    )
