"""Serving an issued notice: each try recorded, its 送达回证, signed papers that came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Invalid
from core.sniffing import PDF, PHOTOS, sniff
from core.web import now
from hazards.operations.attaching import NewFile
from hazards.photos import clean_name, read_evidence
from hazards.views.uploads import Upload, keep, receive
from notices.forms.serving import ScanForm, ServeForm
from notices.models import Notice
from notices.operations.common import case_of, refuse_unless
from notices.operations.serving import certificate_of, keep_scan
from notices.operations.serving import serve as record_service
from notices.presenting.words import named
from notices.queries import notice_by_id
from notices.rules import permit_scan, permit_serve
from notices.views.blueprint import blueprint
from notices.views.opening import hand_in, notice_url
from workflows.notices import NOTICES, Effect, NoticeKind

AFTER: Final[dict[Effect, str]] = {
    Effect.ORDERED: "隐患的整改期限自送达之日起算，签收记入隐患。",
    Effect.TOLD: "主要负责人、实际控制人本人签收的，记为已告知。",
}
"""What recording does to the hazards, said beforehand."""


@blueprint.route("/notices/<int:notice_id>/serve", methods=["GET", "POST"])
def serve(notice_id: int) -> ResponseReturnValue:
    """Record a try to serve, or what became of an earlier one."""
    notice, form = notice_by_id(notice_id), ServeForm()
    if request.method == "GET":
        refuse_unless(permit_serve(case_of(notice, current_actor())))
        form.begin(shanghai_day(now()), current_actor().name)
        return _show_serve(form, notice)
    if form.validate():
        answer = hand_in(form, notice_id, _Serving(form), what="登记送达")
        if answer is not None:
            return answer
    return _show_serve(form, notice_by_id(notice_id)), form.status


@dataclass(frozen=True, slots=True)
class _Serving:
    """What handing in does, inside the unit of work."""

    form: ServeForm

    def __call__(self, notice_id: int) -> Done:
        made = record_service(notice_id, self.form.served(), by=current_actor(), now=now())
        return Done(f"已登记：{made.manner.label}，{made.receipt.label}。", f"{notice_url(notice_id)}#h-served")


def _show_serve(form: ServeForm, notice: Notice) -> str:
    after = AFTER.get(NOTICES[notice.kind].effect, "")
    return render_template("notices/serve.html", form=form, notice=notice, named=named(notice), after=after)


@blueprint.post("/notices/<int:notice_id>/services/<int:service_id>/certificate")
def certificate(notice_id: int, service_id: int) -> ResponseReturnValue:
    """Draft the 送达回证 of a try; the second tap is led to the first's."""
    with unit_of_work():
        made = certificate_of(notice_id, service_id, by=current_actor(), now=now())
        url = notice_url(made.id)
    flash(f"已起草{NoticeKind.SERVICE.label}，内容取自这次登记。核对后定稿、打印，由受送达人签收。", "good")
    return redirect(url)


# --- signed papers ---------------------------------------------------------------------------------------------


@blueprint.route("/notices/<int:notice_id>/scan", methods=["GET", "POST"])
def scan(notice_id: int) -> ResponseReturnValue:
    """Put a signed paper beside its notice."""
    notice, form = notice_by_id(notice_id), ScanForm()
    if request.method == "GET":
        refuse_unless(permit_scan(case_of(notice, current_actor())))
        form.new_key()
        return _show_scan(form, notice)
    fine = form.validate()
    upload = receive(form.scan, form.staged, reader=read_scan, most=1)
    if fine and not upload.is_wrong and not upload.files:
        form.scan.errors = ["请附签字件的照片或 PDF。"]
    elif fine and not upload.is_wrong:
        answer = hand_in(form, notice_id, _Keeping(form, upload.files[0]), what="上传签字件")
        if answer is not None:
            return answer
    return _show_scan(form, notice_by_id(notice_id), upload), form.status


def read_scan(data: bytes, name: str) -> NewFile:
    """A photo or a PDF, by content; a paper that can still be written into is no signed one."""
    if data and sniff(data) not in PHOTOS | {PDF}:
        raise Invalid(f"“{clean_name(name, '文件')}”不能收。请换成照片（JPEG、PNG、WebP、HEIC）或 PDF。")
    return read_evidence(data, name)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What handing in does, inside the unit of work."""

    form: ScanForm
    file: NewFile

    def __call__(self, notice_id: int) -> Done:
        keep_scan(notice_id, self.form.signed(self.file), by=current_actor(), now=now())
        return Done("签字件已存上。", f"{notice_url(notice_id)}#h-scans")


def _show_scan(form: ScanForm, notice: Notice, upload: Upload | None = None) -> str:
    have = keep(upload, form.staged) if upload else ()
    return render_template("notices/scan.html", form=form, notice=notice, named=named(notice), have=have)
