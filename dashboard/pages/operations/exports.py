"""Exports: where is my file?"""

from dataclasses import dataclass
from typing import ClassVar

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.feedback import empty_state
from dashboard.components.native import download_link
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from dashboard.states.live_state import LiveState
from models.import_export import ExportFormat, ExportRow, ExportStatus, export_href, list_exports
from models.kernel.actor import Actor
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission

KILO = 1_000


@dataclass(frozen=True)
class ExportView:
    """An export as shown."""

    id: str
    title: str
    badge: str
    tone: str
    progress: int
    rows: str
    size: str
    made: str
    exact: str
    expires: str
    href: str
    error: str
    is_running: bool


class ExportsState(LiveState, rx.State):
    """The reader's own exports, followed while they are made."""

    permission: ClassVar = Permission.profile_write
    every_seconds: ClassVar = 1.0

    exports: list[ExportView] = []  # noqa: RUF012 -- Reflex copies defaults for each state

    async def _fill(self) -> None:
        reader = current().actor
        self.exports = [_view(each, reader) for each in await read(list_exports, limit=50)]


def _view(row: ExportRow, reader: Actor) -> ExportView:
    is_running = row.status in {ExportStatus.running, ExportStatus.waiting}
    is_ready = row.status == ExportStatus.ready
    total = f" of {row.rows_total:,}" if row.rows_total and is_running else ""
    return ExportView(
        id=str(row.id),
        title=_title(row),
        badge=row.status.capitalize(),
        tone=tone("exports", row.status),
        progress=min(row.rows_done * 100 // row.rows_total, 100) if row.rows_total else 0,
        rows=f"{row.rows_done:,}{total}",
        size=f"{row.file_bytes / KILO:,.0f} kB" if row.file_bytes else "\u2014",
        made=relative_instant(row.created_at),
        exact=show_instant(row.created_at, reader.locale, reader.time_zone),
        expires=relative_instant(row.expires_at) if row.expires_at and is_ready else "\u2014",
        href=export_href(row.id) if is_ready else "",
        error=row.error,
        is_running=is_running,
    )


def _title(row: ExportRow) -> str:
    things = row.listing.replace("_", " ").capitalize()
    return (
        f"{things} as PDF in a ZIP" if row.format == ExportFormat.zip else f"{things} as {row.format.upper()}"
    )


@page("/exports", "Exports", ExportsState.load)
def exports_page() -> rx.Component:
    """The reader's exports, newest first."""
    return rx.vstack(
        rx.heading("Exports", size="5", as_="h1"),
        rx.text(
            "A file holds exactly the filter, columns and order of its list. Text that a spreadsheet would "
            "take for a formula begins with an apostrophe. Links work for you alone and expire.",
            size="2",
            color="var(--gray-11)",
        ),
        rx.cond(
            ExportsState.exports.length() > 0,
            plain_table(
                ["Export", "Status", "Rows", "Size", "Made", "Expires", ""],
                rx.foreach(ExportsState.exports, _row),
                caption="Exports",
                numeric=(2, 3),
            ),
            empty_state("download", "No exports yet.", "Every list has an Export button."),
        ),
        spacing="4",
        width="100%",
    )


def _row(row: rx.Var[ExportView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.title),
        rx.el.td(
            rx.badge(row.badge, color_scheme=row.tone, variant="soft", high_contrast=True),
            rx.cond(row.is_running, rx.progress(value=row.progress, width="120px", aria_label="Progress")),
            rx.cond(row.error != "", rx.text(row.error, size="1", color="var(--gray-11)")),
        ),
        rx.el.td(row.rows, class_name="cf-num"),
        rx.el.td(row.size, class_name="cf-num"),
        rx.el.td(rx.el.time(row.made, title=row.exact)),
        rx.el.td(row.expires),
        rx.el.td(
            rx.cond(
                row.href != "",
                download_link("Download", href=row.href, custom_attrs={"data-testid": "download"}),
            )
        ),
    )
