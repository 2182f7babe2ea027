"""The handbook (docs/handbook/*.md) as the product shows it: chapters, sections with stable anchors, and search.

The files are the only text there is: a repository's page and `/help/` show the same. A heading ends in its anchor,
`## 怎样上报 {#report}`; links between chapters and to pictures are written as they work beside the files and are led to
`/help/…` here. Raw HTML is off; comments, which mark the parts made from tables, are left out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it.token import Token

FOLDER: Final = Path(__file__).parent.parent / "docs" / "handbook"
COVER: Final = "README"
BASE: Final = "/help"
_ANCHOR = re.compile(r"\s*\{#([a-z0-9-]+)\}$")
_COMMENT = re.compile(r"^<!--.*-->\n?", re.MULTILINE)
_CHAPTER_LINK = re.compile(r"^(?:(?P<chapter>[a-z0-9-]+)\.md)?(?:#(?P<anchor>[a-z0-9-]+))?$")
_PICTURE = re.compile(r"^pictures/(?P<name>[a-z0-9-]+\.png)$")
_AROUND: Final = 40  # characters of an excerpt before the word that was sought
_MOST_HITS: Final = 30


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its text: `anchor` is empty for what stands before the first."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file: its name, its title, what it shows, and its sections for search and for the list of contents."""

    name: str
    title: str
    html: Markup
    sections: tuple[Section, ...]
    links: tuple[str, ...] = field(default=(), repr=False)
    pictures: tuple[str, ...] = field(default=(), repr=False)

    @property
    def anchors(self) -> frozenset[str]:
        """Every anchor a link may lead to."""
        return frozenset(section.anchor for section in self.sections if section.anchor)


@dataclass(frozen=True, slots=True)
class Hit:
    """One section that holds every word sought, with the words marked in an excerpt."""

    chapter: Chapter
    section: Section
    excerpt: Markup


@cache
def chapters(folder: Path = FOLDER) -> dict[str, Chapter]:
    """Every chapter by its name, in the order in which the cover lists them."""
    cover = _read(folder, COVER)
    names = dict.fromkeys(link.partition("#")[0] for link in cover.links)
    return {name: _read(folder, name) for name in names if name}


@cache
def cover(folder: Path = FOLDER) -> Chapter:
    """The first page: whom each chapter is for."""
    return _read(folder, COVER)


def search(sought: str, folder: Path = FOLDER) -> list[Hit]:
    """Sections that hold every word, those with a word in their heading first."""
    words = sought.casefold().split()
    if not words:
        return []
    found: list[tuple[bool, Hit]] = []
    for chapter in chapters(folder).values():
        for section in chapter.sections:
            title, text = f"{chapter.title} {section.title}".casefold(), section.text.casefold()
            if all(word in title or word in text for word in words):
                in_title = any(word in section.title.casefold() for word in words)
                found.append((in_title, Hit(chapter, section, _excerpt(section.text, words))))
    return [hit for _, hit in sorted(found, key=lambda pair: not pair[0])[:_MOST_HITS]]


def _excerpt(text: str, words: Sequence[str]) -> Markup:
    places = [place for word in words if (place := text.casefold().find(word)) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    shown = text[start : start + 4 * _AROUND]
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    marked, last = Markup(), 0
    for match in pattern.finditer(shown):
        marked += escape(shown[last : match.start()]) + Markup("<mark>{}</mark>").format(match.group())
        last = match.end()
    marked += escape(shown[last:])
    return Markup("{}{}{}").format("……" if start else "", marked, "……" if start + len(shown) < len(text) else "")


# --- reading a file ----------------------------------------------------------------------------------------------


def _read(folder: Path, name: str) -> Chapter:
    source = _COMMENT.sub("", (folder / f"{name}.md").read_text("utf-8"))
    from markdown_it import MarkdownIt  # loaded by the first who opens the handbook

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(source)
    links, pictures = _lead(tokens, folder, name)
    title = _take_title(tokens)
    sections = _sections(tokens, title)
    markdown.add_render_rule("softbreak", _nothing)
    html = Markup(markdown.renderer.render(_boxed(tokens), markdown.options, {}))  # noqa: S704 (raw HTML is off)
    return Chapter(name, title, html, sections, tuple(links), tuple(pictures))


def _nothing(*_args: Any) -> str:
    """What a line's end in the file is on the page: Chinese needs no blank between two lines."""
    return ""


def _take_title(tokens: list[Token]) -> str:
    """The first heading, which the page prints itself."""
    if len(tokens) < 3 or tokens[0].tag != "h1":
        raise ValueError("a chapter of the handbook begins with its title")
    title = tokens[1].content
    del tokens[:3]
    return title


def _lead(tokens: Sequence[Token], folder: Path, name: str) -> tuple[list[str], list[str]]:
    """Lead links and pictures to where the product shows them; which chapters and pictures they name."""
    links, pictures = [], []
    for token in (child for block in tokens for child in block.children or ()):
        if token.type == "link_open" and (match := _CHAPTER_LINK.match(str(token.attrGet("href")))):
            chapter, anchor = match["chapter"] or name, match["anchor"] or ""
            links.append(f"{chapter}#{anchor}")
            token.attrSet("href", f"{BASE}/{chapter}" + (f"#{anchor}" if anchor else ""))
        elif token.type == "image" and (match := _PICTURE.match(str(token.attrGet("src")))):
            pictures.append(match["name"])
            token.attrSet("src", f"{BASE}/pictures/{match['name']}")
            token.attrSet("loading", "lazy")
            for side, pixels in zip(("width", "height"), _size(folder / "pictures" / match["name"]), strict=True):
                token.attrSet(side, str(pixels))
    return links, pictures


def _size(picture: Path) -> tuple[int, int]:
    """Width and height from a PNG's head, so that the page keeps its room before the picture is there."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def _sections(tokens: Sequence[Token], title: str) -> tuple[Section, ...]:
    """Set the anchors of the headings, and gather each section's plain text."""
    found, anchor, heading = [], "", title
    words: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "inline" and tokens[place - 1].type == "heading_open":
            found.append(Section(anchor, heading, " ".join(words)))
            anchor, heading = _anchor_of(token, tokens[place - 1])
            words = []
        elif token.type == "inline":
            words.append(_plain(token))
        elif token.type in ("fence", "code_block"):
            words.append(token.content.strip())
    found.append(Section(anchor, heading, " ".join(words)))
    return tuple(section for section in found if section.anchor or section.text)


def _anchor_of(inline: Token, opening: Token) -> tuple[str, str]:
    match = _ANCHOR.search(inline.content)
    if match is None or not inline.children:
        raise ValueError(f"the heading “{inline.content}” has no anchor")
    last = inline.children[-1]
    last.content = _ANCHOR.sub("", last.content)
    inline.content = _ANCHOR.sub("", inline.content)
    opening.attrSet("id", match[1])
    return match[1], inline.content


def _plain(inline: Token) -> str:
    """The words of a paragraph without its marks; a picture is told by its words."""
    return "".join(child.content if child.type != "softbreak" else "" for child in inline.children or ())


def _boxed(tokens: Sequence[Token]) -> list[Token]:
    """Each table in a box of its own, so that a wide one scrolls on a phone."""
    boxed: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "plain")
            boxed.append(_div(1, {"class": "scroll-x", "tabindex": "0", "role": "region", "aria-label": "表"}))
        boxed.append(token)
        if token.type == "table_close":
            boxed.append(_div(-1, {}))
    return boxed


def _div(nesting: int, attrs: dict[str, str]) -> Token:
    from markdown_it.token import Token

    return Token("box_open" if nesting > 0 else "box_close", "div", -1 if nesting < 0 else 1, attrs=dict(attrs))
