"""Texts of notices: templates that an office edits, without ever running anything.

A text has three parts under lines `[正文]`, `[结语]` and `[附注]`. In it stand plain words, `{{ 名称 }}`,
`{% if 名称 %}…{% else %}…{% endif %}` (with and, or, not, ==) and one level of `{% for 项 in 隐患 %}`; nothing else.
`check` says what is wrong with a text, by line; `fill` puts values into one that is right. Both are pure.
"""

from __future__ import annotations

from notices.texts.checking import check
from notices.texts.defaults import default_text, has_text
from notices.texts.faults import Fault, TemplateRefused
from notices.texts.filling import fill, fill_parts
from notices.texts.names import TextName, names_for
from notices.texts.sections import Parts, lists_items, parse

__all__ = [
    "Fault",
    "Parts",
    "TemplateRefused",
    "TextName",
    "check",
    "default_text",
    "fill",
    "fill_parts",
    "has_text",
    "lists_items",
    "names_for",
    "parse",
]
