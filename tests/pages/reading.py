"""Reads a page as the house rules see it: headings, fields with their labels, forms, scripts, addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

ADDRESSES = ("src", "href", "action", "formaction", "srcset", "poster", "data")
FIELDS = ("input", "select", "textarea")
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


@dataclass
class Reading:
    """What one page holds."""

    lang: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    fields: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    post_forms: list[bool] = field(default_factory=list)  # each: whether it carries the token
    inline: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def unlabelled(self) -> list[dict[str, str]]:
        """Fields that nothing names for whoever does not see them."""
        return [
            attrs
            for _tag, attrs in self.fields
            if attrs.get("type") not in UNLABELLED
            and "in-label" not in attrs
            and not attrs.get("aria-label")
            and attrs.get("id") not in self.labels
            and not set(attrs.get("aria-labelledby", "").split()) & set(self.ids)
            and "hidden" not in attrs
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Reading()
        self._open: list[str] = []
        self._forms: list[bool | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        page = self.page
        if tag == "html":
            page.lang = values.get("lang", "")
        if tag == "h1":
            page.headings.append("")
        if "id" in values:
            page.ids.append(values["id"])
        if tag == "label" and "for" in values:
            page.labels.add(values["for"])
        if tag in FIELDS:
            page.fields.append((tag, values | ({"in-label": ""} if "label" in self._open else {})))
        self._form(tag, values)
        self._forbidden(tag, values)
        page.addresses += [values[name] for name in ADDRESSES if name in values]
        if tag in ("body", "title", "h1", "label", "script", "style"):
            self._open.append(tag)

    def _form(self, tag: str, values: dict[str, str]) -> None:
        if tag == "form":
            is_post = values.get("method", "").lower() == "post"
            self._forms.append(False if is_post else None)
        elif values.get("name") == "csrf_token" and self._forms and self._forms[-1] is False and values.get("value"):
            self._forms[-1] = True

    def _forbidden(self, tag: str, values: dict[str, str]) -> None:
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.page.inline.append(tag)
        self.page.inline += [name for name in values if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)
        if tag == "form" and self._forms:
            carries = self._forms.pop()
            if carries is not None:
                self.page.post_forms.append(carries)

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "body" not in self._open:  # in a drawing it is something else
            self.page.title += data
        if "h1" in self._open:
            self.page.headings[-1] += data
        if "script" not in self._open and "style" not in self._open:
            self.page.text.append(data)


def read(html: str) -> Reading:
    """The page as the rules see it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def breaks(html: str) -> list[str]:
    """Which house rules the page breaks, each in words."""
    page = read(html)
    heads = [" ".join(head.split()) for head in page.headings]
    doubled = sorted({one for one in page.ids if page.ids.count(one) > 1})
    away = [url for url in page.addresses if url.startswith(("http:", "https:", "//", "javascript:"))]
    found = [
        ("not in zh-CN", page.lang != "zh-CN"),
        (f"headings {heads}", len(heads) != 1),
        (f"title {page.title!r} without {heads}", not all(head in " ".join(page.title.split()) for head in heads)),
        (f"ids twice {doubled}", bool(doubled)),
        (f"without label {page.unlabelled()}", bool(page.unlabelled())),
        ("a form without its token", not all(page.post_forms)),
        (f"inline {page.inline}", bool(page.inline)),
        (f"leads away {away}", bool(away)),
    ]
    return [words for words, is_broken in found if is_broken]
