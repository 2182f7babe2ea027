"""Reading tables as offices really send them: .xlsx, .xls, .ods and .csv, bounded, with titles, merges and footers.

`open_sheets` turns bytes into grids, `find_layout` says which row is what, `Synonyms` which column, and
`read_date`, `read_amount`, `read_flag` what a cell means. Nothing here knows of hazards or of a database.
"""

from __future__ import annotations

from core.sheets.amounts import Amount, read_amount
from core.sheets.bad_file import BadFile
from core.sheets.columns import Meaning, Synonyms, codes_in, title_of_path, unit_of
from core.sheets.container import media_type_of
from core.sheets.dates import Moment, read_date, read_deadline
from core.sheets.flags import is_placeholder, is_stroke, read_flag
from core.sheets.grid import Grid
from core.sheets.header import Header, find_header
from core.sheets.layout import Aside, HeadLine, Layout, find_layout, head_lines, title_of
from core.sheets.limits import STANDARD, Limits
from core.sheets.opening import open_sheets, refuse_uncomputed
from core.sheets.text import Value, as_text, clean, is_blank, squeeze

__all__ = [
    "STANDARD",
    "Amount",
    "Aside",
    "BadFile",
    "Grid",
    "HeadLine",
    "Header",
    "Layout",
    "Limits",
    "Meaning",
    "Moment",
    "Synonyms",
    "Value",
    "as_text",
    "clean",
    "codes_in",
    "find_header",
    "find_layout",
    "head_lines",
    "is_blank",
    "is_placeholder",
    "is_stroke",
    "media_type_of",
    "open_sheets",
    "read_amount",
    "read_date",
    "read_deadline",
    "read_flag",
    "refuse_uncomputed",
    "squeeze",
    "title_of",
    "title_of_path",
    "unit_of",
]
