"""Ledger `regulator` 重大事故隐患台账: its columns and its row.

The order and wording of the headings are those that city and district committees hand in. Widths add up to
what A3 across still prints legibly.
"""

from datetime import date
from typing import NamedTuple

from reports.sheet import Column, LedgerLayout, long_text

Day = date | str | None
"""A day, or the words of an imported file that are no day (6月底前), or nothing."""

Fen = int | str | None
"""An amount in fen, or the words of an imported file that are no amount, or nothing."""


class RegulatorRow(NamedTuple):
    """One major hazard as it stood at the ledger's last instant. `None` and "" print an empty cell."""

    number: str
    district: str | None
    town: str | None
    enterprise_name: str
    uscc: str | None
    owner_name: str | None
    """Owner or landlord, if the responsible unit is a tenant or contractor."""
    industry: str | None
    channel: str
    """How it came in, as its word; a complaint's hazard is 督导检查 where an enterprise may read it."""
    inspected_by: str | None
    document_number: str | None
    found_on: Day
    reported_on: Day
    place: str | None
    category: str | None
    description: str
    criterion: str | None
    """Clause and text as they stood when judged."""
    measures: str | None
    responsible_person: str | None
    funds_fen: Fen
    first_deadline_on: Day
    deadline_on: Day
    extensions: int
    interim_controls: str | None
    stopped: str | None
    """是否停产: 否, 局部停产, 停产."""
    listing: str | None
    """否, or level, body and number of the listing in one text."""
    principal_told_on: Day
    controller_told_on: Day
    regulator: str | None
    regulator_person: str | None
    state: str
    """Code of the state: reported, rectifying, verified, closed, dismissed."""
    overdue_days: int | None
    """Days after the deadline in force; None where there is no deadline."""
    applied_on: Day
    """自验: the enterprise's application, which starts the clock of the re-inspection."""
    rectified_on: Day
    reinspected_on: Day
    reinspectors: str | None
    closing_office: str | None
    closed_on: Day
    struck_off_on: Day
    delisted_on: Day
    penalty_numbers: str | None
    import_mark: str | None
    """导入 where the state came with an imported file, not from signatures."""
    remarks: str | None


def _day(key: str, heading: str) -> Column:
    return Column(key, heading, "date", 9.1)


def _code(key: str, heading: str, width: float) -> Column:
    return Column(key, heading, "text", width, latin=True)


REGULATOR = LedgerLayout(
    code="regulator",
    name="重大事故隐患台账",
    title_template="{period}重大事故隐患台账",
    columns=(
        Column("serial", "序号", "serial", 4.6),
        _code("number", "隐患编号", 10.6),
        Column("district", "区县", width=6.2),
        Column("town", "乡镇(街道)", width=6.2),
        long_text("enterprise_name", "企业名称", 11.7),
        _code("uscc", "统一社会信用代码", 10.2),
        Column("owner_name", "产权/出租单位", width=8.0),
        Column("industry", "行业领域", width=8.0),
        Column("channel", "隐患来源", width=4.4),
        Column("inspected_by", "检查单位", width=8.0),
        _code("document_number", "文书号", 10),
        _day("found_on", "发现时间"),
        _day("reported_on", "上报时间"),
        long_text("place", "隐患位置", 9.8),
        Column("category", "隐患类别", width=4.4),
        long_text("description", "隐患描述", 21.2),
        long_text("criterion", "判定依据", 17.3),
        long_text("measures", "整改措施", 17.3),
        Column("responsible_person", "整改责任人", width=6.2),
        Column("funds_fen", "整改资金(万元)", "money_wan", 8.2, align="right"),
        _day("first_deadline_on", "整改时限(原)"),
        _day("deadline_on", "整改时限(现)"),
        Column("extensions", "延期次数", "integer", 4.4),
        long_text("interim_controls", "应急预案/管控措施", 13.6),
        Column("stopped", "是否停产", width=4.4),
        Column("listing", "是否挂牌督办(级别/单位/文号)", width=10),
        _day("principal_told_on", "告知主要负责人时间"),
        _day("controller_told_on", "告知实际控制人时间"),
        Column("regulator", "监管责任单位", width=8.0),
        Column("regulator_person", "监管责任人", width=6.2),
        Column("state", "整改进展", "state", 7),
        Column("overdue_days", "逾期天数", "overdue_days", 4.8),
        _day("applied_on", "自验时间"),
        _day("rectified_on", "整改完成时间"),
        _day("reinspected_on", "复查时间"),
        Column("reinspectors", "复查人(两名)", width=6.2),
        Column("closing_office", "核销单位", width=8.0),
        _day("closed_on", "销号时间"),
        _day("struck_off_on", "清单销号时间"),
        _day("delisted_on", "摘牌时间"),
        _code("penalty_numbers", "处罚文号", 10),
        Column("import_mark", "导入标记", width=4.4),
        long_text("remarks", "备注", 19),
    ),
    sign_off=("审核人", "填表人", "联系电话", "单位负责人(签字)"),
    notes=(
        (
            "注：“整改进展”的底色只区分进展，非风险等级色；“逾期天数”自现整改时限届满的次日起算，红字为逾期；"
            "“导入标记”为“导入”的，其进展来自导入的文件，未经本系统签批。"
        ),
    ),
)
"""Layout of the ledger for a month, a region or an enterprise."""
