"""Proving a paper genuine, open to everybody: /verify/ and, where its QR code leads, /verify/<code>."""

from __future__ import annotations

from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.files import MAX_FILE
from core.refusals import NotFound
from notices.codes import clean_code
from notices.forms.verifying import CodeForm, CompareForm
from notices.verifying import UNKNOWN, compared, verified
from notices.views.blueprint import blueprint

BESIDE_FILE: Final = 64 * 1024  # the rest of the form
OPEN_DOORS: Final = ("notices.verify", "notices.verify_code")


@blueprint.url_value_preprocessor
def _bound_upload(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything of the body is read: what is open to everybody takes one file and no more."""
    if endpoint in OPEN_DOORS:
        request.max_content_length = MAX_FILE + BESIDE_FILE


@blueprint.route("/verify/", methods=["GET", "POST"])
def verify() -> ResponseReturnValue:
    """Ask for the code of a paper that is read without a telephone."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _asking(form), form.status if form.errors else 200
    code = clean_code(form.code.data or "")
    if code is None:
        form.code.errors = ["这不是一个核验码：共 12 位，每 4 位一组，没有字母 I、L、O、U。请与纸面逐位核对。"]
        return _asking(form), form.status
    return redirect(url_for("notices.verify_code", code=code))


@blueprint.route("/verify/<code>", methods=["GET", "POST"])
def verify_code(code: str) -> ResponseReturnValue:
    """What the code proves, and whether a file is the one that was issued."""
    form, result = CompareForm(), None
    try:
        if form.validate_on_submit():
            result = compared(code, form.file.data.stream)
        shown = verified(code)
    except NotFound:
        return _asking(CodeForm(formdata=None), unknown=UNKNOWN), 404
    page = make_response(render_template("notices/verify_code.html", paper=shown, form=form, result=result))
    page.status_code = form.status if form.errors else 200
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _asking(form: CodeForm, *, unknown: str = "") -> str:
    return render_template("notices/verify.html", form=form, unknown=unknown)
