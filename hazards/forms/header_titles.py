"""The form by which a column title is added to those the reader knows."""

from __future__ import annotations

from wtforms.validators import InputRequired

from accounts.forms.base import Form, choice_field, text_field
from hazards.header_titles import LONGEST
from hazards.ledger import RULES, Field


class HeaderTitleForm(Form):
    """A title as it stands in files, and what it is to be read as."""

    title = text_field(
        "表头的文字",
        LONGEST,
        needed="请写表头的文字。",
        description="照文件里写的填，空格和全角半角不计。分组表头写作 组名/列名。",
    )
    field = choice_field(
        "读作",
        [("", "请选择"), *((rule.field.value, rule.label) for rule in RULES)],
        validators=[InputRequired("请选择读作哪一项。")],
    )

    def meaning(self) -> Field:
        """The field of a valid form."""
        return Field(self.field.data)
