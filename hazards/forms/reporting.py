"""The report form: photo first, then the place by recent choices, one sentence, and the rest preset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from accounts.access import Actor
from accounts.forms.base import Form, offered
from accounts.models import Enterprise
from accounts.queries import UnitRow
from accounts.rules import LINK_LABELS, SECTORS
from core.days import SHANGHAI
from hazards.candidates import Candidate
from hazards.duplicates import Earlier, closed_ones
from hazards.forms.cleaning import member, one_line, several_lines
from hazards.forms.judging import NEITHER, NO, earlier_choices, number_of
from hazards.forms.moments import MomentField
from hazards.likeness import Said
from hazards.operations.attaching import NewFile
from hazards.operations.reporting import Report
from workflows.closure import REPORTERS
from workflows.vocabulary import Category, Channel, Grade, StopScope

LONGEST_RESULT = 2000
LONGEST_ID = 11  # digits; more are no id


@dataclass(frozen=True, slots=True)
class Around:
    """What the form offers: the enterprise reported on, its units, its linked enterprises, recent places."""

    enterprise: Enterprise
    units: Sequence[UnitRow] = ()
    linked: Sequence[tuple[int, str]] = ()
    places: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """What was found for a text: clauses, the one a general hazard is close to, earlier hazards that are alike."""

    likely: Sequence[Candidate] = ()
    close: Candidate | None = None
    earlier: Sequence[Earlier] = ()


class ReportForm(Form):
    """One hazard, reported in a minute. Bounds and what must be there are the operation's (reporting.py)."""

    once = HiddenField(render_kw={"data-once": ""})
    staged = HiddenField(render_kw={"data-once": ""})
    staged_after = HiddenField(render_kw={"data-once": ""})
    channel = RadioField("来源", validators=[Optional()])
    photos = MultipleFileField("拍照")
    recent_place = RadioField("在哪里", validators=[Optional()], validate_choice=False)
    place = StringField("其他部位", filters=[one_line])
    description = TextAreaField("看到了什么", filters=[several_lines])
    recurrence_of = RadioField("是不是以前的隐患再次出现", validators=[Optional()], validate_choice=False)
    criterion = RadioField("可能对应的判定条款", validators=[Optional()], validate_choice=False)
    criterion_reason = TextAreaField("都不是的理由", filters=[several_lines])
    category = RadioField("哪一类", choices=offered((c.value, c.label) for c in Category), validators=[Optional()])
    grade = RadioField("等级", choices=offered((g.value, g.label) for g in Grade), default=Grade.GENERAL.value)
    stop_scope = RadioField(
        "是否停产",
        choices=offered((s.value, s.label) for s in StopScope),
        default=StopScope.NONE.value,
        validators=[Optional()],
    )
    stop_note = TextAreaField("停用了什么、撤出何人、何时", filters=[several_lines])
    on_the_spot = BooleanField("已当场整改（即查即改）")
    photos_after = MultipleFileField("整改后照片")
    result = TextAreaField(
        "怎样整改的",
        filters=[several_lines],
        validators=[Length(max=LONGEST_RESULT, message=f"最多 {LONGEST_RESULT:,} 个字。请删减后再提交。")],
    )
    found_at = MomentField("什么时候发现")
    unit = SelectField("部门、班组", coerce=str, validators=[Optional()])
    responsible_unit = StringField("责任单位", filters=[one_line])
    concerned = SelectField("涉及的产权、出租、发包单位", coerce=str, validators=[Optional()])
    sector = SelectField("行业领域", validators=[Optional()])

    def offer(self, actor: Actor, around: Around, now: datetime) -> None:
        """Fill in the choices of this person and place, and the presets of a form shown for the first time."""
        self.channel.choices = offered((c.value, c.label) for c in channels_of(actor))
        self.recent_place.choices = offered((place, place) for place in around.places)
        units = ((str(row.unit.id), "\u3000" * row.depth + row.unit.name) for row in around.units)
        self.unit.choices = offered([("", "不分部门"), *units])
        self.concerned.choices = offered([("", "没有"), *((str(one), label) for one, label in around.linked)])
        self.sector.choices = offered((sector, sector) for sector in sectors_for(actor, around.enterprise))
        if not self.is_submitted():
            self._preset(actor, around, now)

    def offer_help(self, found: Help) -> None:
        """Fill in the clauses and earlier hazards that fit what was typed, with what was picked before."""
        clauses = [(str(one.criterion.id), one.criterion.clause) for one in found.likely]
        self.criterion.choices = offered([*clauses, (NEITHER, "都不是，或说不准")])
        self.recurrence_of.choices = offered([*earlier_choices(closed_ones(found.earlier)), (NO, "不是，第一次出现")])
        self.recurrence_of.data = self.recurrence_of.data or NO

    def said(self) -> Said:
        """What is compared with earlier reports."""
        found = self.found_at.data
        place = self.place.data or one_line(self.recent_place.data) or ""
        return Said(self.description.data or "", place, self.category.data or "", found.date() if found else None)

    def _preset(self, actor: Actor, around: Around, now: datetime) -> None:
        self.channel.data = self.channel.choices[0].value
        self.found_at.data = now.astimezone(SHANGHAI).replace(second=0, microsecond=0, tzinfo=None)
        self.unit.data = str(actor.unit_id) if any(u.unit.id == actor.unit_id for u in around.units) else ""
        self.responsible_unit.data = around.enterprise.name
        self.sector.data = self.sector.choices[0].value

    @property
    def is_folded_part_wrong(self) -> bool:
        """Whether a field of the folded part was refused, so that it must stand open."""
        return any(self[name].errors for name in ("unit", "responsible_unit", "concerned", "sector"))

    def as_report(
        self,
        actor: Actor,
        enterprise_id: int,
        *,
        now: datetime,
        photos: tuple[NewFile, ...],
        photos_after: tuple[NewFile, ...],
    ) -> Report:
        """What was typed, as the operation takes it; parts that do not belong to the grade chosen are left out."""
        grade = member(Grade, self.grade.data) or Grade.GENERAL
        picked = self.criterion.data or ""
        is_major, on_the_spot = grade is Grade.MAJOR, bool(self.on_the_spot.data) and actor.enterprise_id is not None
        return Report(
            enterprise_id=enterprise_id,
            channel=member(Channel, self.channel.data) or channels_of(actor)[0],
            place=self.place.data or one_line(self.recent_place.data),
            description=self.description.data,
            category=member(Category, self.category.data),
            proposed_grade=grade,
            found_at=self.found_at.moment or now,
            responsible_unit=self.responsible_unit.data,
            unit_id=_number(self.unit.data),
            concerned_id=_number(self.concerned.data),
            stop_scope=(member(StopScope, self.stop_scope.data) if is_major else None) or StopScope.NONE,
            stop_note=self.stop_note.data if is_major else "",
            sector=self.sector.data or self.sector.choices[0].value,
            photos=photos,
            on_the_spot=on_the_spot,
            photos_after=photos_after if on_the_spot else (),
            result=self.result.data if on_the_spot else "",
            criterion_id=_number(picked),
            criterion_reason=self.criterion_reason.data or "" if picked == NEITHER else "",
            recurrence_of=number_of(self.recurrence_of.data),
        )


def channels_of(actor: Actor) -> list[Channel]:
    """Through which channels this person may report; none for whoever only reviews or administers."""
    return [channel for channel in Channel if actor.roles & REPORTERS[channel]]


def sectors_for(actor: Actor, enterprise: Enterprise) -> list[str]:
    """The sectors a report may fall under, the likeliest first: an office reports in those it is competent for."""
    able = [s for s in SECTORS if actor.sectors is None or s in actor.sectors]
    own = enterprise.sector
    first = [own] if own and (actor.sectors is None or own in actor.sectors) else []
    return [*first, *(s for s in able if s != own)] or [own or SECTORS[-1]]


def linked_choices(rows: Sequence[Any], enterprise_id: int) -> list[tuple[int, str]]:
    """Linked enterprises as choices: whose landlord, owner or client also answers for the place."""
    found = {}
    for row in rows:
        mine = row.link.enterprise_id == enterprise_id
        other = (row.link.other_id, row.other_name) if mine else (row.link.enterprise_id, row.enterprise_name)
        found[other[0]] = f"{other[1]}（{LINK_LABELS[row.link.kind]}）"
    return list(found.items())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None
