"""Forms by which anybody checks a paper: its code, and the file that came with it."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired

from accounts.forms.base import Form, text_field
from notices.codes import LONGEST_TYPED


class CodeForm(Form):
    """The code that stands at the foot of the paper."""

    code = text_field("核验码", LONGEST_TYPED, needed="请填写纸面上的核验码。")


class CompareForm(Form):
    """A file that is said to be the one that was issued."""

    file = FileField("PDF 文件", validators=[FileRequired("请选择收到的 PDF 文件。")])
