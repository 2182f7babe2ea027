"""Verbs on checklists: make one's own, change it as a new version, retire it. Called inside a unit of work.

A version never changes: an inspection keeps the one it began with. Templates of the product are nobody's to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow
from accounts.roles import Role
from core.chain import digest
from core.db import db
from core.history import append
from core.refusals import Conflict, Invalid
from inspections.models import Checklist, ChecklistItem, ChecklistVersion
from inspections.queries.checklists import items_of, newest_version, uses_of
from workflows.vocabulary import Category, Grade, Tier

KEEPERS: Final = frozenset({Role.SAFETY_MANAGER, Role.PLANT_MANAGER, Role.PRINCIPAL})
MOST_ITEMS: Final = 100
LONGEST: Final = {"text": 300, "heading": 60, "method": 300, "basis": 600}
LONGEST_NAME: Final = 120
OVERTAKEN: Final = "这份检查表刚被别人改成第 {version} 版，您的修改没有保存。请打开新版核对，再改。"


@dataclass(frozen=True, slots=True)
class Details:
    """What a checklist is called and made for."""

    name: str
    industry: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """One thing to look at: what must hold, how to look, what a failed one is proposed as."""

    text: str
    heading: str = ""
    method: str = ""
    grade: Grade = Grade.GENERAL
    category: Category | None = None
    criterion_id: int | None = None
    basis: str = ""
    for_standard: bool = False
    for_hazards: bool = True
    for_regulator: bool = False


def details_of(item: ChecklistItem) -> ItemDetails:
    """What an item says, to be said again in the next version."""
    return ItemDetails(**{one.name: getattr(item, one.name) for one in fields(ItemDetails)})


def may_keep(actor: Actor, enterprise_id: int | None) -> bool:
    """Who keeps checklists, plans and absences of an enterprise."""
    return enterprise_id is not None and actor.enterprise_id == enterprise_id and actor.holds(*KEEPERS)


def allow_keeping(actor: Actor, enterprise_id: int | None, what: str) -> None:
    """Refuse whoever does not keep them."""
    allow(may_keep(actor, enterprise_id), what, "本企业安全管理人员、厂长/经理或主要负责人")


def add_checklist(details: Details, items: Sequence[ItemDetails], *, by: Actor, now: datetime) -> Checklist:
    """An enterprise's own checklist with its first version."""
    allow_keeping(by, by.enterprise_id, "编制检查表")
    _check(details)
    made = Checklist(
        enterprise_id=by.enterprise_id,
        name=details.name,
        industry=details.industry,
        tier=details.tier,
        created_at=now,
        created_by_id=by.person_id,
    )
    db.session.add(made)
    db.session.flush()
    begin_history(made, by=by, now=now)
    add_version(made, items, note="", by=by, now=now)
    return made


def copy_checklist(source: Checklist, name: str, *, by: Actor, now: datetime) -> Checklist:
    """A checklist of one's own with the items of another, to be changed freely."""
    items = [details_of(item) for item in items_of(newest_version(source.id).id)]
    return add_checklist(Details(name, source.industry, source.tier), items, by=by, now=now)


def change_checklist(
    checklist: Checklist,
    details: Details,
    items: Sequence[ItemDetails],
    *,
    note: str = "",
    expected: int,
    by: Actor,
    now: datetime,
) -> ChecklistVersion | None:
    """Say what it is called, and its items as a new version; None where the items are the same.

    `expected` is the version the form was made from: `Conflict` where there is a newer one.
    """
    allow_keeping(by, checklist.enterprise_id, "修改这份检查表")
    _check(details)
    newest = _in_turn(checklist)
    if newest.version != expected:
        raise Conflict(OVERTAKEN.format(version=newest.version))
    before = (checklist.name, checklist.industry, checklist.tier)
    checklist.name, checklist.industry, checklist.tier = details.name, details.industry, details.tier
    same = [details_of(item) for item in items_of(newest.id)] == list(items)
    if same and before == (details.name, details.industry, details.tier):
        raise Invalid("没有改动，没有写入任何内容。")
    if same:
        append(checklist, "changed", at=now, actor_id=by.person_id)
        return None
    return add_version(checklist, items, note=note, by=by, now=now)


def add_version(
    checklist: Checklist, items: Sequence[ItemDetails], *, note: str, by: Actor | None, now: datetime
) -> ChecklistVersion:
    """The next version of a checklist; `by` None is the product itself."""
    _check_items(items)
    wanted = select(ChecklistVersion.version).where(ChecklistVersion.checklist_id == checklist.id)
    last = db.session.scalar(wanted.order_by(ChecklistVersion.version.desc()).limit(1)) or 0
    made = ChecklistVersion(
        checklist_id=checklist.id,
        version=last + 1,
        items=len(items),
        made_at=now,
        made_by_id=by.person_id if by else None,
        note=note[:300],
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        ChecklistItem(version_id=made.id, position=position, **asdict(item)) for position, item in enumerate(items, 1)
    )
    db.session.flush()
    said = "\n".join("\t".join(map(str, asdict(item).values())) for item in items)
    content = {"version": made.version, "items": made.items, "digest": digest(said.encode())}
    append(checklist, "version", at=now, actor_id=by.person_id if by else None, content=content)
    return made


def begin_history(checklist: Checklist, *, by: Actor | None, now: datetime) -> None:
    """The first entry of its history."""
    append(checklist, "created", at=now, actor_id=by.person_id if by else None)


def retire(checklist: Checklist, *, by: Actor, now: datetime) -> None:
    """Take it out of use; its versions stay with the inspections made by it."""
    allow_keeping(by, checklist.enterprise_id, "停用这份检查表")
    if not checklist.active:
        raise Conflict("这份检查表已经停用。")
    plans, points = uses_of(checklist.id)
    if plans or points:
        used = "、".join(
            words for count, words in ((plans, f"{plans} 个排查计划"), (points, f"{points} 个风险点")) if count
        )
        raise Invalid(f"还有{used}在用这份检查表，不能停用。请先给它们换一份。")
    checklist.active = False
    append(checklist, "retired", at=now, actor_id=by.person_id)


def take_up_again(checklist: Checklist, *, by: Actor, now: datetime) -> None:
    """Use a retired one again."""
    allow_keeping(by, checklist.enterprise_id, "启用这份检查表")
    if checklist.active:
        raise Conflict("这份检查表正在使用。")
    checklist.active = True
    append(checklist, "taken_up", at=now, actor_id=by.person_id)


def _in_turn(checklist: Checklist) -> ChecklistVersion:
    """Wait for whoever is changing the same checklist, then see its newest version."""
    db.session.execute(select(Checklist.id).where(Checklist.id == checklist.id).with_for_update())
    return newest_version(checklist.id)


def _check(details: Details) -> None:
    if not details.name.strip():
        raise Invalid("没有名称。", fields={"name": "请填检查表的名称。"})
    if len(details.name) > LONGEST_NAME:
        raise Invalid("名称太长。", fields={"name": f"最多 {LONGEST_NAME} 个字。"})


def _check_items(items: Sequence[ItemDetails]) -> None:
    if not items:
        raise Invalid("检查表里没有检查项。请至少留一项。")
    if len(items) > MOST_ITEMS:
        raise Invalid(f"最多 {MOST_ITEMS} 项，现在 {len(items)} 项。请删减，或拆成两份检查表。")
    for number, item in enumerate(items, 1):
        if not item.text.strip():
            raise Invalid(f"第 {number} 项没有写检查内容。请补写，或删去这一项。")
        for name, longest in LONGEST.items():
            if len(getattr(item, name)) > longest:
                raise Invalid(f"第 {number} 项太长（每项最多 {longest} 个字）。请删减。")
        if not (item.for_standard or item.for_hazards or item.for_regulator):
            raise Invalid(f"第 {number} 项没有用途。请至少选一种用途。")
