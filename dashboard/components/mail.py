"""A mail as its reader sees it, in a frame that runs nothing and loads nothing of ours."""

from typing import Any

import reflex as rx


def mail_view(html: Any, title: str, *, is_short: bool = False) -> rx.Component:
    """The HTML of a mail; the empty sandbox forbids scripts, forms and leaving the frame."""
    look = "cf-mail cf-mail-short" if is_short else "cf-mail"
    return rx.el.iframe(src_doc=html, sandbox="", title=title, class_name=look)
