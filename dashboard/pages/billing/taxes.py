"""Taxes: which rate holds where, since when, and what a customer somewhere would pay."""

from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import taxes_view as view
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import as_id, day, day_or_none, texts
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.billing import (
    TAX_RULES,
    TaxPreview,
    correct_tax_rule,
    create_tax_rule,
    end_tax_rule,
    get_seller_country,
    get_tax_rule,
    load_eu_rates,
    percent_words,
    preview_taxes,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class AnswerView:
    """One line of what a customer would pay."""

    label: str
    value: str


class TaxesState(ListState, DialogState, rx.State):
    """The list of tax rules, its dialogs, and the box that tries them."""

    listing: ClassVar = TAX_RULES
    permission: ClassVar = Permission.tax_rules_read

    chosen: str = ""
    rate: str = ""
    rule_note: str = ""
    today: str = ""
    seller: str = ""
    answer: list[AnswerView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    answer_note: str = ""
    answer_error: str = ""

    _rule_id: str = ""

    @rx.event
    @requires(Mark.page)
    async def prepare(self) -> None:
        """What the forms start with."""
        self.today = clock.today().isoformat()
        self.seller = await read(get_seller_country)

    @rx.event
    @requires(Permission.tax_rules_write)
    async def ask_rule(self) -> None:
        """Open the form of a new rule."""
        self.dialog, self.dialog_error = "rule", ""

    @rx.event
    @requires(Permission.tax_rules_write)
    async def ask_eu(self) -> None:
        """Say what loading the rates of the EU will do."""
        self.dialog, self.dialog_error = "eu", ""

    @rx.event
    @requires(Permission.tax_rules_write)
    async def ask_for_selected(self, name: str) -> None:
        """Open a dialog about the one selected rule."""
        if name not in view.DIALOGS:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        if len(self.selected) != 1:
            raise Invalid("tax_rule.choose_one", "Select one rule; each ends or is corrected on its own.")
        found = await read(get_tax_rule, as_id(self.selected[0]))
        if found is None:
            raise NotFound("tax_rule")
        self._rule_id = str(found.id)
        self.chosen = f"{found.place}: {found.name} {found.rate_text}"
        self.rate, self.rule_note = found.rate_text.removesuffix(" %"), found.note
        self.dialog, self.dialog_error = name, ""

    @rx.event
    @requires(Permission.tax_rules_write)
    async def create(self, form: dict[str, str]) -> Any:
        """Enter a rule."""
        return await self._save(
            create_tax_rule,
            valid_from_on=day(form, "valid_from_on"),
            valid_until_on=day_or_none(form, "valid_until_on"),
            **texts(form, "country", "region", "name", "rate", "tax_code", "note"),
        )

    @rx.event
    @requires(Permission.tax_rules_write)
    async def end(self, form: dict[str, str]) -> Any:
        """Let the selected rule hold no more from a day on."""
        until = day(form, "valid_until_on")
        return await self._save(
            end_tax_rule, tax_rule_id=as_id(self._rule_id), valid_until_on=until, **texts(form, "reason")
        )

    @rx.event
    @requires(Permission.tax_rules_write)
    async def correct(self, form: dict[str, str]) -> Any:
        """Put the selected rule right."""
        facts = texts(form, "rate", "note", "reason")
        return await self._save(correct_tax_rule, tax_rule_id=as_id(self._rule_id), **facts)

    @rx.event
    @requires(Permission.tax_rules_write)
    async def load_eu(self, _form: dict[str, str]) -> Any:
        """Enter the standard rates of the EU where none is valid."""
        added = await write(load_eu_rates)
        self.dialog = ""
        forget_counts(self.listing)
        return [
            type(self).load,
            rx.toast.success(f"{added} of 27 rates entered. Check them; the note names the source."),
        ]

    @rx.event
    @requires(Mark.page)
    async def try_taxes(self, form: dict[str, str]) -> None:
        """What a customer there would pay, by the rules as they stand."""
        try:
            found = await read(
                preview_taxes,
                is_inclusive=form.get("is_inclusive") == "inclusive",
                on=day(form, "on"),
                **texts(
                    form, "seller_country", "country", "region", "tax_id", "tax_code", "amount", "currency"
                ),
            )
        except DomainError as refusal:
            self.answer, self.answer_note, self.answer_error = [], "", refusal.sentence
            return
        self.answer, self.answer_error = _answer(found, current().actor.locale), ""
        self.answer_note = " ".join(part for part in (found.note, found.tax_id) if part)

    async def _save(self, operation: Any, **arguments: Any) -> Any:
        done = await self._submit(_done, change=operation, **arguments)
        forget_counts(self.listing)
        return [type(self).load, rx.toast.success("Saved.")] if done else None


def _done(session: Session, actor: Actor, *, change: Any, **arguments: Any) -> bool:
    change(session, actor, **arguments)
    return True


def _answer(found: TaxPreview, locale: str) -> list[AnswerView]:
    taxes = [
        AnswerView(f"{name}, {percent_words(ppm)}", amount.format(locale))
        for name, ppm, amount in found.taxes
    ]
    return [
        AnswerView("Net", found.net.format(locale)),
        *(taxes or [AnswerView("Tax", "None")]),
        AnswerView("To pay", found.total.format(locale)),
        AnswerView("Treatment", view.TREATMENTS.get(found.treatment, found.treatment)),
    ]


@page("/billing/taxes", "Taxes", [TaxesState.load, TaxesState.prepare])
def taxes_page() -> rx.Component:
    """The list, its dialogs, and the box that tries the rules."""
    return view.body(TaxesState)
