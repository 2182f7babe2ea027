"""经过: every entry of a hazard's history as a person reads it, newest first, only growing.

Entries hold ids and digests only; the words come from the signatures, notes and versions they point to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, bindparam, cast, func, literal_column, select, union_all

from accounts.models import Enterprise, Person, Regulator
from accounts.queries import PersonLabel
from core.db import among, ids_text
from core.models import Event
from core.money import wan_text
from core.prepared import Prepared
from core.scope import everything
from hazards.case import Loaded
from hazards.models import HazardNote, HazardVersion, Signature, SignOffRequest
from hazards.presenting.words import Names, day_text, moment_text, short_digest, signer
from hazards.rules import EVIDENCE_LABELS, EvidenceKind
from hazards.snapshot import LABELS
from workflows.investigations import Ground
from workflows.vocabulary import Action, Category, Channel, Grade, ListingLevel, Manner, State, StopScope, Tier, Verdict

LONGEST = 200
SHOWN_VALUE = 80

# Entries after which a form that was opened before is as good as it was: nothing it shows has changed.
QUIET = frozenset(
    {
        "remind",
        "told",
        "file_plan",
        "object",
        "comment",
        "investigation",
        "investigated",
        "control_interval",
        "control_check",
        "control_missed",
        "moved_up",
        "reward",
    }
)

WORDS: dict[str, str] = {
    "report": "上报隐患",
    "accept": "即查即改，系统自动受理",
    "withdraw": "撤回申请",
    "end_request": "终止申请",
    "correct": "更正",
    "work": "填写整改情况",
    "evidence": "补充照片或文件",
    "points": "写整改要点",
    "point": "完成一项整改要点",
    "point_again": "重新整改一项要点",
    "serve": "登记送达",
    "file_plan": "整改方案备案",
    "escalate": "直报监管部门",
    "remind": "催办",
    "object": "对不予认定提出异议",
    "told": "签收告知",
    "comment": "评论",
    "investigation": "参照事故调查立案",
    "investigated": "登记参照事故调查结果",
    "structural": "登记涉及主体结构",
    "co_sign": "会签",
    "control_interval": "确定管控措施检查间隔",
    "control_check": "检查管控措施",
    "control_missed": "管控措施漏检",
    "strike_off": "清单销号",
    "listed": "挂牌督办",
    "delisted": "解除挂牌督办",
    "reward": "隐患报告奖励",
    "hand_over": "移交工作",
    "assign": "指定整改责任人",
    "import": "由台账导入",
    "tier": "清单变动",
    "moved_up": "未按时清零，移到上一级清单",
    "recount": "工作日表装载，期限重算",
}

PLAN = frozenset(name for name in LABELS if name.startswith("plan_")) | {"plan_money_source", "congress_told_on"}
_MONEY = frozenset({"plan_money_fen", "real_cost_fen"})
_CODES: dict[str, Callable[[str], Any]] = {
    "grade": Grade,
    "state": State,
    "category": Category,
    "stop_scope": StopScope,
    "tier": Tier,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: str
    iso: str
    who: str
    what: str
    detail: str = ""
    quote: str = ""


class Version(NamedTuple):
    """The facts as they stood after an entry."""

    version: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """What the timeline is written from: the entries asked for, and what they point to."""

    events: tuple[Any, ...]
    notes: Mapping[int, str]
    versions: tuple[Version, ...]
    labels: Mapping[int, PersonLabel]


def _persons(events: Sequence[Any]) -> set[int]:
    """Everybody an entry names."""
    named = {event.actor_id for event in events if event.actor_id is not None}
    for event in events:
        named |= {person for key in ("doers", "told") for person in _ids(event.content.get(key))}
        named |= {event.content["receiver"]} if event.kind == "assign" else set()
        named |= {event.content["owner"]} - {None} if event.kind == "moved_up" else set()
    return named


def _ids(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


# --- reading ---------------------------------------------------------------------------------------------------


def read_events(hazard_id: int, *, oldest_first: bool = False, after: int = 0) -> tuple[Any, ...]:
    """The newest entries (or the oldest) behind number `after`."""
    rows = _oldest if oldest_first else _newest
    return tuple(rows.all(hazard=hazard_id, after=after))


def _entries(*order: Any) -> Any:
    wanted = (Event.seq, Event.at, Event.actor_id, Event.kind, Event.content)
    its = select(*wanted).where(Event.subject_kind == "hazard", Event.subject_id == bindparam("hazard"))
    return its.where(Event.seq > bindparam("after")).order_by(*order).limit(LONGEST)


_oldest, _newest = Prepared(lambda: _entries(Event.seq)), Prepared(lambda: _entries(Event.seq.desc()))


def read_history(hazard_id: int, *, oldest_first: bool = False, persons: Iterable[int | None] = ()) -> History:
    """The newest entries (or the oldest) with what they point to; and whom the page names besides, in two queries."""
    events = read_events(hazard_id, oldest_first=oldest_first)
    corrected = max((event.seq for event in events if event.kind == "correct"), default=0)
    notes: dict[int, str] = {}
    labels: dict[int, PersonLabel] = {}
    versions: list[Version] = []
    with everything("names of signers"):
        rows = _pointed_at.all(
            hazard=hazard_id,
            persons=ids_text(sorted(_persons(events) | {person for person in persons if person is not None})),
            notes=ids_text(event.content["note"] for event in events if "note" in event.content),
            corrected=corrected,
        )
    for row in rows:
        if row.what == "person":
            labels[row.id] = PersonLabel(row.text, row.title, row.organisation)
        elif row.what == "note":
            notes[row.id] = row.text
        else:
            versions.append(Version(row.id, json.loads(row.text)))
    versions.sort(key=lambda version: -version.version)
    return History(events, notes, tuple(versions), labels)


def _point() -> Any:
    """People by id; notes of these entries; versions before and after corrections, none where nothing was corrected."""
    person, firm, office = Person.__table__.c, Enterprise.__table__.c, Regulator.__table__.c
    note, version = HazardNote.__table__.c, HazardVersion.__table__.c
    nothing: ColumnElement[str] = literal_column("''")
    people = (
        select(
            literal_column("'person'").label("what"),
            person.id.label("id"),
            cast(person.name, Text).label("text"),
            cast(person.title, Text).label("title"),
            cast(func.coalesce(firm.name, office.short_name, nothing), Text).label("organisation"),
        )
        .select_from(Person.__table__)
        .outerjoin(Enterprise.__table__, firm.id == person.enterprise_id)
        .outerjoin(Regulator.__table__, office.id == person.regulator_id)
        .where(among(person.id, "persons"))
    )
    notes = select(literal_column("'note'"), note.id, note.text, nothing, nothing)
    notes = notes.where(note.hazard_id == bindparam("hazard"), among(note.id, "notes"))
    its = version.hazard_id == bindparam("hazard"), version.version <= bindparam("corrected")
    newest = select(version.version, version.content).where(*its).order_by(version.version.desc()).limit(LONGEST)
    kept = newest.subquery().c
    versions = select(literal_column("'version'"), kept.version, cast(kept.content, Text), nothing, nothing)
    return union_all(people, notes, versions)


_pointed_at = Prepared(_point)


# --- writing ---------------------------------------------------------------------------------------------------


def entries_of(history: History, loaded: Loaded, names: Names, *, masked: bool) -> tuple[Entry, ...]:
    """The lines in the order of the entries; `masked` hides the hour and the finder of a complaint's report."""
    return tuple(
        _entry(event, history, loaded, names, masked=masked)
        for event in history.events
        if not _is_part_of_work(event, history.events)
    )


def _is_part_of_work(event: Any, events: Sequence[Any]) -> bool:
    """The facts of a piece of work are told in its own line."""
    return event.kind == "correct" and any(
        other.kind == "work" and other.seq == event.seq + 1 and other.at == event.at for other in events
    )


def _entry(event: Any, history: History, loaded: Loaded, names: Names, *, masked: bool) -> Entry:
    signatures = {s.id: s for request in loaded.requests for s in request.signatures}
    requests = {request.id: request for request in loaded.requests}
    who, what, detail = _words(event, history, signatures, requests, names)
    quote = history.notes.get(event.content.get("note", 0), "")
    signature = signatures.get(event.content.get("signature", 0))
    if signature is not None:
        quote = signature.opinion
    if event.kind == "report":
        found = moment_text(event.at)[:10] if masked else moment_text(event.at)
        channel = Channel.SUPERVISION.label if masked else loaded.hazard.channel.label
        return Entry(found, event.at.date().isoformat() if masked else event.at.isoformat(), who, what, channel)
    return Entry(moment_text(event.at), event.at.isoformat(), who, what, detail, quote)


def _words(
    event: Any,
    history: History,
    signatures: Mapping[int, Signature],
    requests: Mapping[int, SignOffRequest],
    names: Names,
) -> tuple[str, str, str]:
    who = names.of(event.actor_id)
    request = requests.get(event.content.get("request", 0))
    if event.kind == "sign":
        return _signed(event, signatures.get(event.content.get("signature", 0)), names)
    if event.kind == "open_request" and request is not None:
        return who, f"提出「{request.action.label}」申请", _offered(request)
    if event.kind in ("withdraw", "end_request") and request is not None:
        return who, f"{WORDS[event.kind]}：{request.action.label}", ""
    return who, _act(event), _detail(event, history, names)


def _act(event: Any) -> str:
    """What was done; a correction of the plan alone is the writing of it."""
    changed = _ids(event.content.get("changed"))
    if event.kind == "correct" and changed and all(name in PLAN for name in changed):
        return "编写整改方案"
    return WORDS.get(event.kind, "登记一项变动")


def _offered(request: SignOffRequest) -> str:
    return f"{request.note}；" * bool(request.note) + f"内容摘要 {short_digest(request.deed_digest)}"


def _signed(event: Any, signature: Signature | None, names: Names) -> tuple[str, str, str]:
    action = Action(event.content["action"])
    verdict = Verdict(event.content["verdict"]).label
    if signature is None:
        return names.of(event.content.get("signer")), f"签批{action.label}：{verdict}", ""
    parts = [signature.organisation, signature.manner.label, f"内容摘要 {short_digest(signature.deed_digest)}"]
    if signature.manner is Manner.PAPER:
        parts.append(f"{day_text(signature.paper_on)} 签署，{names.of(signature.recorder_id)} 代录")
    if signature.deputising_for_id is not None:
        parts.append(f"代 {names.of(signature.deputising_for_id)} 签")
    parts += _moved(event)
    what = f"签批「{action.label}」{signature.step_label}：{verdict}"
    return signer(signature.role, signature.person_name), what, " · ".join(part for part in parts if part)


def _moved(event: Any) -> list[str]:
    before, after = event.content.get("from"), event.content.get("to")
    if not before or not after or before == after:
        return []
    return [f"状态：{State(before).label} → {State(after).label}"]


def _detail(event: Any, history: History, names: Names) -> str:
    content = event.content
    if event.kind == "correct":
        return _corrected(event, history, names)
    if event.kind == "work":
        doers = "、".join(names.of(person) for person in _ids(content.get("doers")))
        facts = next((e for e in history.events if e.seq == event.seq - 1 and _is_part_of_work(e, (event,))), None)
        return "；".join(
            part
            for part in (
                f"整改实施人：{doers}",
                f"整改后照片 {content.get('photos', 0)} 张",
                _corrected(facts, history, names) if facts else "",
            )
            if part
        )
    if event.kind == "evidence":
        kind = content.get("kind", "")
        label = EVIDENCE_LABELS[EvidenceKind(kind)] if kind in set(EvidenceKind) else ""
        return f"{label} {len(_ids(content.get('files')))} 个" if label else ""
    if event.kind == "points":
        return f"共 {content.get('points', 0)} 项"
    if event.kind == "point":
        return f"整改后照片 {content.get('photos', 0)} 张"
    if event.kind == "structural":
        return "须产权（出租、发包）单位会签" if content.get("structural") else "不涉及，不须会签"
    if event.kind == "co_sign":
        return (
            "纸质签署，由检查人员代录"
            if content.get("paper")
            else f"内容摘要 {short_digest(str(content.get('deed', '')))}"
        )
    if event.kind == "investigation":
        return Ground(content.get("ground", Ground.OTHER.value)).label
    if event.kind == "control_interval":
        return f"每 {content.get('hours', '')} 小时一次"
    if event.kind == "control_check":
        return "管控有效" if content.get("holds") else "管控失效"
    if event.kind == "control_missed":
        return f"漏检 {content.get('missed', 0)} 次"
    if event.kind == "serve":
        return f"送达日期 {content.get('served_on', '')}"
    if event.kind == "remind":
        return f"已告知 {len(_ids(content.get('told')))} 人"
    if event.kind == "moved_up":
        return _moved_up(content, names)
    if event.kind == "assign":
        return f"整改责任人：{names.of(content.get('receiver'))}"
    if event.kind == "told":
        return "实际控制人" if content.get("controller") else "主要负责人"
    if event.kind in ("strike_off", "delisted"):
        return f"日期 {content.get('on', '')}"
    if event.kind == "listed":
        return f"{ListingLevel(content['level']).label}，督办期限 {content['until']}"
    if event.kind == "accept":
        return "状态：已上报 → 整改中"
    return ""


def _moved_up(content: Mapping[str, Any], names: Names) -> str:
    left, to = Tier(content["from_tier"]), Tier(content["to_tier"])
    owner = f"，由{names.of(content['owner'])}督促清零" if content.get("owner") is not None else "，没有人负责督促"
    return f"{left.label}清单 → {to.label}清单，{content['on']} 起{owner}"


# --- what a correction changed ---------------------------------------------------------------------------------


def _corrected(event: Any, history: History, names: Names) -> str:
    """What a correction changed; a finder who is not named to this viewer is not named here either."""
    after = next((v for v in history.versions if v.version == event.seq), None)
    before = next((v for v in history.versions if v.version < event.seq), None)
    changed = [name for name in _ids(event.content.get("changed")) if not (names.hidden and name == "found_by")]
    if after is None or before is None:
        return "、".join(_label(name) for name in changed)
    return "；".join(_change(name, before.content.get(name), after.content.get(name)) for name in changed)


def _label(name: str) -> str:
    return "发现人" if name == "found_by" else LABELS.get(name, name)


def _change(name: str, before: Any, after: Any) -> str:
    label, new = _label(name), shown(name, after)
    return f"{label}：{new}" if before in (None, "") else f"{label}：{shown(name, before)} → {new}"


def shown(name: str, value: Any) -> str:
    """A kept value as a person reads it: labels for codes, 万元 for money, a dash for nothing."""
    if value in (None, ""):
        return "—"
    if name in _MONEY:
        return wan_text(int(value))
    if name in _CODES:
        return str(_CODES[name](value).label)
    text = str(value)
    return text if len(text) <= SHOWN_VALUE else f"{text[: SHOWN_VALUE - 1]}…"
