"""The mixin behind dialogs that show what they will do, and then do exactly that, once."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from dashboard.components.preview import PreviewView
from dashboard.components.preview_form import FieldView
from dashboard.components.views import Change
from dashboard.shell.run import write
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, DomainError, Invalid

STALE = "preview.stale"


class PreviewState(rx.State, mixin=True):
    """The form, its preview and its commit; the page's state is a `DetailState`, one such dialog is open at a time."""

    change_fields: list[FieldView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    reasons: list[str] = []  # noqa: RUF012
    preview: PreviewView = PreviewView()
    preview_error: str = ""
    was: list[Change] = []  # noqa: RUF012
    is_busy: bool = False
    is_dangerous: bool = False

    _values: dict[str, str] = {}  # noqa: RUF012
    # Whether a preview of what stands in the form is shown, which is what a commit does; its token, and one key a form.
    _is_shown: bool = False
    _token: str = ""
    _request_key: str = ""

    def _begin_preview(self, dialog: str, *, is_dangerous: bool = False) -> None:
        self._values, self._request_key, self.is_dangerous = {}, new_id().hex, is_dangerous
        self.was, self.reasons, self.change_fields = [], [], []
        self.dialog, self.dialog_error = dialog, ""

    def _take(self, name: str, value: str) -> None:
        """Keep what was typed or chosen; a field or choice that is not offered is refused."""
        field = next((each for each in self.change_fields if each.name == name), None)
        if field is None or (field.options and value not in {each.value for each in field.options}):
            raise Invalid("field.unknown", "This form has no such choice. Reload the page.")
        self._values = {**self._values, name: value}
        self.change_fields = [
            each
            if each.name != name
            else FieldView(name, each.label, each.kind, value, each.options, each.help)
            for each in self.change_fields
        ]
        self.was, self.dialog_error = [], ""

    async def _show(self, compute: Callable[[], Awaitable[tuple[PreviewView, str]]]) -> None:
        """The preview and its token, or why there is none."""
        self._is_shown, self._token, self.preview_error = False, "", ""
        try:
            self.preview, self._token = await compute()
            self._is_shown = True
        except DomainError as error:
            self.preview, self.preview_error = PreviewView(), f"{error.sentence} ({error.code})"

    async def _carry_out(
        self,
        compute: Callable[[], Awaitable[tuple[PreviewView, str]]],
        operation: Any,
        **arguments: Any,
    ) -> bool:
        """Do what is shown; False where it was refused, with the form kept and a stale preview shown anew."""
        try:
            await write(operation, token=self._token, request_key=self._request_key, **arguments)
        except DomainError as error:
            if isinstance(error, Conflict) and error.code == STALE:
                before = self.preview
                await self._show(compute)
                self.was = [Change("What it would do", before.sentence, self.preview.sentence)]
            else:
                self._is_shown, self.dialog_error = True, f"{error.sentence} ({error.code})"
            return False
        finally:
            self.is_busy = False
        self.dialog = ""
        return True
