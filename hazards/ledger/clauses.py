"""Clauses named in a basis column, in any writing: which standard, which article, which item.

`《工贸企业重大事故隐患判定标准》第三条第（二）项`, `应急管理部令第10号 第8条第6项`, `三、（二）`,
`GB 45067-2024 4.1 a)`.
Nothing is completed from memory: a standard that is not named stays "", a nickname (“钢8条”) names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.sheets.numerals import read_chinese_number

LONGEST: Final = 2_000
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN: Final = _WIDE | {ord("〔"): "[", ord("〕"): "]", ord("【"): "[", ord("】"): "]", ord("\u3000"): " "}
_N = r"(?:\d{1,3}|[零〇一二三四五六七八九十百]{1,7})"
_LIST = rf"{_N}(?:\s?[、,和及]\s?{_N}){{0,15}}"
_NORM = (
    r"(?P<norm>(?<![A-Za-z])(?:GB|AQ|XF|GA|JGJ|TSG|DB\d{2})(?:\s?/\s?T)?\s?\d{2,5}(?:\.\d{1,2})?"
    r"(?:\s?[-—–]\s?(?:19|20)\d\d)?)"
)
_TOKEN = re.compile(
    "|".join(
        (
            r"《(?P<title>[^《》]{2,100})》",
            r"(?P<order>[\u4e00-\u9fff]{2,12}(?:令\s?(?:第\s?)?\d{1,4}\s?号|第?\s?\d{1,4}\s?号令))",
            r"(?P<letter>[\u4e00-\u9fff]{2,10}[\[(]\s?(?:19|20)\d\d\s?[\])]\s?(?:第\s?)?\d{1,4}\s?号)",
            _NORM,
            r"(?P<section>第?\s?(?<![\d.])\d{1,2}(?:\.\d{1,2}){1,3}(?![\d.])\s?条?)",
            r"(?P<sub>(?<![A-Za-z])[a-z](?:\s?\)|\s?项))",
            rf"第\s?(?P<part>{_N})\s?部分",
            rf"第\s?(?P<article>{_N})\s?条(?P<more>之[一二三四五六七八九十])?",
            rf"第\s?(?P<paragraph>{_N})\s?款",
            rf"第\s?(?P<items>{_LIST})\s?项",
            r"第?\s?\(\s?(?P<bracketed>\d{1,2}|[一二三四五六七八九十]{1,3})\s?\)\s?(?P<item_word>项?)",
            r"(?P<ring>[㈠-㈩⑴-⒇①-⑳])\s?项?",
            r"(?<![\u4e00-\u9fff\d])(?P<heading>[一二三四五六七八九十]{1,3}|\d{1,2})、(?=\s?(?:[(㈠-㈩]|第))",
        )
    )
)
_UNQUOTED = re.compile(
    r"(?P<name>[\u4e00-\u9fff、]{2,40}(?:标准|准则|规定|条例|办法|方法|基准|法)(?:\((?:试行|暂行|(?:19|20)\d\d)\))?)"
    r"(?=\s?(?:第\s?[\d一二三四五六七八九十]|\(|\d{1,2}\.\d))"
)
_LEAD = re.compile(r"^(?:[、和及与]|不符合|违反了?|根据|依据|按照|依照|符合|属于|对照|参照|详见|见)+")
_BETWEEN = re.compile(r"[\s(),;:。、]*")
_SEPARATORS = re.compile(r"[、,和及与;\s]*")
_OTHER_WORDS = re.compile(r"[\u4e00-\u9fff]{4}")
_LETTER = re.compile(r"\s?[a-z]\s?\)")
_ORDER = re.compile(r"第?(?P<number>\d{1,4})号令$")
_TRIAL = re.compile(r"\((?:试行|暂行|\d{4}年?版?)\)$")
_RINGS: Final = (("㈠", 10), ("⑴", 20), ("①", 20))


@dataclass(frozen=True, slots=True)
class NamedClause:
    """A clause as a text names it. `article` counts articles (第三条), parts (第三部分, 三、) and sections: 4.1 is
    401. `paragraph` (款) stands beside it. A whole standard has neither article nor item."""

    standard: str
    document_no: str
    article: int | None
    item: int | None
    text: str
    paragraph: int | None = None

    @property
    def key(self) -> tuple[int | None, int | None]:
        """Article and item as `clause_key` gives them. 第2款 where no 项 is named is a clerk's word for 第2项;
        第1款 is the whole article."""
        by_paragraph = self.paragraph if (self.paragraph or 0) > 1 else None
        return (self.article, self.item if self.item is not None else by_paragraph)


def named_clauses(text: str) -> tuple[NamedClause, ...]:
    """Every clause a text names, in its order, each once; () for a text that names none."""
    return _named(text[:LONGEST]) if text else ()


@lru_cache(maxsize=1024)  # a ledger cites the same few clauses
def _named(text: str) -> tuple[NamedClause, ...]:
    plain = text.translate(_PLAIN)
    reader = _Reader(text, plain)
    for match in _tokens(plain):
        reader.take(match)
    reader.finish_standard()
    return tuple(dict.fromkeys(reader.found))


def clause_key(clause: str) -> tuple[int | None, int | None]:
    """Article and item of a clause as a standard's own list writes it: 第三条第（二）项 is (3, 2), 第五项 (None, 5),
    4.1 a) is (401, 1)."""
    named = named_clauses(clause)
    return named[0].key if named else (None, None)


def names_clause(named: NamedClause, *, standard: str, document_no: str, clause: str) -> bool:
    """Whether `named` is this clause of this standard, known by its name or its document number.

    A standard that only counts items is also cited by articles: 第三条 of it is its 第三项.
    """
    if not _is_standard(named, standard, document_no):
        return False
    key = clause_key(clause)
    return key != (None, None) and (named.key == key or (key[0] is None and named.key == (key[1], None)))


def _is_standard(named: NamedClause, standard: str, document_no: str) -> bool:
    if named.standard:
        return plain_name(named.standard) == plain_name(standard)
    return bool(named.document_no) and plain_name(named.document_no) == _without_part(plain_name(document_no))


def plain_name(name: str) -> str:
    """A standard's name or number for comparing: without 《》, blanks and （试行）, brackets of one kind."""
    plain = re.sub(r"[《》\s]|^中华人民共和国", "", name.translate(_PLAIN)).upper().replace("令第", "令")
    plain = _ORDER.sub(r"令\g<number>号", plain.replace("—", "-"))
    return _TRIAL.sub("", plain)


def _without_part(number: str) -> str:
    """安监总管三〔2017〕121号（烟花爆竹部分）is one part of the document with this number."""
    return re.sub(r"\([^()]*部分\)$", "", number)


def _tokens(plain: str) -> Iterator[re.Match[str]]:
    names = [match for match in _UNQUOTED.finditer(plain) if "《" not in plain[max(0, match.start() - 1) : match.end()]]
    inside = [(match.start("name"), match.end("name")) for match in names]
    tokens = [match for match in _TOKEN.finditer(plain) if not any(a <= match.start() < b for a, b in inside)]
    return iter(sorted([*tokens, *names], key=lambda match: match.start()))


class _Reader:
    """Follows the text: a standard holds until the next one, an article until the next one."""

    def __init__(self, text: str, plain: str) -> None:
        self.text, self.plain = text, plain
        self.found: list[NamedClause] = []
        self.standard = self.number = ""
        self.begin = self.end = 0
        self.article: int | None = None
        self.paragraph: int | None = None
        self.items: list[int] = []
        self.is_place = self.has_places = False

    def take(self, match: re.Match[str]) -> None:
        """One token after the other, from left to right."""
        group = match.groupdict()
        if name := group.get("title") or group.get("name"):
            self._take_name(_LEAD.sub("", name) if "name" in group else name, match)
        elif number := group.get("order") or group.get("letter") or group.get("norm"):
            self._take_number(_LEAD.sub("", number), match)
        elif group.get("part") or group.get("article") or group.get("heading"):
            number = group.get("part") or group.get("article") or group.get("heading")
            self._begin_place(None if group.get("more") else _number(number or ""), match)
        elif section := group.get("section"):
            if self._is_section(section, match):
                self._begin_place(_section(section), match)
        else:
            self._refine(group, match)

    def _is_section(self, section: str, match: re.Match[str]) -> bool:
        """Whether 4.1 is a section of a norm and no figure: it is called 条, has a letter, or follows the norm."""
        follows = bool(self.standard or self.number) and bool(_BETWEEN.fullmatch(self.plain, self.end, match.start()))
        has_letter = _LETTER.match(self.plain, match.end())
        return follows or bool(has_letter) or section.startswith("第") or section.endswith("条")

    def _refine(self, group: dict[str, str | None], match: re.Match[str]) -> None:
        """A paragraph or items, of the article before it or of none."""
        follows = self.is_place and bool(_SEPARATORS.fullmatch(self.plain, self.end, match.start()))
        if group.get("paragraph"):
            if self.is_place and (self.paragraph is not None or self.items):
                self._begin_place(self.article, match)
            self.is_place, self.paragraph = True, _number(group["paragraph"] or "")
        elif items := group.get("items"):
            if not follows and self.is_place:
                self._begin_place(None, match)
            self.is_place = True
            self.items += [n for n in map(_number, re.split(r"[、,和及]", items)) if n is not None]
        else:
            item = _mark(group)
            if item is None or not (follows or group.get("item_word")):
                return
            if not follows and self.is_place:
                self._begin_place(None, match)
            self.is_place = True
            self.items.append(item)
        self._reach(match)

    def _reach(self, match: re.Match[str]) -> None:
        if self.begin == self.end:
            self.begin = match.start()
        self.end = match.end()

    def _take_name(self, name: str, match: re.Match[str]) -> None:
        if self.standard or self.has_places or self.is_place or not self._touches(match):
            self.finish_standard()
        self.standard = name.strip()
        self._reach(match)

    def _take_number(self, number: str, match: re.Match[str]) -> None:
        if self.number or self.has_places or self.is_place or not self._touches(match):
            self.finish_standard()
        self.number = number.strip().replace("[", "〔").replace("]", "〕")
        self._reach(match)

    def _touches(self, match: re.Match[str]) -> bool:
        """Whether only brackets and points lie between what was read and this token."""
        return bool(_BETWEEN.fullmatch(self.plain, self.end, match.start()))

    def _begin_place(self, article: int | None, match: re.Match[str]) -> None:
        self._finish_place()
        if _OTHER_WORDS.search(self.plain, self.end, match.start()):
            self.finish_standard()  # whose article this is stands in words between, which name no standard
        self.article, self.is_place = article, True
        self._reach(match)

    def _finish_place(self) -> None:
        if not self.is_place:
            return
        said = self.text[self.begin : self.end].strip()
        items: list[int | None] = [*self.items] or [None]
        for item in items:
            self.found.append(NamedClause(self.standard, self.number, self.article, item, said, self.paragraph))
        self.article = self.paragraph = None
        self.items = []
        self.is_place, self.has_places = False, True
        self.begin = self.end

    def finish_standard(self) -> None:
        """What was named last is complete; a standard without any place in it is named as a whole."""
        self._finish_place()
        if (self.standard or self.number) and not self.has_places:
            said = self.text[self.begin : self.end].strip()
            self.found.append(NamedClause(self.standard, self.number, None, None, said))
        self.standard = self.number = ""
        self.has_places = False
        self.begin = self.end


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isdecimal() else read_chinese_number(plain)


def _section(text: str) -> int | None:
    """4.1 as 401, 4.10 as 410; deeper sections have no number of their own here."""
    parts = re.findall(r"\d+", text)
    return int(parts[0]) * 100 + int(parts[1]) if len(parts) == 2 else None


def _mark(group: dict[str, str | None]) -> int | None:
    """The number of (二), ⑵ or b)."""
    if bracketed := group.get("bracketed"):
        return _number(bracketed)
    if ring := group.get("ring"):
        return next(ord(ring) - ord(first) + 1 for first, count in _RINGS if 0 <= ord(ring) - ord(first) < count)
    letter = group.get("sub")
    return ord(letter[0]) - ord("a") + 1 if letter else None
