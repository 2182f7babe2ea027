"""The course of every such import: read, plan, show; then read and plan again, compare with what was shown, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.access import Actor
from accounts.history import record_own
from accounts.passwords import OneTime, prepare_one_time
from core.db import after_commit, unit_of_work
from core.kept_upload import KeptUpload, drop_upload, keep_for_good
from core.once import use_once
from core.refusals import Conflict, Invalid
from core.sheets.outcome import Outcome, TableReport
from core.sheets.table import read_tables
from core.sheets.table_rules import TableReading, TableRule, Told

Readings = Sequence[TableReading | None]
MOST_LOGINS: Final = 300  # each password takes some thirty milliseconds to hash
NOTHING: Final = "这份文件没有要写入的内容：每一行都与登记的一致，或者不能导入。没有写入任何内容。"


@dataclass(frozen=True, slots=True)
class Handout:
    """A login and its one-time password, to be handed over once; never stored in clear."""

    name: str
    unit: str
    login: str
    password: str


Write = Callable[[Actor, datetime, Iterator[OneTime]], tuple[Handout, ...]]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What becomes of each row, and the deed itself, done in a unit of work; `logins` need one-time passwords."""

    report: TableReport
    write: Write
    logins: int = 0


@dataclass(frozen=True, slots=True)
class TableTask:
    """One kind of import for one organisation: what its sheets hold, and how its plan is made.

    `purpose` binds an uploaded file to it; `keeps_file` says whether the file itself stays with the register.
    """

    purpose: str
    title: str
    form_name: str
    rules: tuple[TableRule, ...]
    plan: Callable[[Readings, Actor], TablePlan]
    keeps_file: bool = True
    read: Callable[[bytes, str, Sequence[TableRule], Told], Readings] = read_tables


class Overtaken(Conflict):
    """What would be written is no longer what was shown; `plan` is what would be written now."""

    def __init__(self, plan: TablePlan) -> None:
        super().__init__("您核对以后，登记的内容有变化，没有写入任何内容。请按下面现在的结果再核对一次。")
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was written, and the passwords to hand over."""

    report: TableReport
    handouts: tuple[Handout, ...]


def check(task: TableTask, upload: KeptUpload, by: Actor) -> TablePlan:
    """What would become of each row; nothing is written. Raises BadFile for what cannot be read."""
    return task.plan(task.read(upload.data, upload.filename, task.rules, upload.told), by)


def confirm(task: TableTask, upload: KeptUpload, *, seen: str, once: str, by: Actor, now: datetime) -> Confirmed:
    """Write what was shown (`seen` is the digest of its report), all of it or nothing.

    Raises `Overtaken` where the outcome is another by now, `AlreadyDone` where this very form was handed in before.
    """
    readings = task.read(upload.data, upload.filename, task.rules, upload.told)
    passwords = _passwords(task.plan(readings, by))
    with unit_of_work():
        use_once(once, by.person_id, now)
        plan = task.plan(readings, by)
        if plan.report.digest != seen or plan.logins != len(passwords):
            raise Overtaken(plan)
        if not plan.report.written:
            raise Invalid(NOTHING)
        handouts = plan.write(by, now, iter(passwords))
        _record(task, upload, plan.report, by, now)
        if task.keeps_file:
            keep_for_good(upload, now)
        else:
            after_commit(lambda: drop_upload(upload.digest))
    return Confirmed(plan.report, handouts)


def _passwords(plan: TablePlan) -> list[OneTime]:
    """Made before the transaction, which other people wait for."""
    if plan.logins > MOST_LOGINS:
        raise Invalid(
            f"这份文件要为 {plan.logins} 人开通登录，一次最多 {MOST_LOGINS} 人，没有写入任何内容。请拆成几个文件。"
        )
    return [prepare_one_time() for _ in range(plan.logins)]


def _record(task: TableTask, upload: KeptUpload, report: TableReport, by: Actor, now: datetime) -> None:
    """In the history of whoever did it: which file, and how many rows had which outcome."""
    counts = {outcome.value: report.counts[outcome] for outcome in Outcome}
    record_own(by, "table_imported", now=now, table=task.purpose, file=upload.digest, **counts)
