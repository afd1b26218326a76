"""One coupon: its terms, its codes, and how often it was given."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, reason_field, text_field
from dashboard.components.feedback import empty_state
from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id, day_or_none, texts
from models.billing import (
    CodeRow,
    CouponRow,
    archive_coupon,
    archive_promotion_code,
    create_promotion_code,
    get_coupon,
    unarchive_coupon,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.permissions import Permission

DIALOGS = ("archive", "code")
Found = tuple[CouponRow, tuple[CodeRow, ...], list[TimelineEvent]]


@dataclass(frozen=True)
class CodeView:
    """A promotion code as shown."""

    id: str
    code: str
    used: str
    until: str
    is_archived: bool


class CouponState(DetailState, rx.State):
    """The coupon shown, its dialogs and what they do."""

    permission: ClassVar = Permission.coupons_read
    path: ClassVar = "/billing/coupons"
    tab_labels: ClassVar = (("codes", "Codes"), ("timeline", "Timeline"))

    codes: list[CodeView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    is_archived: bool = False

    async def _fill(self) -> None:
        reader = current().actor
        row, codes, events = await read(_load, self._required_id())
        self.title = row.name
        self.badge, self.tone = row.status.replace("_", " ").capitalize(), tone("coupons", row.status)
        self.figure = f"{row.discount_text} off, {row.duration_text}"
        self.is_archived = row.status == "archived"
        self.facts = _facts(row, reader)
        self.codes = [_code(each, reader) for each in codes]
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("coupon", row.id, row.name)

    @rx.event
    @requires(Permission.coupons_write)
    async def ask(self, name: str) -> None:
        """Open one of the page's dialogs."""
        if name not in DIALOGS:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        self.dialog, self.dialog_error = name, ""

    @rx.event
    @requires(Permission.coupons_write)
    async def archive(self, form: dict[str, str]) -> Any:
        """Give the coupon no more, or again."""
        operation, done = (
            (unarchive_coupon, "Can be given again.") if self.is_archived else (archive_coupon, "Archived.")
        )
        return await self._commit(operation, done, coupon_id=self._required_id(), **texts(form, "reason"))

    @rx.event
    @requires(Permission.coupons_write)
    async def add_code(self, form: dict[str, str]) -> Any:
        """Make a code that gives the coupon."""
        return await self._commit(
            create_promotion_code,
            "Code added.",
            coupon_id=self._required_id(),
            redeem_until_on=day_or_none(form, "redeem_until_on"),
            **texts(form, "code", "max_redemptions"),
        )

    @rx.event
    @requires(Permission.coupons_write)
    async def drop_code(self, identifier: str) -> Any:
        """Let a code give nothing more."""
        await write(archive_promotion_code, promotion_code_id=as_id(identifier))
        await self._refill()
        return rx.toast.success("Code archived. What it gave stays.")

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("coupon")
        return self._id


def _load(session: Session, actor: Actor, coupon_id: UUID) -> Found:
    return *get_coupon(session, actor, coupon_id), list_timeline(session, actor, subject_id=coupon_id)


def _facts(row: CouponRow, reader: Actor) -> list[Fact]:
    until = row.redeem_until_on
    return [
        Fact("Takes off", row.discount_text),
        Fact("Holds", row.duration_text),
        Fact("Given", row.used_text),
        Fact("Running discounts", "\u2014" if row.running is None else f"{row.running:,}"),
        Fact("No longer given from", show_date(until, reader.locale) if until else "No end"),
        Fact("Key", row.key),
        Fact("Created", relative_instant(row.created_at)),
        Fact("Id", str(row.id)),
    ]


def _code(code: CodeRow, reader: Actor) -> CodeView:
    limit = f" of {code.max_redemptions:,}" if code.max_redemptions else ""
    until = code.redeem_until_on
    return CodeView(
        str(code.id),
        code.code,
        f"{code.redeemed_count:,}{limit}",
        show_date(until, reader.locale) if until else "No end",
        code.archived_at is not None,
    )


@page("/billing/coupons/[coupon_id]", "Coupon", CouponState.load)
def coupon_page() -> rx.Component:
    """Head, codes, timeline; facts at the side."""
    state = CouponState
    return detail_page(
        state,
        noun="coupon",
        list_label="Coupons",
        list_href="/billing/coupons",
        first_tab=_codes(state),
        tabs={},
        actions=(
            rx.cond(
                state.is_archived,
                action_button("Give again", "archive-restore", state.ask("archive")),
                action_button("Archive", "archive", state.ask("archive")),
            ),
            action_button("New code", "plus", state.ask("code"), is_main=True),
        ),
        dialogs=(_archive_dialog(state), _code_dialog(state)),
    )


def _codes(state: Any) -> rx.Component:
    return rx.cond(
        state.codes.length() > 0,
        plain_table(
            ["Code", "Used", "No longer from", ""],
            rx.foreach(state.codes, lambda code: _code_row(code, state)),
            caption="Codes",
        ),
        empty_state(
            "ticket",
            "No codes yet.",
            "A code lets customers ask for the coupon. Staff can give it by its key.",
        ),
    )


def _code_row(code: rx.Var[CodeView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.code(code.code, size="2")),
        rx.el.td(code.used),
        rx.el.td(code.until),
        rx.el.td(
            rx.cond(
                code.is_archived,
                rx.badge("Archived", color_scheme="gray", variant="soft", high_contrast=True),
                rx.button(
                    "Archive",
                    aria_label="Archive " + code.code,
                    on_click=state.drop_code(code.id),
                    size="1",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
            )
        ),
    )


def _archive_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title=rx.cond(state.is_archived, "Give " + state.title + " again", "Archive " + state.title),
        effect=rx.cond(
            state.is_archived,
            "It can be given again, within its limits.",
            "It is given no more. Discounts that run keep it.",
        ),
        undo="Can be reversed at any time.",
        verb=rx.cond(state.is_archived, "Give again", "Archive coupon"),
        is_open=state.dialog == "archive",
        on_close=state.close_dialog,
        on_submit=state.archive,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why?"),),
    )


def _code_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="New code for " + state.title,
        effect="Whoever names the code gets the coupon, within the limits of both.",
        undo="Can be archived, never deleted.",
        verb="Create code",
        is_open=state.dialog == "code",
        on_close=state.close_dialog,
        on_submit=state.add_code,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Code", "code", placeholder="WELCOME10"),
            text_field("At most used", "max_redemptions", placeholder="No limit", required=False),
            text_field("No longer used from", "redeem_until_on", kind="date", required=False),
        ),
    )
