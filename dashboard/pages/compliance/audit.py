"""Audit: who did what, when and why."""

from typing import ClassVar

import reflex as rx

from dashboard.components.list_page import list_page
from dashboard.shell.page import page
from dashboard.states.list_state import ListState
from models.compliance import AUDIT
from models.kernel.permissions import Permission


class AuditState(ListState, rx.State):
    """The list of events."""

    listing: ClassVar = AUDIT
    permission: ClassVar = Permission.audit_read


@page("/audit", "Audit", AuditState.load)
def audit_page() -> rx.Component:
    """The generic list."""
    return list_page(AuditState, AUDIT)
