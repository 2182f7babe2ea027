"""The facts of a notice: who made it out, what it was given, and what proves the issued paper."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup

from hazards.presenting.words import moment_text
from notices.fields import shown_fields
from notices.models import Notice
from notices.presenting.words import Names, name_of
from notices.rules import PUBLISHED
from workflows.notices import NOTICES

FactRow = tuple[str, Any, bool]
"""Term, value, and whether it takes the whole line; as the component `facts` takes them."""


def facts_of(notice: Notice, names: Names, *, outside: bool) -> tuple[FactRow, ...]:
    """Number, office, addressee; for its own people its drafter; of an issued one its code and digests besides."""
    drafter = f"{name_of(notice.drafted_by_id, names)} {moment_text(notice.drafted_at)}"
    numbered = [("文号", notice.number or "签发时编号", False)] if NOTICES[notice.kind].numbered else []
    office = [("签发单位", notice.office.name, False)] if notice.office is not None else []
    rows: list[FactRow] = [
        *numbered,
        *office,
        ("主送" if numbered else "单位", notice.addressee, False),
        *([] if outside else [("起草", drafter, False)]),
    ]
    if notice.voided_at is not None:
        said = f"{name_of(notice.voided_by_id, names)} {moment_text(notice.voided_at)}：{notice.void_reason}"
        rows.append(("作废", said, True))
    return (*rows, *(_frozen(notice) if notice.status in PUBLISHED else ()))


def _frozen(notice: Notice) -> list[FactRow]:
    """What proves the issued paper: its code, digests, signature and anchor."""
    shown = (notice.snapshot or {}).get("verification", {})
    code = Markup('<a class="num" href="{}">{}</a>').format(
        url_for("notices.verify_code", code=notice.code), notice.code
    )
    sealed = "已加盖" if notice.signed else "没有加盖，请在纸质件上签字盖章"
    return [
        ("核验码", code, False),
        *([("电子签章", sealed, False)] if notice.office_id is not None else []),
        ("内容摘要", _digest(notice.snapshot_digest), True),
        ("文件摘要", _digest(notice.file.digest if notice.file is not None else ""), True),
        ("历史锚点", _digest(str(shown.get("anchor", ""))) or "签发时还没有锚点", True),
    ]


def _digest(text: str) -> Any:
    return Markup('<span class="digest">{}</span>').format(text) if text else ""


def fields_of(notice: Notice) -> tuple[FactRow, ...]:
    """What the draft was given, by label; what was left empty is not shown."""
    shown = shown_fields(NOTICES[notice.kind], notice.fields)
    return tuple((label, value, len(value) > 30) for label, value in shown.items() if value)
