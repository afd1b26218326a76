"""The little language of templates: text with placeholders, conditions on lines of their own, and button lines.

It is turned into two sources, one of plain text and one of HTML, before any fact is filled in: nothing that a
customer is called can become markup.
"""

import re
from collections.abc import Iterator
from html import escape

CONDITION = re.compile(r"\s*\{%.*%\}\s*")
BUTTON = re.compile(r"\[([^\[\]{}]+)\]\(\s*(\{\{\s*\w+\s*\}\}|https://[^\s(){}\"'<>]+)\s*\)")
_PLACEHOLDER = re.compile(r"(\{\{.*?\}\})")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def lines_of(source: str) -> list[str]:
    """The lines of a source, whatever ends them."""
    return source.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")


def is_condition(line: str) -> bool:
    """Whether the line is a condition and nothing else."""
    return CONDITION.fullmatch(line) is not None


def text_source(source: str) -> str:
    """The source of the plain text."""
    return "\n".join(_text_line(line) for line in lines_of(source))


def html_source(source: str) -> str:
    """The source of the HTML: paragraphs, line breaks, strong words and buttons."""
    return "\n".join(_html_blocks(lines_of(source)))


def _text_line(line: str) -> str:
    button = BUTTON.fullmatch(line.strip())
    if button:
        return f"{button[1].strip()}\n{button[2]}"
    return _STRONG.sub(r"\1", line.rstrip())


def _html_blocks(lines: list[str]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        button = BUTTON.fullmatch(line.strip())
        if line.strip() and not button and not is_condition(line):
            paragraph.append(_html_line(line.strip()))
            continue
        if paragraph:
            yield f"<p>{'<br>'.join(paragraph)}</p>"
            paragraph = []
        if button:
            yield f'<p><a class="button" href="{button[2]}">{escape(button[1].strip())}</a></p>'
        elif line.strip():
            yield line


def _html_line(line: str) -> str:
    parts = _PLACEHOLDER.split(line)
    escaped = "".join(part if part.startswith("{{") else escape(part) for part in parts)
    return _STRONG.sub(r"<strong>\1</strong>", escaped)
