"""How the hosted pages look: one frame, a form for a method, and texts that are always escaped."""

from collections.abc import Iterable
from html import escape

from jobs.sandbox.stripe.cards import CARDS, DEBITS, TestMethod
from jobs.sandbox.stripe.store import Body
from models.kernel.money import Money

STYLE = """
:root { color-scheme: light dark; --ink: #1a1f36; --soft: #697386; --line: #e3e8ee; --card: #fff; --page: #f6f8fa;
  --accent: #5046e5; --bad: #b3093c; --note: #fff4d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --soft: #a3acba; --line: #2e3440; --card: #171b22;
  --page: #0f1217; --accent: #8b83ff; --bad: #ff7a95; --note: #3a300f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
.note { background: var(--note); text-align: center; padding: 6px 16px; font-size: 13px; }
main { width: min(460px, 100% - 32px); margin: 40px auto; padding: 28px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; }
h1 { font-size: 15px; font-weight: 500; color: var(--soft); margin: 0; }
.amount { font-size: 32px; font-weight: 600; margin: 2px 0 20px; font-variant-numeric: tabular-nums; }
label { display: block; margin: 14px 0 4px; font-size: 13px; color: var(--soft); }
input, select { width: 100%; padding: 9px 11px; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--line); border-radius: 8px; }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
button { width: 100%; margin-top: 20px; padding: 11px; font: inherit; font-weight: 600; color: #fff;
  background: #5046e5; border: 0; border-radius: 8px; cursor: pointer; }
button.plain { background: none; color: var(--ink); border: 1px solid var(--line); }
.bad { color: var(--bad); border: 1px solid var(--bad); border-radius: 8px; padding: 10px 12px; margin: 0 0 12px; }
.back { display: block; margin-top: 18px; text-align: center; color: var(--soft); font-size: 13px; }
ul { list-style: none; margin: 12px 0 0; padding: 0; }
li { display: flex; gap: 8px; align-items: center; padding: 12px 0; border-top: 1px solid var(--line); }
li span { flex: 1; } li form { margin: 0; } li button { margin: 0; padding: 5px 10px; width: auto; font-weight: 500; }
.badge { flex: none !important; font-size: 12px; color: var(--soft); border: 1px solid var(--line); border-radius: 99px;
  padding: 1px 9px; }
"""
NOTE = "Stripe sandbox. Nothing here moves real money."
BRANDS = {
    "amex": "American Express",
    "jcb": "JCB",
    "sepa_debit": "SEPA debit",
    "us_bank_account": "Bank account",
}


def frame(title: str, content: str) -> str:
    """A page; `content` is markup already."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><header class="note">{NOTE}</header><main>{content}</main></body></html>'
    )


def heading(title: str, amount: str) -> str:
    """What is being asked, and how much it is."""
    return f'<h1>{escape(title)}</h1><div class="amount">{escape(amount)}</div>'


def complaint(message: str) -> str:
    """What went wrong, or nothing."""
    return f'<p class="bad" role="alert">{escape(message)}</p>' if message else ""


def method_form(kinds: Iterable[str], button: str) -> str:
    """A choice of test methods, or a card typed by hand, which then counts."""
    offered = set(kinds)
    options = "".join(_option(each) for each in (*CARDS, *DEBITS) if each.kind in offered)
    typed = _typed_card() if "card" in offered else ""
    return (
        '<form method="post"><label for="token">Test method</label>'
        f'<select id="token" name="token">{options}</select>{typed}'
        f'<button name="action" value="pay">{escape(button)}</button></form>'
    )


def back(address: str | None, words: str) -> str:
    """A way back, where there is one."""
    return f'<a class="back" href="{escape(address, quote=True)}">{escape(words)}</a>' if address else ""


def button(action: str, value: str, words: str, *, is_plain: bool = True) -> str:
    """A form of one button."""
    look = ' class="plain"' if is_plain else ""
    return (
        f'<form method="post"><input type="hidden" name="method" value="{escape(value, quote=True)}">'
        f'<button{look} name="action" value="{action}">{escape(words)}</button></form>'
    )


def method_words(method: Body) -> str:
    """A method as its owner knows it, e.g. `Visa •••• 4242, 08/2034`."""
    kind = method["type"]
    facts = method[kind]
    name = BRANDS.get(kind) or BRANDS.get(facts["brand"]) or str(facts["brand"]).title()
    expiry = f", {facts['exp_month']:02d}/{facts['exp_year']}" if kind == "card" else ""
    return f"{name} •••• {facts['last4']}{expiry}"


def amount_words(minor: int, currency: str) -> str:
    """An amount with its currency."""
    return Money(minor, currency.upper()).format()


def _option(found: TestMethod) -> str:
    return f'<option value="{found.token}">{escape(found.title)} ({found.number[-4:]})</option>'


def _typed_card() -> str:
    return (
        '<label for="number">Or a card number</label><input id="number" name="number" inputmode="numeric" '
        'autocomplete="off" placeholder="4242 4242 4242 4242">'
        '<div class="pair"><div><label for="expiry">Expiry, month/year</label>'
        '<input id="expiry" name="expiry" autocomplete="off" placeholder="12/34"></div>'
        '<div><label for="cvc">Security code</label>'
        '<input id="cvc" name="cvc" inputmode="numeric" autocomplete="off" placeholder="123"></div></div>'
    )
