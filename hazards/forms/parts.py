"""Parts that the forms of one hazard share: what they were made from, texts, days, money, people, clauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation

from accounts.forms.base import OnceForm
from accounts.forms.base import offered as choices
from core.money import MAX_FEN, fen_from_wan, wan
from hazards.candidates import Candidate
from hazards.forms.cleaning import one_line, several_lines
from hazards.forms.judging import NEITHER
from hazards.matching.conditions import preconditions_of
from hazards.models import Criterion, Hazard
from hazards.presenting.staleness import Seen

LONGEST_TEXT = 2000
OTHER = "other"
SOMEBODY_ELSE = ""
SHOWN_CLAUSE = 60
LONGEST_ID = 11  # digits; more are no id


class HazardForm(OnceForm):
    """A form of one hazard: carries what it was made from, and a key that counts it once."""

    version = HiddenField()
    entries = HiddenField()

    # where a missing fact is shown, when its field is called otherwise
    fact_fields: dict[str, str] = {}

    def begin(self, hazard: Hazard) -> None:
        """Note what the form is made from; called when it is shown for the first time."""
        seen = Seen.of(hazard)
        self.version.data, self.entries.data = str(seen.version), str(seen.entries)
        self.new_key()

    @property
    def seen(self) -> Seen:
        """What the form was made from; `Invalid` where it does not say."""
        return Seen.read(self.version.data, self.entries.data)

    def field_of(self, name: str) -> str:
        """The field that is asked for a fact, where it is called otherwise."""
        return self.fact_fields.get(name, name)


def line(label: str, longest: int, *, needed: str = "", **more: Any) -> StringField:
    """One line of text; `needed` is the sentence when it is empty."""
    return StringField(label, filters=[one_line], validators=_checks(longest, needed), **more)


def text(label: str, *, longest: int = LONGEST_TEXT, needed: str = "", **more: Any) -> TextAreaField:
    """A text of several lines; `needed` is the sentence when it is empty."""
    return TextAreaField(label, filters=[several_lines], validators=_checks(longest, needed), **more)


def _checks(longest: int, needed: str) -> list[Any]:
    bound = Length(max=longest, message=f"最多 {longest:,} 个字。请删减。")
    return [DataRequired(needed), bound] if needed else [Optional(), bound]


class DayField(DateField):
    """A day, refused in words."""

    def __init__(self, label: str, *, needed: str = "", **more: Any) -> None:
        checks = [InputRequired(needed)] if needed else [Optional()]
        formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"]
        super().__init__(label, format=formats, validators=checks, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the browser's own notation, and that of whoever types."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("日期看不懂。请写成 2026-11-20。") from error


class NumberField(IntegerField):
    """A whole number within bounds, refused in words."""

    def __init__(self, label: str, *, least: int, most: int, **more: Any) -> None:
        super().__init__(label, validators=[Optional(), self._bounded], **more)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits; anything else is refused."""
        if not valuelist or not valuelist[0].strip():
            return
        typed = valuelist[0].strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            self.data = None
            raise ValueError("请写整数。")
        self.data = int(typed)

    @staticmethod
    def _bounded(_form: Any, field: Any) -> None:
        if field.data is not None and not field.least <= field.data <= field.most:
            raise StopValidation(f"应在 {field.least} 到 {field.most} 之间。")


class MoneyField(StringField):
    """An amount in 万元 as typed; `fen` is what is kept."""

    def __init__(self, label: str, **more: Any) -> None:
        checks = [Optional(), Length(max=30, message="金额太长。请核对。"), self._is_amount]
        super().__init__(label, filters=[one_line], validators=checks, **more)

    @staticmethod
    def _is_amount(_form: Any, field: Any) -> None:
        if field.data and fen_from_wan(field.data) is None:
            raise StopValidation(f"金额看不懂，或超过 {MAX_FEN // 10**14} 万亿元。请以万元为单位写数字，如 39.6。")

    @property
    def fen(self) -> int | None:
        """The amount in fen; None where none was typed."""
        return fen_from_wan(self.data) if self.data else None

    def put(self, fen: int | None) -> None:
        """Show an amount that is kept."""
        self.data = "" if fen is None else f"{wan(fen):f}"


def iso(day: date | None) -> str:
    """A day as a request keeps it."""
    return day.isoformat() if day else ""


# --- people ----------------------------------------------------------------------------------------------------


class ResponsibleFields(HazardForm):
    """Who puts it right: somebody of the enterprise, or a name where the person has no account."""

    responsible_unit = line("责任单位", 200)
    responsible_person_id = SelectField("整改责任人", coerce=str, validators=[Optional()])
    responsible_person = line("责任人姓名", 60, description="名单里没有的，在这里写姓名。")

    def offer_people(self, people: Iterable[tuple[int, str]]) -> None:
        """The people of the enterprise."""
        listed = [(str(person), name) for person, name in people]
        self.responsible_person_id.choices = choices([(SOMEBODY_ELSE, "名单里没有（在下面写姓名）"), *listed])

    def put_responsible(self, hazard: Hazard) -> None:
        """Show what the record says."""
        self.responsible_unit.data = hazard.responsible_unit
        known = str(hazard.responsible_person_id or "")
        if any(choice.value == known for choice in self.responsible_person_id.choices):
            self.responsible_person_id.data = known
        if not self.responsible_person_id.data:
            self.responsible_person.data = hazard.responsible_person

    def responsible(self) -> dict[str, Any]:
        """Unit and person as a request offers them; empty where nobody was named."""
        offered: dict[str, Any] = {}
        if self.responsible_unit.data:
            offered["responsible_unit"] = self.responsible_unit.data
        chosen = self.responsible_person_id.data
        if chosen:
            names = {choice.value: choice.label for choice in self.responsible_person_id.choices}
            offered |= {"responsible_person": names[chosen], "responsible_person_id": int(chosen)}
        elif self.responsible_person.data:
            offered |= {"responsible_person": self.responsible_person.data, "responsible_person_id": None}
        return offered


# --- clauses ---------------------------------------------------------------------------------------------------


class CriterionFields(HazardForm):
    """The clause that makes it major: likely ones to pick, all others in a list, or none of them with a reason.

    What a clause presupposes (仍继续使用, 失效 …) is asked besides, in its own words, and kept with the judgement.
    """

    criterion = RadioField("判定条款", validators=[Optional()])
    criterion_other = SelectField("其他条款", coerce=str, validators=[Optional()])
    criterion_conditions = SelectMultipleField("前提", coerce=str, validators=[Optional()], validate_choice=False)
    criterion_reason = text(
        "不引条款的理由", description="都不符合而仍判为重大的，写明为什么会造成群死群伤或重大损失。"
    )

    def offer_clauses(self, likely: Sequence[Candidate], every: Iterable[Criterion]) -> None:
        """The likely clauses as cards, all of the sector as a list, and what those offered as cards presuppose."""
        clauses = list(every)
        cards = [(str(found.criterion.id), found.criterion.clause) for found in likely]
        self.criterion.choices = choices([*cards, (OTHER, "其他条款（在下面选）"), (NEITHER, "都不是，写明理由")])
        listed = [
            SelectChoice(str(clause.id), _short(clause), optgroup=f"{clause.standard} {clause.industry}")
            for clause in clauses
        ]
        self.criterion_other.choices = [SelectChoice("", "请选择条款"), *listed]
        self._texts = {clause.id: clause.text for clause in [*clauses, *(found.criterion for found in likely)]}
        asked = [words for found in likely for words in preconditions_of(found.criterion.text)]
        asked += self._presupposed()
        self.criterion_conditions.choices = choices((words, words) for words in dict.fromkeys(asked))

    def chosen_clause(self) -> int | None:
        """The id of the clause that was picked."""
        picked = self.criterion.data
        if picked == OTHER:
            picked = self.criterion_other.data
        return int(picked) if picked and picked.isascii() and picked.isdigit() and len(picked) <= LONGEST_ID else None

    def clause_reason(self) -> str:
        """The reason where no clause was picked."""
        return str(self.criterion_reason.data or "") if self.criterion.data in (NEITHER, None, "") else ""

    def check_conditions(self) -> bool:
        """Whether everything the picked clause presupposes was confirmed; False with the sentence at the field."""
        lacking = [words for words in self._presupposed() if words not in (self.criterion_conditions.data or ())]
        if not lacking:
            return True
        asked = "、".join(f"「{words}」" for words in lacking)
        self.criterion_conditions.errors = [
            f"这一条以{asked}为前提。请核实后勾选；不符合的，改选其他条款，或选「都不是」并写明理由。"
        ]
        return False

    def clause_offer(self) -> dict[str, Any]:
        """The clause by id (its text is copied by the page that knows it) with its conditions, or why there is none."""
        chosen = self.chosen_clause()
        if chosen is None:
            return {"criterion_reason": self.clause_reason()} if self.clause_reason() else {}
        conditions = "；".join(self._presupposed())
        return {"criterion_id": chosen} | ({"criterion_condition": conditions} if conditions else {})

    def _presupposed(self) -> tuple[str, ...]:
        chosen = self.chosen_clause()
        return preconditions_of(self._texts.get(chosen, "")) if chosen is not None else ()


def _short(clause: Criterion) -> str:
    words = clause.text if len(clause.text) <= SHOWN_CLAUSE else f"{clause.text[: SHOWN_CLAUSE - 1]}…"
    return f"{clause.clause} {words}"
