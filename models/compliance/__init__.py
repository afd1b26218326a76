"""Audit: who did what, when and why."""

from models.compliance.audit import AUDIT, AuditRow
from models.compliance.timeline import TimelineEvent, Trace, list_timeline, list_traces

__all__ = ["AUDIT", "AuditRow", "TimelineEvent", "Trace", "list_timeline", "list_traces"]
