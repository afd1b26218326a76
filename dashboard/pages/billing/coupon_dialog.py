"""How the coupons of a subscription look: those that run, giving one, ending one."""

from typing import Any

import reflex as rx

from dashboard.components.dialogs import reason_dialog, reason_field
from dashboard.components.preview import bill
from dashboard.pages.billing.subscription_data import CouponView


def running_coupons(state: Any) -> rx.Component:
    """Each with what is left of it, and its end."""
    return rx.cond(
        state.coupons.length() > 0,
        rx.el.dl(rx.foreach(state.coupons, lambda each: _coupon(each, state)), class_name="cf-facts"),
        rx.text("No coupon runs.", size="2", color="var(--gray-11)"),
    )


def _coupon(coupon: rx.Var[CouponView], state: Any) -> rx.Component:
    return rx.fragment(
        rx.el.dt(coupon.name),
        rx.el.dd(
            rx.flex(
                coupon.left,
                rx.button(
                    "End",
                    aria_label="End " + coupon.name,
                    on_click=state.ask_end_coupon(coupon.id),
                    size="1",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                ),
                align="center",
                gap="var(--space-3)",
            )
        ),
    )


def coupon_dialogs(state: Any) -> tuple[rx.Component, rx.Component]:
    """The dialog that gives a coupon, and the one that ends one."""
    return _give(state), _end(state)


def _give(state: Any) -> rx.Component:
    return reason_dialog(
        title="Give a coupon to " + state.title,
        effect="It lowers what is billed from the next invoice on. Issued invoices stay as they are.",
        undo="Can be ended at any time. Each coupon is given to a subscription once.",
        verb="Give coupon",
        is_open=state.dialog == "coupon",
        on_close=state.close_dialog,
        on_submit=state.give_coupon,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(_code(state), _effect(state)),
    )


def _code(state: Any) -> rx.Component:
    return rx.el.label(
        rx.text("Code of the coupon", size="2", weight="medium", as_="div"),
        rx.input(
            name="code",
            placeholder="WELCOME10, or the key of a coupon",
            on_change=state.try_coupon.debounce(300),
            auto_complete="off",
            max_length=100,
            required=True,
            width="100%",
        ),
        width="100%",
    )


def _effect(state: Any) -> rx.Component:
    return rx.box(
        rx.cond(
            state.coupon_text != "", rx.text(state.coupon_text, size="2", margin_bottom="var(--space-3)")
        ),
        rx.cond(state.coupon_bill.title != "", bill(state.coupon_bill)),
        role="status",
        width="100%",
        custom_attrs={"data-testid": "coupon-effect"},
    )


def _end(state: Any) -> rx.Component:
    return reason_dialog(
        title="End a coupon of " + state.title,
        effect=state.effect,
        undo="The same coupon cannot be given to this subscription again.",
        verb="End coupon",
        is_open=state.dialog == "end_coupon",
        on_close=state.close_dialog,
        on_submit=state.end_coupon,
        error=state.dialog_error,
        fields=(reason_field("What will be asked about this later?"),),
    )
