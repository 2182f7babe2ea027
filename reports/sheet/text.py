"""Text made harmless for spreadsheets: nothing a person typed may run, break the file or be cut unseen."""

import re

CELL_LIMIT = 32_767
"""Characters Excel keeps in a cell, counted in UTF-16 units (Excel specifications and limits)."""

CUT_MARK = "…（全文见系统）"

_LINE_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_NOT_XML = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def clean(text: str) -> str:
    """The text without what XML 1.0 forbids: forbidden characters show as �, every line break is \\n."""
    if text.isprintable():
        return text
    return _NOT_XML.sub("\ufffd", _LINE_BREAK.sub("\n", text))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text (OWASP, CSV injection; with the full-width forms)."""
    return _FORMULA.match(text) is not None


def cut(text: str) -> str:
    """At most what a cell holds; what is longer ends with a visible mark instead of vanishing."""
    if len(text) <= CELL_LIMIT // 2 or _units(text) <= CELL_LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(CUT_MARK))]
    return kept.decode("utf-16-le", "ignore") + CUT_MARK


def for_cell(text: str) -> str:
    """Text for a worksheet cell, before XML escaping.

    A spreadsheet reads `_x000D_` as a character (ECMA-376 ST_Xstring): typed ones are escaped to stay text.
    """
    ready = cut(clean(text))
    return _ESCAPE_LIKE.sub("_x005F_", ready) if "_x" in ready else ready


def for_csv(text: str) -> str:
    """Text for a CSV field: what might run gets a leading apostrophe, since CSV cannot say "this is text"."""
    ready = clean(text)
    return f"'{ready}" if looks_like_formula(ready) else ready


def for_print_code(text: str) -> str:
    """Text for a page header or footer, where & starts a code and 255 characters are the limit."""
    return clean(text).replace("\n", " ")[:60].replace("&", "&&")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
