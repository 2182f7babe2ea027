"""Between signatures: the plan, the work, corrections, photos."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import SHANGHAI
from core.web import now
from hazards.forms.working import CorrectForm, EvidenceForm, PlanForm, WorkForm
from hazards.models import Evidence, Hazard
from hazards.operations import working
from hazards.operations.working import Work
from hazards.people import people_of_enterprise
from hazards.photos import read_document, read_evidence
from hazards.presenting.record import is_masked
from hazards.rules import EvidenceKind
from hazards.views.blueprint import blueprint
from hazards.views.opening import detail_url, draft_key, hand_in, load, open_for, open_hazard, subject_of
from hazards.views.uploads import Upload, keep, receive
from workflows.rulings import missing_for, permit_try
from workflows.vocabulary import Action, Grade


@blueprint.route("/<number>/plan", methods=["GET", "POST"])
def plan(number: str) -> ResponseReturnValue:
    """Write the plan down, a point at a time if need be; it is signed on its own page."""
    form = PlanForm()
    if request.method == "POST" and form.validate():
        act = partial(_keep_plan, form=form)
        answer = hand_in(form, number, act, what="整改方案", typed=_words(form), draft=draft_key("plan", number))
        if answer is not None:
            return answer
    loaded = open_for(number, "plan")
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.put(loaded.hazard)
    missing = missing_for(loaded.case, Action.PLAN)
    shown = subject_of(loaded) | {"missing": missing, "draft": draft_key("plan", number)}
    page = render_template("hazards/plan.html", form=form, **shown)
    return page, form.status if request.method == "POST" else 200


def _keep_plan(hazard: Hazard, form: PlanForm) -> Done:
    working.correct(hazard, form.changes(), by=current_actor(), now=now())
    return _next_step(hazard, Action.PLAN, "整改方案已保存。")


def _next_step(hazard: Hazard, action: Action, said: str) -> Done:
    """Straight on to the signature where everything is there; else what is still missing."""
    loaded = load(hazard, current_actor(), now())
    may = permit_try(loaded.case, action, current_actor().person_id)
    if may.allowed:
        verb = "提请签批" if action is Action.PLAN else "申请验收"
        return Done(f"{said}内容已齐，可以{verb}。", detail_url(hazard.number))
    if may.missing:
        words = "、".join(fact.words for fact in may.missing)
        return Done(f"{said}还缺 {len(may.missing)} 项：{words}。", detail_url(hazard.number), "note")
    return Done(said, detail_url(hazard.number))


@blueprint.route("/<number>/work", methods=["GET", "POST"])
def work(number: str) -> ResponseReturnValue:
    """Record the rectification: who did it, with what result, with photos of after."""
    form, photos, papers = WorkForm(), Upload(()), Upload(())
    if request.method == "POST":
        form.offer_people(people_of_enterprise(open_hazard(number).hazard))
        fine = form.validate()
        photos = receive(form.photos, form.staged)
        papers = receive(form.evaluation, form.staged_evaluation, reader=read_document)
        if fine and not photos.is_wrong and not papers.is_wrong:
            act = partial(_keep_work, form=form, photos=photos, papers=papers)
            answer = hand_in(form, number, act, what="整改情况", typed=_words(form), draft=draft_key("work", number))
            if answer is not None:
                return answer
    loaded = open_for(number, "work")
    if request.method == "GET":
        form.offer_people(people_of_enterprise(loaded.hazard))
        form.begin(loaded.hazard)
        form.put(loaded.hazard, current_actor().person_id)
    page = render_template(
        "hazards/work.html",
        form=form,
        **subject_of(loaded),
        have=keep(photos, form.staged),
        have_papers=keep(papers, form.staged_evaluation),
        is_major=loaded.hazard.grade is Grade.MAJOR,
        was_stopped=loaded.case.stopped,
        draft=draft_key("work", number),
        missing=missing_for(loaded.case, Action.VERIFY),
    )
    return page, form.status if request.method == "POST" else 200


def _keep_work(hazard: Hazard, form: WorkForm, photos: Upload, papers: Upload) -> Done:
    done = Work(
        doers=form.persons(),
        text=form.result.data or "",
        facts=form.facts(is_major=hazard.grade is Grade.MAJOR),
        photos=photos.files,
        evaluation=papers.files,
    )
    working.record_work(hazard, done, by=current_actor(), now=now())
    return _next_step(hazard, Action.VERIFY, "整改情况已保存。")


@blueprint.route("/<number>/correct", methods=["GET", "POST"])
def correct(number: str) -> ResponseReturnValue:
    """Correct facts that no signature has judged; ends a request that showed them."""
    form = CorrectForm()
    if request.method == "POST" and form.validate():
        answer = hand_in(form, number, partial(_keep_facts, form=form), what="更正", typed=_words(form))
        if answer is not None:
            return answer
    loaded = open_for(number, "correct")
    hides_finder = is_masked(loaded.hazard, current_actor())
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.put(loaded.hazard)
    page = render_template("hazards/correct.html", form=form, **subject_of(loaded), hides_finder=hides_finder)
    return page, form.status if request.method == "POST" else 200


def _keep_facts(hazard: Hazard, form: CorrectForm) -> Done:
    changes = form.changes(hides_finder=is_masked(hazard, current_actor()))
    changed = working.correct(hazard, changes, by=current_actor(), now=now())
    said = f"已更正 {len(changed)} 处。" if changed else "没有改动，没有写入任何内容。"
    return Done(said, detail_url(hazard.number), "good" if changed else "note")


@blueprint.route("/<number>/photos", methods=["GET", "POST"])
def photos(number: str) -> ResponseReturnValue:
    """Add photos or files."""
    form, upload = EvidenceForm(), Upload(())
    if request.method == "POST":
        fine = form.validate()
        upload = receive(form.photos, form.staged, reader=read_evidence)
        if fine and not upload.is_wrong:
            if not upload.files:
                form.photos.errors = ["请选择照片或文件。"]
            elif (answer := _hand_in_evidence(form, number, upload)) is not None:
                return answer
    loaded = open_for(number, "photos")
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.kind.data = request.args.get("kind") or EvidenceKind.AFTER.value
    page = render_template("hazards/evidence.html", form=form, **subject_of(loaded), have=keep(upload, form.staged))
    return page, form.status if request.method == "POST" else 200


def _hand_in_evidence(form: EvidenceForm, number: str, upload: Upload) -> ResponseReturnValue | None:
    remarks: list[str] = []

    def act(hazard: Hazard) -> Done:
        added = working.add_evidence(hazard, form.chosen, upload.files, by=current_actor(), now=now())
        remarks.extend(_too_early(hazard, added))
        return Done(f"已添加 {len(added)} 个。", detail_url(hazard.number))

    answer = hand_in(form, number, act, what="照片")
    for remark in remarks if answer is not None else ():
        flash(remark, "warn")
    return answer


def _too_early(hazard: Hazard, added: tuple[Evidence, ...]) -> list[str]:
    """A photo of after that was taken before the hazard was found needs an explanation."""
    found = hazard.found_at
    early = [item.taken_at for item in added if item.kind is EvidenceKind.AFTER and item.taken_at is not None]
    return [
        f"照片拍摄时间（{_short(taken)}）早于发现时间（{_short(found)}）。照片已保存，请在整改情况中说明原因。"
        for taken in early
        if found is not None and taken < found
    ]


def _short(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def _words(form: PlanForm | WorkForm | CorrectForm) -> str:
    """What was typed, to be kept where the form is refused as stale."""
    kinds = ("StringField", "TextAreaField", "MoneyField", "DayField")
    return "\n".join(f"{field.label.text}：{field.data}" for field in form if field.type in kinds and field.data)
