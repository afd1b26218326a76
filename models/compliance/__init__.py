"""Audit: who did what, when and why."""

from models.compliance.audit import AUDIT, AuditRow
from models.compliance.timeline import TimelineEvent, list_timeline

__all__ = ["AUDIT", "AuditRow", "TimelineEvent", "list_timeline"]
