"""The first look at a text: its marks one by one, before anything is parsed.

Jinja's own lexer reads them (without recursion), so what is counted here is what its parser will see: how many marks
there are, how long each is, how deep they nest. Only what passes is parsed, so no text can exhaust the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment, TemplateSyntaxError

from notices.texts.faults import Fault

MOST_MARKS: Final = 400
MOST_TOKENS: Final = 40  # in one mark
DEEPEST: Final = 4  # conditions and loops within one another, and brackets within one mark

_OPENERS: Final = {"if": "endif", "for": "endfor"}
_BLOCKS: Final = frozenset({"if", "elif", "else", "endif", "for", "endfor"})
_OPERATORS: Final = frozenset({".", "|", "(", ")", "==", "!="})
_BEGINS: Final = frozenset({"variable_begin", "block_begin"})
_ENDS: Final = frozenset({"variable_end", "block_end"})
_INSIDE: Final = frozenset({"name", "operator", "string", "integer", "whitespace"})
_LOOSE = re.compile(r"[{}｛｝]")
_FULL_WIDTH = re.compile(r"[“”‘’（）＝！％｜．。，]")

HOW: Final = "名称写成 {{ 名称 }}，条件写成 {% if 名称 %}…{% endif %}。"


@dataclass(slots=True)
class _Reading:
    """What was read so far: the marks counted, those still open, the tokens of the mark being read."""

    marks: int = 0
    opened: list[tuple[str, int]] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)
    begun: str = ""


def token_faults(environment: Environment, text: str) -> list[Fault]:
    """What is wrong with the marks of a text, at most the first of each kind of nesting fault; lines from 1."""
    reading = _Reading()
    try:
        tokens = list(environment.lex(text))
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, _unreadable(text, error.lineno))]
    found = [fault for line, kind, value in tokens for fault in _take(reading, line, kind, value)]
    if reading.begun:
        found.append(Fault(tokens[-1][0], f"有一处标记没有写完。{HOW}"))
    found += [
        Fault(line, f"{{% {word} %}} 没有对应的 {{% {_OPENERS[word]} %}}。请补上。") for word, line in reading.opened
    ]
    if reading.marks > MOST_MARKS:
        found.append(Fault(1, f"标记有 {reading.marks} 处，最多 {MOST_MARKS} 处。请精简。"))
    return found


def _unreadable(text: str, line: int) -> str:
    lines = text.split("\n")
    if line <= len(lines) and (odd := _FULL_WIDTH.search(_marks_of(lines[line - 1]))):
        return f"标记里有全角符号「{odd[0]}」。{{{{ }}}} 和 {{% %}} 里面的引号、括号等号要用半角。"
    return f"这一行的标记看不懂。{HOW}"


def _marks_of(line: str) -> str:
    return "".join(re.findall(r"\{[{%][^{]*", line))


def _take(reading: _Reading, line: int, kind: str, value: str) -> Iterator[Fault]:
    if kind == "data":
        yield from _loose(line, value)
    elif kind in _BEGINS:
        reading.marks += 1
        reading.begun, reading.inside = kind, []
    elif kind in _ENDS:
        yield from _mark(reading, line)
        reading.begun = ""
    elif kind in _INSIDE:
        if kind != "whitespace":
            reading.inside.append((kind, value))
    else:
        yield Fault(line, f"不能写 {{# … #}} 或小数。{HOW}")


def _loose(line: int, text: str) -> Iterator[Fault]:
    for number, part in enumerate(text.split("\n"), start=line):
        if odd := _LOOSE.search(part):
            yield Fault(number, f"有单独的「{odd[0]}」。{HOW}大括号要用半角，成对写。")


def _mark(reading: _Reading, line: int) -> Iterator[Fault]:
    words = reading.inside
    if not words:
        yield Fault(line, f"有一处标记是空的。{HOW}")
        return
    if len(words) > MOST_TOKENS:
        yield Fault(line, f"一处标记最多 {MOST_TOKENS} 个词。请拆成几处。")
    if odd := [value for kind, value in words if kind == "operator" and value not in _OPERATORS]:
        yield Fault(line, f"标记里不能用「{odd[0]}」。条件里可以用 and、or、not、== 和 !=。")
    if _bracket_depth(words) > DEEPEST:
        yield Fault(line, f"括号最多套 {DEEPEST} 层。请拆成几个条件。")
    if reading.begun == "block_begin":
        yield from _block(reading, line, words[0][1])


def _bracket_depth(words: list[tuple[str, str]]) -> int:
    depth = deepest = 0
    for _kind, value in words:
        depth += (value == "(") - (value == ")")
        deepest = max(deepest, depth)
    return deepest


def _block(reading: _Reading, line: int, word: str) -> Iterator[Fault]:
    if word not in _BLOCKS:
        yield Fault(line, f"不能用 {{% {word} %}}。可以用的是 if、elif、else、endif、for、endfor。")
    elif word in _OPENERS:
        reading.opened.append((word, line))
        if len(reading.opened) > DEEPEST:
            yield Fault(line, f"条件和循环最多套 {DEEPEST} 层。请拆开写。")
    else:
        yield from _close(reading, line, word)


def _close(reading: _Reading, line: int, word: str) -> Iterator[Fault]:
    inner = reading.opened[-1][0] if reading.opened else ""
    wanted = "for" if word == "endfor" else "if"
    if inner != wanted:
        yield Fault(line, f"{{% {word} %}} 前面没有与它对应的 {{% {wanted} %}}。请核对先后。")
    elif word.startswith("end"):
        reading.opened.pop()
