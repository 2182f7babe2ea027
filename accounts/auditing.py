"""The auditor's verbs: reading, taking out, verifying. Each is itself written into the auditor's own history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accounts.access import Actor
from accounts.history import record_own
from accounts.queries import PersonLabel, person_by_login, person_labels
from accounts.queries.sign_ins import TriesAsked, all_tries
from accounts.signing_in import OUTCOME_LABELS
from core.audit import Asked, Entry, all_entries
from core.days import SHANGHAI
from core.history_checks import ask_check
from core.list_file import ListFile, write_list

ENTRY_HEADS = (
    "经过编号",
    "时间",
    "操作人编号",
    "操作人",
    "单位",
    "事项",
    "事项代码",
    "对象",
    "对象编号",
    "第几条",
    "摘要",
)
TRY_HEADS = ("编号", "时间", "登录名", "人员编号", "结果", "网络地址")
BATCH = 500


@dataclass(frozen=True, slots=True)
class Look:
    """What is read, and which part of it, by ids and codes."""

    what: str
    part: Mapping[str, Any]

    @classmethod
    def at_entries(cls, asked: Asked) -> Look:
        """A part of the histories; people by id, since no name comes into a history."""
        part: dict[str, Any] = {"asked_since": asked.since.isoformat(), "asked_before": asked.before.isoformat()}
        if asked.actors is not None:
            part["asked_actors"] = list(asked.actors)
        if asked.subject_ids is not None:
            part["asked_subjects"] = list(asked.subject_ids)
        codes = {"asked_of": asked.subject_kind, "asked_kind": asked.kind}
        return cls("entries", part | {key: code for key, code in codes.items() if code})

    @classmethod
    def at_tries(cls, asked: TriesAsked) -> Look:
        """A part of the list of tries to log in; the login as the id of whose it is."""
        part: dict[str, Any] = {"asked_since": asked.since.isoformat(), "asked_before": asked.before.isoformat()}
        if asked.login:
            person = person_by_login(asked.login)
            part["asked_actors"] = [person.id] if person else []
        codes = {"asked_address": asked.address, "asked_outcome": asked.outcome}
        return cls("sign_ins", part | {key: code for key, code in codes.items() if code})


def note_look(by: Actor, look: Look, *, now: datetime) -> None:
    """Write down that the auditor read, and which part. Inside a unit of work."""
    record_own(by, "audit_read", now=now, what=look.what, **look.part)


def note_export(by: Actor, look: Look, ending: str, rows: int, *, now: datetime) -> None:
    """Write down what the auditor took out. Inside a unit of work."""
    record_own(by, "audit_exported", now=now, what=look.what, form=ending, rows=rows, **look.part)


def verify_histories(by: Actor, *, now: datetime) -> None:
    """Have every history verified by the job runner. Inside a unit of work."""
    check = ask_check(by.person_id, now)
    record_own(by, "audit_verified", now=now, check=check.id)


def entries_file(asked: Asked, ending: str) -> ListFile:
    """Every entry asked for, oldest first, as a file."""
    return write_list(ENTRY_HEADS, _entry_rows(asked), ending)


def _entry_rows(asked: Asked) -> Iterator[Sequence[str]]:
    rest = all_entries(asked)
    while batch := list(islice(rest, BATCH)):
        labels = person_labels({entry.actor_id for entry in batch if entry.actor_id is not None})
        yield from (_entry_row(entry, labels.get(entry.actor_id or 0)) for entry in batch)


def _entry_row(entry: Entry, label: PersonLabel | None) -> Sequence[str]:
    return (
        str(entry.id),
        _moment(entry.at),
        str(entry.actor_id or ""),
        label.name if label else "系统",
        label.organisation if label else "",
        entry.what,
        entry.kind,
        f"{entry.subject_label} {entry.subject}",
        str(entry.subject_id),
        str(entry.seq),
        entry.digest,
    )


def tries_file(asked: TriesAsked, ending: str) -> ListFile:
    """Every try to log in that is asked for, oldest first, as a file."""
    rows = (
        (
            str(one.id),
            _moment(one.at),
            one.login if one.person_id else "（没有这个登录名）",
            str(one.person_id or ""),
            OUTCOME_LABELS.get(one.outcome, one.outcome),
            one.address,
        )
        for one in all_tries(asked)
    )
    return write_list(TRY_HEADS, rows, ending)


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
