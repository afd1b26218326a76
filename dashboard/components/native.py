"""Elements the browser handles by itself: Reflex's own form stops the submit, its own link the download."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML


class NativeForm(BaseHTML):
    """A form the browser posts, with its own validation and password manager."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]


class NativeLink(BaseHTML):
    """A link the browser follows to the server, not a change of page."""

    tag = "a"

    href: rx.Var[str]
    download: rx.Var[bool]


def native_form(*children: rx.Component, action: str, method: str = "post", **props: Any) -> rx.Component:
    """`<form action method>` around the children."""
    return NativeForm.create(*children, action=action, method=method, **props)


def download_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link to a file of ours."""
    return NativeLink.create(*children, href=href, download=True, **props)
