"""Forms of an import of a table: the file, and the confirmation of what was shown."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from accounts.forms.base import Form
from core.kept_upload import LARGEST
from core.once import new_key
from core.refusals import Invalid


class TableFileForm(Form):
    """A file that is looked at first."""

    file = FileField("文件", validators=[FileRequired("请选择文件。")])

    def received(self) -> tuple[bytes, str]:
        """The bytes and the name; a file over the bound is read no further than needed to know that."""
        upload = self.file.data
        data = upload.stream.read(LARGEST + 1)
        if not data:
            raise Invalid("文件是空的。", fields={"file": "文件是空的，没有写入任何内容。请检查是否选错了文件。"})
        return data, upload.filename or ""


class ConfirmForm(Form):
    """What was shown (the digest of its report), and a key that counts the form once."""

    seen = HiddenField()
    once = HiddenField(render_kw={"data-once": ""})

    def begin(self, digest: str) -> None:
        """Bind the form to what the page shows."""
        self.seen.data, self.once.data = digest, new_key()


class HandoutForm(Form):
    """The list of one-time passwords of the page just shown, sealed, to be given back as a workbook."""

    sealed = HiddenField()
