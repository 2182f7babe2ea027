"""Whether this installation can take in the sample city; asked before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import func, inspect, select

from accounts.models import Person, Region
from core.db import db
from core.models import CalendarYear
from core.refusals import Invalid, Unavailable
from core.web import settings
from hazards.models import Criterion
from inspections.models import Checklist
from inspections.operations.templates import read
from notices.printing import font_book

INIT_FIRST: Final = (
    "示例城市没有载入：{lacking}。请先运行 flask --app wsgi init，等它显示「已就绪。」，再运行 flask --app wsgi demo。"
)
HALF_LOADED: Final = (
    "示例城市上次载入到一半就停了，剩下的不能接着载入。请删去数据库（默认是 instance 文件夹里以 hazards.db 开头的文件；"
    "PostgreSQL 请换一个空库），再依次运行 flask --app wsgi init 和 flask --app wsgi demo。"
)


def require_ready() -> None:
    """Refuse with what to do where `flask init` was not run, or stopped before its last step."""
    if lacking := _lacking():
        raise Invalid(INIT_FIRST.format(lacking=lacking))


def has_tables() -> bool:
    """Whether the database was set up at all."""
    return inspect(db.engine).has_table(Person.__tablename__)


def mark_of_loading() -> Path:
    """A file that stands while the sample is loaded: one that is left over tells that it was never finished."""
    return settings().instance / "sample-loading"


def _lacking() -> str:
    """What `flask init` would have put in, in words; "" for nothing. In the order of its steps."""
    if not has_tables():
        return "数据库里还没有表"
    for words, model in (("工作日表", CalendarYear), ("区域表", Region), ("判定标准", Criterion)):
        if not db.session.scalar(select(func.count()).select_from(model)):
            return f"{words}还没有装入"
    try:
        font_book()
    except Unavailable:
        return "文书字体还没有装入"
    templates = select(func.count()).where(Checklist.template_key.in_(list(read())))
    if (db.session.scalar(templates) or 0) < len(read()):
        return "检查表模板还没有装全"
    return ""
