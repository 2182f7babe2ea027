"""What a ledger looks like, as data: columns, head, sign-off lines, colours of states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["serial", "text", "date", "integer", "number", "money_wan", "state", "overdue_days"]
"""How a column is printed.

serial: the running number, counted by the writer, no field of the row · text: str · date: datetime.date ·
integer: int · number: int or Decimal · money_wan: integer fen, printed in 万元 · state: code of the closure
workflow, printed as its word on its colour · overdue_days: int, red when above zero.
Every kind but `serial` and `state` also takes a str: an imported "6月底前" keeps its text.
"""


@dataclass(frozen=True)
class Column:
    """One column: `key` names the attribute of a row, `width` is in Excel's units (digits of 11 pt).

    `above` are the group headings over it, from the top; `unit` is what it counts, printed in a row of its own.
    """

    key: str
    heading: str
    kind: Kind = "text"
    width: float = 10.0
    wrap: bool = True
    align: Literal["left", "center", "right"] = "center"
    latin: bool = False  # codes and numbers of documents: set in the narrower Latin face
    above: tuple[str, ...] = ()
    unit: str = ""

    @property
    def full_heading(self) -> str:
        """Its heading where there is one line for it alone: 重大隐患：隐患数(项)."""
        unit = f"({self.unit})" if self.unit else ""
        return "：".join((*self.above, self.heading)) + unit


def long_text(key: str, heading: str, width: float) -> Column:
    """A column of sentences, set from the left."""
    return Column(key, heading, "text", width, align="left")


@dataclass(frozen=True)
class StateLook:
    """The word of a state and its colours (RRGGBB); the word is always printed, colour only helps."""

    word: str
    fill: str
    ink: str


STATES: Mapping[str, StateLook] = MappingProxyType(
    {
        "reported": StateLook("已上报", "EDF0F3", "434E5C"),
        "rectifying": StateLook("整改中", "E9F0F9", "154582"),
        "verified": StateLook("已验收", "E3F2F1", "0B6460"),
        "closed": StateLook("已销号", "E7F3EB", "1F6A3A"),
        "dismissed": StateLook("不予认定", "FFFFFF", "5C6774"),
    }
)
"""The five states with the colours of the pages' chips."""


@dataclass(frozen=True)
class LedgerHead:
    """What stands above and below the records.

    `period` is named in the title (2026年10月). `made_at` is aware and ends up in the file's properties; it is
    passed in, so that a file can be made again byte for byte. `as_of` is the day whose end the records show.
    `people` fills sign-off lines by label (审核人 …); what is missing is left blank for ink. `anchor` binds the
    file to the event chain. `line` stands below the title in place of 填报单位 and days, where it is no ledger.
    """

    period: str
    office: str
    filled_on: date
    made_at: datetime
    as_of: date
    scope: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""
    line: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise ValueError("made_at must be an aware time")


HEAD_LINE: Final = ("填报单位：{office}", "统计范围：{scope}", "数据截至：{until}24时", "填报日期：{filled}")


@dataclass(frozen=True)
class LedgerLayout:
    """A kind of ledger. `title_template` knows {period}; `name` is the worksheet's name.

    `paper` is the size it is printed on, across: A3 where its columns would not be legible on A4. `head_line` stands
    below the title, its parts side by side; a part is left out where what it names is empty. A form that is filled
    in rather than listed is `is_form`: it has a row that numbers the columns, and nothing to filter.
    """

    code: str
    name: str
    title_template: str
    columns: tuple[Column, ...]
    sign_off: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    states: Mapping[str, StateLook] = field(default_factory=lambda: STATES)
    empty_line: str = "本期没有应列入本台账的隐患（零报告）。"
    called: str = "本台账"
    counted: str = "条"
    paper: Literal["A3", "A4"] = "A3"
    head_line: tuple[str, ...] = HEAD_LINE
    is_form: bool = False

    def title(self, head: LedgerHead) -> str:
        """The title line, as 2026年10月重大事故隐患台账."""
        return self.title_template.format(period=head.period)

    @property
    def fewest_lines(self) -> int:
        """For how many lines of text a row has room, whatever stands in it."""
        return 1 if self.is_form else 2

    @property
    def depth(self) -> int:
        """How many rows of headings stand above each other, groups included."""
        return 1 + max(len(column.above) for column in self.columns)

    @property
    def has_units(self) -> bool:
        """Whether a row of units stands below the headings."""
        return any(column.unit for column in self.columns)

    @property
    def keys(self) -> tuple[str, ...]:
        """The attributes read from a row, in the order of the columns."""
        return tuple(column.key for column in self.columns if column.kind != "serial")


@dataclass(frozen=True)
class WrittenLedger:
    """What was written: records, their digest (see `records`), SHA-256 and length of the file, worksheets."""

    count: int
    digest_of_records: str
    sha256: str
    size: int
    sheets: int = 1
