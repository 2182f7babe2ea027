"""What the record says: facts with the clause as judged, plan in five points, photos, deadlines, papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from accounts.access import Actor
from accounts.roles import Side
from core.days import shanghai_day
from core.money import wan_text
from hazards.case import Loaded
from hazards.deed import co_signed_text
from hazards.models import DeadlineChange, Evidence, Hazard
from hazards.presenting.doubts import doubts_of
from hazards.presenting.duties import DUTIES
from hazards.presenting.judging import recurrence_rows
from hazards.presenting.words import HEADLINE, Names, day_text, moment_text, signer
from hazards.rules import EVIDENCE_LABELS, EvidenceKind
from workflows.cadence import is_listed
from workflows.facts import Fact
from workflows.rulings import missing_for
from workflows.vocabulary import Action, Channel, Grade, Manner, State, StopScope

FactRow = tuple[str, object, bool, str]
CHECKED = "督导检查"
PRINTABLE = (State.VERIFIED, State.CLOSED)  # what the printed form of the closure asks for


@dataclass(frozen=True, slots=True)
class Point:
    """One of the five points of a plan, or one of the further parts."""

    name: str
    text: str
    done: bool
    link: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan: its points, how many of five are there, and what became of it."""

    points: tuple[Point, ...]
    filled: int
    status: str
    more: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo with its copies and who took it when."""

    url: str
    thumb: str
    alt: str
    text: str
    by: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A file or scan that belongs to the hazard."""

    text: str
    url: str | None
    end: str
    tone: str = ""


def is_masked(hazard: Hazard, actor: Actor) -> bool:
    """Whether this viewer sees a complaint's hazard as 督导检查 with the date of the check only (domain.md §3)."""
    return hazard.channel is Channel.COMPLAINT and actor.side is Side.ENTERPRISE


# --- facts -----------------------------------------------------------------------------------------------------


def facts_of(loaded: Loaded, actor: Actor, names: Names) -> tuple[FactRow, ...]:
    """Rows of the facts panel: term, value, whole line, small grey line."""
    hazard = loaded.hazard
    rows: list[FactRow] = [("企业", _enterprise(hazard), True, "")]
    if len(hazard.description) > HEADLINE or "\n" in hazard.description:
        rows.append(("隐患描述", hazard.description, True, ""))
    rows += [("部位", hazard.place, False, ""), ("属地", _region(hazard), False, "")]
    rows += _found(hazard, masked=is_masked(hazard, actor))
    rows += [
        ("类别", hazard.category.label if hazard.category else "", False, ""),
        ("行业领域", hazard.industry, False, ""),
        ("责任单位", hazard.responsible_unit, False, ""),
        ("整改责任人", hazard.responsible_person, False, ""),
        ("监管单位", _office(hazard), False, ""),
    ]
    rows += [("产权/出租", hazard.concerned.name, False, "")] if hazard.concerned else []
    rows += [("判定依据", *_basis(hazard, names))]
    rows += recurrence_rows(hazard)
    rows += _list(hazard, names)
    rows += _order(hazard)
    rows += _safety(hazard)
    return _even(rows)


def _even(rows: list[FactRow]) -> tuple[FactRow, ...]:
    """Pairs side by side: whatever stands alone before a whole line takes a whole line too."""
    out: list[FactRow] = []
    alone = False
    for row in rows:
        if row[2] and alone:
            out[-1] = (*out[-1][:2], True, out[-1][3])
        alone = not row[2] and not alone
        out.append(row)
    return tuple(out)


def _list(hazard: Hazard, names: Names) -> list[FactRow]:
    """On which list since when, in whose care, and when it moves up; from where it came, the history says."""
    if not is_listed(hazard.state) or hazard.tier_since is None:
        return []
    owner = names.of(hazard.list_owner_id) if hazard.list_owner_id is not None else "还没有人"
    until = f"未清零则 {moment_text(hazard.tier_until)} 上移" if hazard.tier_until is not None else ""
    return [("所在清单", f"{hazard.tier.label}清单，{day_text(hazard.tier_since)} 进入，{owner}督促清零", True, until)]


def _enterprise(hazard: Hazard) -> str:
    return f"{hazard.enterprise.name}　{hazard.enterprise.uscc or ''}".strip()


def _region(hazard: Hazard) -> str:
    town = hazard.enterprise.town.name if hazard.enterprise.town else ""
    return f"{hazard.enterprise.region.name} {town}".strip()


def _office(hazard: Hazard) -> str:
    return hazard.responsible_office.name if hazard.responsible_office else hazard.office_name


def _found(hazard: Hazard, *, masked: bool) -> list[FactRow]:
    if masked:
        return [("来源", CHECKED, False, ""), ("检查日期", day_text(hazard.found_on), False, "")]
    found = moment_text(hazard.found_at) if hazard.found_at else day_text(hazard.found_on)
    return [
        ("来源", hazard.channel.label, False, hazard.check_office),
        ("发现", found, False, ""),
        ("发现人", hazard.found_by, False, ""),
        ("上报", moment_text(hazard.reported_at), False, "导入" if hazard.imported else ""),
    ]


def _basis(hazard: Hazard, names: Names) -> tuple[str, bool, str]:
    """The clause as it stood when judged, who confirmed it and when."""
    if hazard.criterion_clause:
        number = f"（{hazard.criterion_document_no}）" if hazard.criterion_document_no else ""
        value = f"《{hazard.criterion_standard}》{number}{hazard.criterion_clause}：“{hazard.criterion_text}”"
        condition = f"已核实前提：{hazard.criterion_condition}；" if hazard.criterion_condition else ""
        return value, True, f"{_confirmed(hazard, names)}{condition}条文按当时版本保存"
    if hazard.criterion_reason:
        return f"不引条款，理由：{hazard.criterion_reason}", True, _confirmed(hazard, names).rstrip("；")
    if hazard.basis:
        return hazard.basis, True, "判定依据待确认" if hazard.basis_unconfirmed else ""
    if hazard.grade is Grade.GENERAL:
        return "一般隐患，不需要判定条款", True, ""
    return "", True, ""


def _confirmed(hazard: Hazard, names: Names) -> str:
    if hazard.criterion_at is None:
        return ""
    return f"{names.of(hazard.criterion_by_id)} 于 {moment_text(hazard.criterion_at)} 确认；"


def _order(hazard: Hazard) -> list[FactRow]:
    if not hazard.order_number:
        return []
    item = f" 第 {hazard.order_item} 项" if hazard.order_item else ""
    rows: list[FactRow] = [("指令文书", f"{hazard.order_number}{item}", True, _service(hazard))]
    rows.append(("法律依据", hazard.order_basis, True, ""))
    if hazard.authority_stopped:
        resumed = f"{day_text(hazard.resumed_on)} 起恢复：{hazard.resume_checked}" if hazard.resumed_on else "尚未恢复"
        rows.append(("责令停产", "是", True, resumed))
    return rows


def _service(hazard: Hazard) -> str:
    signed = f"{day_text(hazard.ordered_on)} 签发" if hazard.ordered_on else ""
    served = f"{day_text(hazard.served_on)} 送达" + (f"（{hazard.served_how}）" if hazard.served_how else "")
    receipt = f"{hazard.receipt_by} {day_text(hazard.receipt_on)} 签收" if hazard.receipt_on else "还没有登记签收"
    parts = [signed, served if hazard.served_on else "还没有登记送达", receipt if hazard.served_on else ""]
    note = f"；{hazard.receipt_note}" if hazard.receipt_note else ""
    return "，".join(part for part in parts if part) + note


def _safety(hazard: Hazard) -> list[FactRow]:
    rows: list[FactRow] = [("现场管控", hazard.interim_controls, True, _checked(hazard))]
    if hazard.stop_scope is not StopScope.NONE or hazard.stop_note:
        rows.append(("停用撤人", hazard.stop_note or hazard.stop_scope.label, True, f"停产：{hazard.stop_scope.label}"))
    if hazard.grade is Grade.MAJOR:
        rows.append(("告知", _told(hazard), True, ""))
    if hazard.listed_level:
        text = " ".join(x for x in (hazard.listed_office, hazard.listed_number, day_text(hazard.listed_on)) if x)
        rows.append(("挂牌督办", f"{hazard.listed_level.label} {text}", True, ""))
    if hazard.import_note:
        rows.append(("导入说明", hazard.import_note, True, ""))
    return rows


def _told(hazard: Hazard) -> str:
    principal = f"主要负责人 {moment_text(hazard.principal_told_at)} 签收" if hazard.principal_told_at else ""
    controller = f"实际控制人 {moment_text(hazard.controller_told_at)} 签收" if hazard.controller_told_at else ""
    both = "；".join(part for part in (principal, controller) if part)
    return both or "主要负责人、实际控制人还没有签收告知"


# --- plan ------------------------------------------------------------------------------------------------------


def plan_of(loaded: Loaded, actor: Actor) -> Plan | None:
    """The five points with what is missing; None for a general hazard, and before anything is asked of a plan."""
    hazard = loaded.hazard
    points = tuple(_points(hazard, _way_to_plan(loaded, actor)))
    filled = sum(point.done for point in points)
    is_asked = hazard.state in (State.RECTIFYING, State.VERIFIED)
    if hazard.grade is not Grade.MAJOR or not (is_asked or filled):
        return None
    return Plan(points, filled, _plan_status(loaded), _further(loaded))


def _way_to_plan(loaded: Loaded, actor: Actor) -> tuple[str, str] | None:
    if not DUTIES["plan"].permit(loaded, actor).allowed:
        return None
    return "去填写", url_for("hazards.plan", number=loaded.hazard.number)


def _points(hazard: Hazard, way: tuple[str, str] | None) -> Iterable[Point]:
    money = wan_text(hazard.plan_money_fen) if hazard.plan_money_fen is not None else ""
    source = f"，{hazard.plan_money_source}" if money and hazard.plan_money_source else ""
    spent = f"实际支出 {wan_text(hazard.real_cost_fen)}" if hazard.real_cost_fen is not None else ""
    done = f"实际完成 {day_text(hazard.completed_on)}" if hazard.completed_on else ""
    for name, text, note in (
        ("措施", hazard.plan_measures, ""),
        ("责任", hazard.plan_responsibility, ""),
        ("资金", money + source, spent),
        ("时限", day_text(hazard.plan_deadline), done),
        ("预案", hazard.plan_contingency, ""),
    ):
        yield Point(name, text, bool(text), way, note)


def _plan_status(loaded: Loaded) -> str:
    hazard = loaded.hazard
    if hazard.plan_filed_at is not None:
        return f"{moment_text(hazard.plan_signed_at)} 签批，{moment_text(hazard.plan_filed_at)} 备案"
    if hazard.plan_signed_at is not None:
        return f"{moment_text(hazard.plan_signed_at)} 签批，待备案"
    return "未签批"


def _further(loaded: Loaded) -> tuple[FactRow, ...]:
    """Parts beyond the five points: those that are filled, and those this case still asks for."""
    hazard = loaded.hazard
    asked = set(missing_for(loaded.case, Action.PLAN)) if hazard.state is State.RECTIFYING else set()
    rows = (
        (Fact.PLAN_SITUATION, "现状及成因", hazard.plan_situation),
        (Fact.PLAN_HARM, "危害和难易", hazard.plan_harm),
        (Fact.CONGRESS_TOLD, "报告职代会", day_text(hazard.congress_told_on)),
    )
    return tuple((label, text, True, "") for fact, label, text in rows if text or fact in asked)


def _co_signed(hazard: Hazard) -> str:
    if not hazard.structural:
        return ""
    return co_signed_text(hazard) or "还没有会签（涉及主体结构、公用设施，验收前须产权、出租或发包单位会签）"


def _checked(hazard: Hazard) -> str:
    """How often the controls are checked, and when next; missed checks come first."""
    if hazard.control_next_at is None:
        return ""
    missed = f"已连续漏检 {hazard.control_missed} 次，" if hazard.control_missed else ""
    return f"{missed}每 {hazard.control_every_hours} 小时检查一次，下次最迟 {moment_text(hazard.control_next_at)}"


def work_of(hazard: Hazard) -> tuple[FactRow, ...]:
    """What was done: result, dates, cost, and for a major one the lessons; empty before any work is recorded."""
    rows: tuple[FactRow, ...] = (
        ("整改结果", hazard.result, True, ""),
        ("整改要点", points_text(hazard), False, ""),
        ("完成日期", day_text(hazard.completed_on), False, ""),
        ("实际资金", wan_text(hazard.real_cost_fen) if hazard.real_cost_fen is not None else "", False, ""),
        ("产生原因", hazard.cause, True, ""),
        ("举一反三", hazard.similar_checked, True, ""),
        ("长效措施", hazard.lasting_measure, True, ""),
        ("会签", _co_signed(hazard), True, ""),
        ("复查人", hazard.reinspected_by, True, ""),
    )
    return tuple(row for row in rows if row[1])


def points_text(hazard: Hazard) -> str:
    """已整改 3 / 5 项; empty where the rectification is done as a whole."""
    total = hazard.points_total
    return f"已整改 {hazard.points_done} / {total} 项" if total else ""


# --- photos and papers -----------------------------------------------------------------------------------------


def photos_of(loaded: Loaded, names: Names, *, masked: bool) -> tuple[tuple[Photo, ...], tuple[Photo, ...]]:
    """Photos before and after."""
    before = tuple(_photo(loaded, e, names, masked=masked) for e in loaded.evidence if e.kind is EvidenceKind.BEFORE)
    after = tuple(_photo(loaded, e, names, masked=False) for e in loaded.evidence if e.kind is EvidenceKind.AFTER)
    return before, after


def _photo(loaded: Loaded, item: Evidence, names: Names, *, masked: bool) -> Photo:
    number = loaded.hazard.number
    when = f"{moment_text(item.taken_at)} 拍摄" if item.taken_at else f"{moment_text(item.added_at)} 上传"
    if masked:
        when = shanghai_day(item.taken_at or item.added_at).isoformat()
    return Photo(
        url=_url(number, item, "view" if item.view_id else None),
        thumb=_url(number, item, "thumb" if item.thumb_id else None),
        alt=f"{EVIDENCE_LABELS[item.kind]}：{item.caption or '照片'}",
        text=item.caption,
        by=f"{names.of(item.added_by_id)} {when}",
        doubts=() if masked else doubts_of(loaded, item),
    )


def _url(number: str, item: Evidence, size: str | None = None) -> str:
    return url_for("hazards.evidence", number=number, evidence_id=item.id, size=size)


def papers_of(loaded: Loaded) -> tuple[Paper, ...]:
    """Documents, evaluation reports, and the scans of signatures given on paper."""
    number = loaded.hazard.number
    kinds = (EvidenceKind.DOCUMENT, EvidenceKind.EVALUATION, EvidenceKind.SCAN)
    files = [
        Paper(item.name or EVIDENCE_LABELS[item.kind], _url(number, item), day_text(shanghai_day(item.added_at)))
        for item in loaded.evidence
        if item.kind in kinds
    ]
    scans = [
        Paper(
            f"{signature.step_label}纸质签署（{signer(signature.role, signature.person_name)}）",
            url_for("hazards.scan", number=number, signature_id=signature.id),
            day_text(signature.paper_on),
        )
        for request in loaded.requests
        for signature in request.signatures
        if signature.manner is Manner.PAPER and signature.scan_id is not None
    ]
    return (*files, *scans, *_forms(loaded.hazard))


def _forms(hazard: Hazard) -> list[Paper]:
    """The printed form of the closure from verification on, where the room of notices stands above this one."""
    if "notices.closure_form" not in current_app.view_functions or hazard.state not in PRINTABLE:
        return []
    return [Paper("销号审批表（PDF）", url_for("notices.closure_form", number=hazard.number), "")]


# --- deadlines -------------------------------------------------------------------------------------------------


def deadline_rows(changes: Sequence[DeadlineChange], names: Names) -> tuple[tuple[str, ...], ...]:
    """Every deadline there was: the day, by which action, how counted, who set it when."""
    return tuple(
        (
            change.deadline.isoformat() + ("（暂计）" if change.provisional else ""),
            change.action.label + ("（逾期申请）" if change.was_late else ""),
            change.counted or "按所定日期",
            f"{names.of(change.by_id)} {moment_text(change.at)}",
        )
        for change in changes
    )
