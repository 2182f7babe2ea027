"""A field for a day and minute."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField
from wtforms.validators import Optional

from core.days import SHANGHAI


class MomentField(DateTimeLocalField):
    """A day and minute in Shanghai, refused in words; `moment` is aware."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[Optional()], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the browser's own notation."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("时间看不懂。请写成 2026-11-20 08:41。") from error

    @property
    def moment(self) -> datetime | None:
        """What was typed, as a moment."""
        return self.data.replace(tzinfo=SHANGHAI) if self.data is not None else None
