"""The form by which an office gets its certificate."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField
from wtforms.validators import Length, Optional

from accounts.forms.base import OnceForm


class CertificateForm(OnceForm):
    """A certificate with its key, as the authority handed it out."""

    file = FileField("证书文件", validators=[FileRequired("请选择证书文件。")])
    password = PasswordField("文件的密码", validators=[Optional(), Length(max=200, message="密码最多 200 个字。")])
