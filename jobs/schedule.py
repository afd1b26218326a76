"""Every periodic task in one list; times are UTC, and with several workers each task may run in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huey import crontab

from jobs.accounts import purge_ended_sessions, restart_stale_bulk_changes
from jobs.approvals import expire_approvals
from jobs.billing import restart_stale_runs, start_due_run, suspend_overdue
from jobs.channels import send_due_messages
from jobs.dunning import advance_dunning, chase_overdue, review_dunning
from jobs.import_export import expire_old_exports, restart_stale_exports
from jobs.inbox import find_gaps
from jobs.operations import prune_silent_workers, purge_old_runs
from jobs.payments import look_after_charges
from jobs.plan_moves import restart_stale_moves
from jobs.queue import huey
from jobs.refunds import look_after_refunds


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """One entry: `cron` is minute, hour, day of month, month, day of week."""

    name: str
    cron: str
    sentence: str
    run: Callable[[], None]


SCHEDULE = (
    PeriodicTask(
        "start_due_run",
        "*/5 * * * *",
        "Start a billing run where a subscription is due.",
        start_due_run,
    ),
    PeriodicTask(
        "suspend_overdue",
        "12 4 * * *",
        "Suspend subscriptions whose invoices stay unpaid beyond the grace period.",
        suspend_overdue,
    ),
    PeriodicTask(
        "advance_dunning",
        "* * * * *",
        "Take every case of dunning that is due one step on.",
        advance_dunning,
    ),
    PeriodicTask(
        "chase_overdue",
        "7 * * * *",
        "Begin to chase invoices that are overdue.",
        chase_overdue,
    ),
    PeriodicTask(
        "review_dunning",
        "32 3 * * *",
        "Look at every open case anew: close what is settled, plan what has changed.",
        review_dunning,
    ),
    PeriodicTask(
        "restart_stale_runs",
        "* * * * *",
        "Take up billing runs whose worker died or whose task was lost.",
        restart_stale_runs,
    ),
    PeriodicTask(
        "look_after_charges",
        "* * * * *",
        "Send charges whose wake-up was lost, ask Stripe again after an unknown outcome, close unused payment pages.",
        look_after_charges,
    ),
    PeriodicTask(
        "look_after_refunds",
        "* * * * *",
        "Send refunds whose wake-up was lost and look at those on their way.",
        look_after_refunds,
    ),
    PeriodicTask(
        "fetch_missed",
        "*/15 * * * *",
        "Ask Stripe for events that never reached us.",
        find_gaps,
    ),
    PeriodicTask(
        "send_due_messages",
        "* * * * *",
        "Send mails whose next attempt has come or whose worker vanished.",
        send_due_messages,
    ),
    PeriodicTask(
        "restart_stale_moves",
        "*/5 * * * *",
        "Take up moves to another plan version whose worker died or whose task was lost.",
        restart_stale_moves,
    ),
    PeriodicTask(
        "restart_stale_exports",
        "* * * * *",
        "Start exports whose worker died or whose task was lost.",
        restart_stale_exports,
    ),
    PeriodicTask(
        "restart_stale_bulk_changes",
        "* * * * *",
        "Go on with changes of many customers whose worker died or whose task was lost.",
        restart_stale_bulk_changes,
    ),
    PeriodicTask(
        "expire_old_exports",
        "*/5 * * * *",
        "Expire finished exports and delete files that no export keeps.",
        expire_old_exports,
    ),
    PeriodicTask(
        "expire_approvals",
        "* * * * *",
        "Let requests for approval expire that nobody decided in time.",
        expire_approvals,
    ),
    PeriodicTask(
        "prune_silent_workers",
        "* * * * *",
        "Forget workers without a sign of life for a minute and close the runs they had begun.",
        prune_silent_workers,
    ),
    PeriodicTask(
        "purge_old_runs", "17 * * * *", "Delete records of task runs older than 7 days.", purge_old_runs
    ),
    PeriodicTask(
        "purge_ended_sessions",
        "42 3 * * *",
        "Delete sign-in sessions that ended more than 30 days ago.",
        purge_ended_sessions,
    ),
)


def periodic_tasks() -> Sequence[PeriodicTask]:
    """The schedule, for the documentation and its test."""
    return SCHEDULE


for _entry in SCHEDULE:
    _minute, _hour, _day, _month, _weekday = _entry.cron.split()
    huey.periodic_task(
        crontab(minute=_minute, hour=_hour, day=_day, month=_month, day_of_week=_weekday, strict=True),
        name=_entry.name,
    )(_entry.run)
