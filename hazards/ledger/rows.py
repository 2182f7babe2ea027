"""A draft of a row made into a frozen hazard, or a reason why it can't be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from core.sheets import is_placeholder
from hazards.ledger.choices import (
    choose_category,
    choose_channel,
    choose_grade,
    choose_listing,
    choose_status,
    choose_stop,
)
from hazards.ledger.clauses import named_clauses
from hazards.ledger.draft import Draft
from hazards.ledger.fields import RULE_OF, Field
from hazards.ledger.keys import OWN_NUMBER
from hazards.ledger.misplaced import put_right
from hazards.ledger.record import LedgerRow, Skipped
from hazards.ledger.splitting import looks_like_several, split_hazards
from hazards.ledger.states import Evidence, establish_state
from hazards.ledger.words import Listing, plain_word
from workflows.vocabulary import Channel, Grade, State

_NO_DESCRIPTION_WORDS = frozenset({"一般", "重大", "正常", "无隐患", "未发现隐患", "未发现问题", "无问题"})
_DISMISSED_WORDS = frozenset({"不予认定", "不属于隐患", "误报"})
_IN_ORDER = (
    Field.FOUND_ON,
    Field.SELF_VERIFIED_ON,
    Field.COMPLETED_ON,
    Field.REINSPECTED_ON,
    Field.CLOSED_ON,
)


@dataclass(frozen=True, slots=True)
class Whole:
    """What the file says about all of its rows: the grade in its title, its legend, the enterprise at its head."""

    all_major: bool = False
    legend: Mapping[str, str] | None = None
    enterprise_name: str = ""


def finish_row(draft: Draft, whole: Whole, *, splits: bool = False) -> tuple[LedgerRow, ...] | Skipped:
    """The hazard of a draft, or where `splits` the several it holds; Skipped without description or enterprise."""
    if draft.is_empty:
        return Skipped(draft.row, "只有序号，没有内容")
    put_right(draft)
    if not draft.texts.get(Field.ENTERPRISE_NAME) and whole.enterprise_name:
        draft.texts[Field.ENTERPRISE_NAME] = whole.enterprise_name
    reason = _why_not(draft)
    if reason:
        return Skipped(draft.row, reason)
    _remark_order(draft)
    parts = _parts(draft)
    if parts and splits:
        return _split(draft, whole, parts)
    description = draft.texts[Field.DESCRIPTION]
    if parts:
        reason = f"像是 {len(parts)} 条隐患写在一格：按一条登记，原文保留，可以拆成 {len(parts)} 条"
        draft.remark(Field.DESCRIPTION, description, reason)
    elif looks_like_several(description):
        reason = "像是几条隐患写在一格，看不准怎么拆：按一条登记，原文保留，请核对"
        draft.remark(Field.DESCRIPTION, description, reason)
    return (_row(draft, whole, parts),)


def _parts(draft: Draft) -> tuple[str, ...]:
    """The split that is offered; a number of the register's own is one hazard, however it is described."""
    if OWN_NUMBER.fullmatch(draft.texts.get(Field.NUMBER, "")):
        return ()
    parts = split_hazards(draft.texts[Field.DESCRIPTION])
    return () if any(is_placeholder(part) or part in _NO_DESCRIPTION_WORDS for part in parts) else parts


def _split(draft: Draft, whole: Whole, parts: tuple[str, ...]) -> tuple[LedgerRow, ...]:
    """One row for each part with all that the row says; a sum of money is of all of them and goes to none."""
    if Field.COST in draft.numbers:
        del draft.numbers[Field.COST]
        written = draft.raw[Field.COST]
        if all(kept.text != written for kept in draft.kept):
            draft.keep(draft.plans[Field.COST], written)
        draft.remark(Field.COST, written, f"是 {len(parts)} 条隐患合写的：原文保留，各条的资金留空，请分别补上")
    draft.remark(Field.DESCRIPTION, draft.texts[Field.DESCRIPTION], f"一格里的 {len(parts)} 条隐患，已拆开登记")
    row = _row(draft, whole, parts)
    return tuple(
        replace(row, part=number, description=part, original=row.description)
        for number, part in enumerate(parts, start=1)
    )


def _why_not(draft: Draft) -> str:
    description = draft.texts.get(Field.DESCRIPTION, "")
    if not description:
        return "没有隐患描述"
    if is_placeholder(description) or description in _NO_DESCRIPTION_WORDS:
        return f"隐患描述只写了“{description}”，没有可登记的隐患"
    name = draft.texts.get(Field.ENTERPRISE_NAME, "")
    if (not name or is_placeholder(name)) and not draft.texts.get(Field.USCC):
        return "没有企业名称和统一社会信用代码，不知道是谁的隐患"
    status = next((draft.texts[at] for at in (Field.STATUS, Field.PROGRESS) if at in draft.texts), "")
    if plain_word(status) in _DISMISSED_WORDS:
        return f"写着“{status}”，不作为隐患登记"
    return ""


def _set_complaint_aside(draft: Draft, channel: Channel | None) -> None:
    """A complaint's note that speaks of the informant does not go where enterprise people read."""
    note = draft.texts.get(Field.NOTE, "")
    if channel is Channel.COMPLAINT and "举报" in note:
        before = draft.texts.get(Field.COMPLAINT_NOTE, "")
        draft.texts[Field.COMPLAINT_NOTE] = "；".join(filter(None, (before, note)))
        draft.texts[Field.NOTE] = ""
        draft.remark(Field.NOTE, "", "备注提到举报：归入举报情况，企业人员看不到")


def _remark_order(draft: Draft) -> None:
    """Points out days that contradict each other; which of them is wrong only a person knows."""
    known = [(field, draft.days[field]) for field in _IN_ORDER if field in draft.days]
    for (before, earlier), (after, later) in pairwise(known):
        if later < earlier:
            draft.remark(
                after,
                later.isoformat(),
                f"{RULE_OF[after].label}早于{RULE_OF[before].label}（{earlier.isoformat()}），请核对",
            )
    found, due = draft.days.get(Field.FOUND_ON), draft.days.get(Field.DEADLINE)
    if found and due and due < found:
        draft.remark(Field.DEADLINE, due.isoformat(), f"整改时限早于发现时间（{found.isoformat()}），请核对")


def _state(draft: Draft) -> State:
    status = choose_status(draft)
    ruling = establish_state(
        Evidence(
            word=status.word,
            text=status.text,
            completed_on=draft.days.get(Field.COMPLETED_ON),
            reinspected_on=draft.days.get(Field.REINSPECTED_ON),
            reinspected_by=draft.texts.get(Field.REINSPECTED_BY, ""),
            closed_on=draft.days.get(Field.CLOSED_ON),
            late=frozenset(draft.late),
        )
    )
    has_column = bool({Field.STATUS, Field.PROGRESS} & set(draft.plans))
    # Where no column tells the state, the file as a whole is remarked, not each of its rows
    if ruling.reason and (has_column or status.text):
        draft.remark(Field.STATUS if Field.STATUS in draft.plans else Field.PROGRESS, status.text, ruling.reason)
    return ruling.state


def _row(draft: Draft, whole: Whole, parts: tuple[str, ...]) -> LedgerRow:
    grade = choose_grade(draft, all_major=whole.all_major, legend=whole.legend or {})
    is_basis_pending = grade.grade is Grade.MAJOR and not draft.texts.get(Field.BASIS)
    if is_basis_pending:
        draft.remark(Field.BASIS, "", "没有判定依据：按申报的重大登记，判定依据待确认")
    category, channel, stopped = choose_category(draft), choose_channel(draft), choose_stop(draft)
    _set_complaint_aside(draft, channel)
    listing = choose_listing(draft)
    state = _state(draft)
    text, day, number = draft.texts, draft.days, draft.numbers
    return LedgerRow(
        row=draft.row,
        state=state,
        grade=grade.grade,
        grade_declared=grade.is_declared,
        basis_pending=is_basis_pending,
        description=text[Field.DESCRIPTION],
        parts=parts,
        serial=text.get(Field.SERIAL, ""),
        number=text.get(Field.NUMBER, ""),
        region_name=text.get(Field.REGION_NAME, ""),
        region_code=text.get(Field.REGION_CODE, ""),
        town_name=text.get(Field.TOWN_NAME, ""),
        enterprise_name=text.get(Field.ENTERPRISE_NAME, ""),
        uscc=text.get(Field.USCC, ""),
        enterprise_kind=text.get(Field.ENTERPRISE_KIND, ""),
        address=text.get(Field.ADDRESS, ""),
        principal_name=text.get(Field.PRINCIPAL_NAME, ""),
        phone=text.get(Field.PHONE, ""),
        owner_name=text.get(Field.OWNER_NAME, ""),
        industry=text.get(Field.INDUSTRY, ""),
        channel=channel,
        check_office=text.get(Field.CHECK_OFFICE, ""),
        unit_name=text.get(Field.UNIT_NAME, ""),
        check_manner=text.get(Field.CHECK_MANNER, ""),
        check_level=text.get(Field.CHECK_LEVEL, ""),
        found_by=text.get(Field.FOUND_BY, ""),
        report_office=text.get(Field.REPORT_OFFICE, ""),
        document_number=text.get(Field.DOCUMENT_NUMBER, ""),
        found_on=day.get(Field.FOUND_ON),
        found_at=draft.found_at,
        reported_on=day.get(Field.REPORTED_ON),
        place=text.get(Field.PLACE, ""),
        category=category,
        basis=text.get(Field.BASIS, ""),
        clauses=named_clauses(text.get(Field.BASIS, "")),
        measures=text.get(Field.MEASURES, ""),
        responsible_unit=text.get(Field.RESPONSIBLE_UNIT, ""),
        responsible_person=text.get(Field.RESPONSIBLE_PERSON, ""),
        cost_fen=number.get(Field.COST),
        first_deadline=day.get(Field.FIRST_DEADLINE),
        deadline=day.get(Field.DEADLINE),
        extensions=number.get(Field.EXTENSIONS),
        controls=text.get(Field.CONTROLS, ""),
        stopped=stopped,
        listed=listing.listed if listing else None,
        listing_level=listing.level if listing else None,
        listing_office=_listed_text(listing, text, Field.LISTING_OFFICE),
        listing_number=_listed_text(listing, text, Field.LISTING_NUMBER),
        principal_told_on=day.get(Field.PRINCIPAL_TOLD_ON),
        controller_told_on=day.get(Field.CONTROLLER_TOLD_ON),
        regulator_name=text.get(Field.REGULATOR_NAME, ""),
        regulator_person=text.get(Field.REGULATOR_PERSON, ""),
        status=text.get(Field.STATUS, ""),
        progress=text.get(Field.PROGRESS, ""),
        days_overdue=number.get(Field.DAYS_OVERDUE),
        self_verified_on=day.get(Field.SELF_VERIFIED_ON),
        completed_on=day.get(Field.COMPLETED_ON),
        reinspected_on=day.get(Field.REINSPECTED_ON),
        reinspected_by=text.get(Field.REINSPECTED_BY, ""),
        closed_by_office=text.get(Field.CLOSED_BY_OFFICE, ""),
        closed_on=day.get(Field.CLOSED_ON),
        struck_off_on=day.get(Field.STRUCK_OFF_ON),
        delisted_on=day.get(Field.DELISTED_ON),
        penalty=text.get(Field.PENALTY, ""),
        import_mark=text.get(Field.IMPORT_MARK, ""),
        complaint_note=text.get(Field.COMPLAINT_NOTE, ""),
        note=text.get(Field.NOTE, ""),
        kept=tuple(draft.kept),
        remarks=tuple(draft.remarks),
    )


def _listed_text(listing: Listing | None, text: Mapping[Field, str], field: Field) -> str:
    if listing is None:
        return text.get(field, "")
    return listing.office if field is Field.LISTING_OFFICE else listing.number
