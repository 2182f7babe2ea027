"""Forms of the standards: a clause put right, and the days on which an edition holds."""

from __future__ import annotations

from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from accounts.forms.base import Form, text_field
from core.refusals import Conflict
from hazards.editions import Edition
from hazards.forms.cleaning import several_lines
from hazards.models import Criterion
from hazards.operations.criteria import LONGEST_TEXT, ClauseDetails

SOURCE_HINT = "更正所依的文件或公告，随原文一起留存。"


class ClauseForm(Form):
    """How a clause reads, from when to when, and by which source it is put right."""

    text = TextAreaField(
        "条款内容",
        filters=[several_lines],
        validators=[
            DataRequired("请填条款内容。"),
            Length(max=LONGEST_TEXT, message=f"最多 {LONGEST_TEXT} 个字。"),
        ],
    )
    effective_from = DateField("施行日期", validators=[Optional()], description="不确定的留空，不推测。")
    effective_to = DateField("有效至", validators=[Optional()], description="最后一天；仍在施行的留空。")
    source = text_field("更正依据", 300, needed="请填更正依据。", description=SOURCE_HINT)
    seen = HiddenField()

    def begin(self, criterion: Criterion) -> None:
        """Show what stands there, and note from which entry of its history."""
        self.text.data = criterion.text
        self.effective_from.data, self.effective_to.data = criterion.effective_from, criterion.effective_to
        self.seen.data = str(criterion.chain_length)

    def details(self) -> ClauseDetails:
        """What was typed."""
        return ClauseDetails(self.text.data, self.effective_from.data, self.effective_to.data)

    def expected(self) -> int:
        """From which entry of the history the form was made; `Conflict` where it does not say."""
        text = self.seen.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Conflict("这张表不完整，没有提交。请刷新后再更正。")
        return int(text)


class EditionForm(Form):
    """From when to when an edition holds."""

    effective_from = DateField("施行日期", validators=[Optional()], description="不确定的留空，不推测。")
    effective_to = DateField(
        "有效至", validators=[Optional()], description="新的一版代替它的，填旧版的最后一天；仍在施行的留空。"
    )
    source = text_field("依据", 300, needed="请填依据。", description=SOURCE_HINT)

    def begin(self, edition: Edition) -> None:
        """Show what stands there."""
        self.effective_from.data, self.effective_to.data = edition.effective_from, edition.effective_to
