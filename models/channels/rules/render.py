"""Checking templates and filling them in, in a sandbox that knows placeholders and conditions only."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template as Layout

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from models.channels.errors import TemplateBroken
from models.channels.rules.catalogue import FactKind, Placeholder, TemplateKind
from models.channels.rules.markup import BUTTON, html_source, is_condition, lines_of, text_source
from models.kernel.columns import can_store_text

MAX_SUBJECT = 200
MAX_BODY = 8_000
# A condition within a condition is enough for any mail, and a thousand of them would overflow the parser.
MAX_DEPTH = 5
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
_MANY_LINES = re.compile(r"\n{3,}")
_LAYOUT = Path(__file__).parent.parent / "texts" / "layout.html"


@dataclass(frozen=True, slots=True)
class Written:
    """A mail with every fact filled in."""

    subject: str
    text: str
    html: str


def _environment(*, is_html: bool) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=is_html, trim_blocks=True, lstrip_blocks=True
    )


_TEXT = _environment(is_html=False)
_HTML = _environment(is_html=True)


def ensure_usable(kind: TemplateKind, subject: str, body: str) -> None:
    """Raise TemplateBroken, with the line and what is allowed, where the template cannot be used as written."""
    _ensure_size(subject, body)
    _ensure_sound(kind, subject, "subject")
    used = _ensure_sound(kind, body, "body")
    for number, line in enumerate(lines_of(body), start=1):
        _ensure_line(kind, number, line)
    missing = [name for name, each in kind.placeholders.items() if each.is_demanded and name not in used]
    if missing:
        last = len(lines_of(body))
        raise TemplateBroken(
            last,
            f"this mail is of no use without {_named(missing[0])} "
            f"({kind.placeholders[missing[0]].meaning.lower()}). Put it in, e.g. as [Open]({_named(missing[0])}).",
        )


def write_mail(subject: str, body: str, facts: Mapping[str, str], *, language: str, footer: str) -> Written:
    """Fill the facts into a template that is usable; `footer` says who writes."""
    title = " ".join(_compiled(subject, is_html=False).render(facts).split())
    text = _MANY_LINES.sub("\n\n", _compiled(text_source(body), is_html=False).render(facts)).strip()
    inner = _compiled(html_source(body), is_html=True).render(facts)
    html = _layout().substitute(
        language=escape(language), title=escape(title), body=inner, footer=escape(footer)
    )
    return Written(title, f"{text}\n\n-- \n{footer}\n", html)


@lru_cache(maxsize=512)
def _compiled(source: str, *, is_html: bool) -> Template:
    return (_HTML if is_html else _TEXT).from_string(source)


@lru_cache(maxsize=1)
def _layout() -> Layout:
    return Layout(_LAYOUT.read_text("utf-8"))


def _ensure_size(subject: str, body: str) -> None:
    if not subject.strip() or "\n" in subject.strip() or "\r" in subject.strip():
        raise TemplateBroken(1, "write one line that says what the mail is about.", field="subject")
    if len(subject) > MAX_SUBJECT:
        raise TemplateBroken(1, f"write {MAX_SUBJECT} characters at most.", field="subject")
    if not body.strip():
        raise TemplateBroken(1, "the mail has no text. Write one, or restore the built-in one.")
    if len(body) > MAX_BODY:
        raise TemplateBroken(1, f"the text is longer than {MAX_BODY:,} characters. Shorten it.")
    if not can_store_text(subject + body):
        raise TemplateBroken(1, "the text holds a character that cannot be kept. Type it anew.")


def _ensure_sound(kind: TemplateKind, source: str, field: str) -> set[str]:
    """The placeholders used; refuses everything but them and conditions on them."""
    try:
        tree = _TEXT.parse("\n".join(lines_of(source)))
    except TemplateSyntaxError as error:
        why = (error.message or "it cannot be read").rstrip(".")
        raise TemplateBroken(error.lineno, f"{why}. {_allowed(kind)}", field=field) from error
    except RecursionError as error:
        raise TemplateBroken(1, "too many conditions stand within each other.", field=field) from error
    return _walk(kind, tree, field, frozenset(), 0)


def _walk(kind: TemplateKind, node: nodes.Node, field: str, asked: frozenset[str], depth: int) -> set[str]:
    if not isinstance(node, ALLOWED):
        raise TemplateBroken(node.lineno, f"that cannot stand here. {_allowed(kind)}", field=field)
    if field == "subject" and isinstance(node, nodes.If):
        raise TemplateBroken(1, "conditions stand in the text only.", field=field)
    used = {_ensure_known(kind, node, field, asked)} if isinstance(node, nodes.Name) else set()
    if isinstance(node, nodes.If):
        if depth >= MAX_DEPTH:
            raise TemplateBroken(node.lineno, f"conditions stand at most {MAX_DEPTH} deep.", field=field)
        names = {each.name for each in node.test.find_all(nodes.Name)}
        names |= {node.test.name} if isinstance(node.test, nodes.Name) else set()
        # Within its own condition, an optional fact is there; the question itself may name it anywhere.
        within = asked | names
        for child in (node.test, *node.body):
            used |= _walk(kind, child, field, within, depth + 1)
        for child in (*node.elif_, *node.else_):
            used |= _walk(kind, child, field, asked, depth + 1)
        return used
    for child in node.iter_child_nodes():
        used |= _walk(kind, child, field, asked, depth)
    return used


def _ensure_known(kind: TemplateKind, node: nodes.Name, field: str, asked: frozenset[str]) -> str:
    found = kind.placeholders.get(node.name)
    if found is None:
        near = difflib.get_close_matches(node.name, kind.placeholders, 1)
        hint = f"Did you mean {_named(near[0])}? " if near else ""
        raise TemplateBroken(
            node.lineno, f"there is no placeholder {_named(node.name)}. {hint}{_allowed(kind)}", field=field
        )
    if found.is_optional and found.name not in asked:
        raise TemplateBroken(
            node.lineno,
            f"{_named(found.name)} may be missing. Put what speaks of it between "
            f"{{% if {found.name} %}} and {{% endif %}}, each on a line of its own.",
            field=field,
        )
    return found.name


def _ensure_line(kind: TemplateKind, number: int, line: str) -> None:
    if "{%" in line and not is_condition(line):
        raise TemplateBroken(number, "a condition stands on a line of its own.")
    if "{#" in line:
        raise TemplateBroken(number, f"notes cannot stand here. {_allowed(kind)}")
    if "](" not in line:
        return
    button = BUTTON.fullmatch(line.strip())
    links = [each for each in kind.placeholders.values() if each.kind is FactKind.link]
    if button is None or not _is_linked(links, button[2]):
        example = f"[Open]({_named(links[0].name)})" if links else "[Open](https://example.com)"
        raise TemplateBroken(number, f"a button stands on a line of its own, like {example}.")


def _is_linked(links: list[Placeholder], target: str) -> bool:
    return target.startswith("https://") or target.strip("{} ") in {each.name for each in links}


def _allowed(kind: TemplateKind) -> str:
    return f"Allowed are {', '.join(_named(name) for name in kind.placeholders)} and {{% if … %}}."


def _named(name: str) -> str:
    return f"{{{{ {name} }}}}"
