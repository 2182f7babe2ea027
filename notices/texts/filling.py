"""Putting values into a text: jinja's sandbox behind a whitelist, bounded in time, depth and size.

A value's end and the punctuation of the text after it are brought together: “…失效。” before “；” reads “…失效；”, an
empty value leaves no “，，”. Lines that became empty vanish. Values are data: marks inside them stay words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notices.texts.faults import Fault, TemplateRefused
from notices.texts.filters import FILTERS, Plain, written
from notices.texts.grammar import tree_faults
from notices.texts.names import ITEM_PARTS, ITEMS
from notices.texts.sections import Parts, plain_lines
from notices.texts.tokens import HOW, token_faults

MOST_TEXT: Final = 20_000
MOST_RESULT: Final = 60_000
MOST_ITEMS: Final = 500

Value = Plain | list[dict[str, Plain]] | tuple[dict[str, Plain], ...]

_SEAM: Final = "\ufdd0"  # after each value; a noncharacter, which no text holds (it is taken out of texts and values)
_MEETING: Final = re.compile(rf"[。；，、：]*{_SEAM}+(?=[。；，、：！？（])")
_ONLY_PUNCTUATION: Final = re.compile(r"[\s　。；，、：,.;:]*")
_ENDS: Final = " \t　"
_TOO_LONG: Final = f"填好后超过 {MOST_RESULT} 字。"


def _output(value: object) -> str:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming it
    return written(value).strip() + _SEAM


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_output, autoescape=False)
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    return made


_ENVIRONMENT: Final = _environment()


def structure_faults(text: str, known: frozenset[str] | None = None) -> list[Fault]:
    """What is wrong with one part of a text; `known` are the names it may use, None: any Chinese word."""
    found = token_faults(_ENVIRONMENT, text)
    if found:
        return sorted(found)
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateError as error:
        return [Fault(getattr(error, "lineno", None) or 1, f"这一行的标记看不懂。{HOW}")]
    return sorted(tree_faults(tree, known))


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    if len(text) > MOST_TEXT:
        raise TemplateRefused(f"文字超过 {MOST_TEXT} 字。")
    if found := structure_faults(text):
        raise TemplateRefused(found[0].told())
    return _ENVIRONMENT.from_string(text)


def fill(text: str, values: Mapping[str, Value]) -> str:
    """One part of a text with the values in their places, as paragraphs ended by \\n.

    `values` are by the names of `names_for`, the list 隐患 as mappings by `ITEM_NAMES`; each is a text, number, day,
    moment, yes or no, or None. Raises `TemplateRefused` for a text that is not right, uses a name that is not there,
    or grows beyond its bound.
    """
    template = _compiled("\n".join(plain_lines(text)).replace(_SEAM, ""))
    try:
        return _tidy(_bounded(template, {name: _clean(value) for name, value in values.items()}))
    except TemplateError as error:
        raise TemplateRefused(_why(error)) from error


def fill_parts(parts: Parts, values: Mapping[str, Value]) -> Parts:
    """Every part of a text filled."""
    return Parts(fill(parts.body, values), fill(parts.closing, values), fill(parts.note, values))


def _bounded(template: Template, values: Mapping[str, Any]) -> str:
    made: list[str] = []
    size = 0
    for piece in template.generate(values):
        size += len(piece)
        if size > MOST_RESULT:
            raise TemplateRefused(_TOO_LONG)
        made.append(piece)
    return "".join(made)


def _clean(value: Value) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, list | tuple):
        if len(value) > MOST_ITEMS:
            raise TemplateRefused(f"隐患超过 {MOST_ITEMS} 项。")
        return [{name: _plain(item.get(name)) for name in ITEM_PARTS} for item in value]
    return value


def _plain(value: Plain) -> Plain:
    return "\n".join(plain_lines(value)).replace(_SEAM, "").strip() if isinstance(value, str) else value


def _tidy(text: str) -> str:
    joined = _MEETING.sub("", text).replace(_SEAM, "")
    lines = (line.strip(_ENDS) for line in joined.split("\n"))
    return "\n".join(line for line in lines if not _ONLY_PUNCTUATION.fullmatch(line))


def _why(error: TemplateError) -> str:
    named = re.search(r"'([^']+)' is undefined", str(error))
    return f"这份文书没有「{named[1]}」这一项。" if named else f"「{ITEMS}」等名称用错了地方。"
