"""Prints documents: the fonts of this installation, taken up once a process, and the pages made with them.

What sets pages takes 15 MB of a process, and most of them print nothing: it is loaded by the first document.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from core.refusals import Unavailable
from core.web import settings
from notices.closure_filling import closure_snapshot
from notices.snapshots import ClosureFormSnapshot, NoticeSnapshot

if TYPE_CHECKING:
    from notices.fonts import FontBook

_taking_up = threading.Lock()


def fonts_folder() -> Path:
    """Where this installation's fonts stand."""
    return settings().instance / "fonts"


def font_book() -> FontBook:
    """The installation's fonts, read at the first document and kept for the process."""
    from notices.fonts import FontsMissing, register_fonts  # see above

    with _taking_up:
        book: FontBook | None = current_app.extensions.get("font_book")
        if book is None:
            try:
                book = register_fonts(fonts_folder())
            except FontsMissing as error:
                raise Unavailable("文书用的字体还没有安装，不能生成 PDF。请系统管理员运行 flask init。") from error
            current_app.extensions["font_book"] = book
    return book


def printed(snapshot: NoticeSnapshot | ClosureFormSnapshot) -> bytes:
    """The snapshot as PDF, with the fonts of this installation; `Unavailable` without them."""
    from notices import closure_form, rendering  # see above

    if isinstance(snapshot, ClosureFormSnapshot):
        return closure_form.render(snapshot, font_book())
    return rendering.render(snapshot, font_book())


def put_in_fonts(_now: datetime) -> str:
    """The step of `flask init`: make the fonts where they are missing; names what could not be used."""
    from notices.fonts import install_fonts  # see above

    cache = current_app.config.get("FONT_CACHE")
    report = install_fonts(fonts_folder(), cache=Path(cache) if cache else None)
    lines = [f"文书字体：装入 {'、'.join(report.made)}。"] if report.made else []
    lines += [f"字体 {name} 不能用，已跳过：{reason}" for name, reason in report.refused]
    return "\n".join(lines)


def closure_form_pdf(hazard_number: str, *, now: datetime, unscoped: bool = False) -> bytes:
    """销号审批表 of a hazard as PDF; refuses as `closure_snapshot` does, `Unavailable` without fonts."""
    return printed(closure_snapshot(hazard_number, now=now, unscoped=unscoped))
