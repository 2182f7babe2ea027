"""What a form of judgement offers: people, offices, likely clauses of the text, earlier hazards it may repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from hazards.candidates import OFFERED, Candidate, candidate_of, candidates
from hazards.case import Loaded
from hazards.criteria import find_criteria
from hazards.duplicates import Earlier, closed_ones, earlier_than, open_ones, recurrence_number
from hazards.forms.asking import AskForm, DismissForm, EarlierFields, OrderForm, TransferForm, UpForm
from hazards.forms.cleaning import one_line
from hazards.forms.judging import earlier_choices
from hazards.forms.parts import CriterionFields, ResponsibleFields
from hazards.models import Criterion, Hazard
from hazards.people import offices_to_receive, people_of_enterprise
from workflows.vocabulary import Grade

EVERY = 400  # clauses of the long list


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for the hazard's text: likely clauses, and earlier hazards that may be the same."""

    likely: Sequence[Candidate] = ()
    earlier: Sequence[Earlier] = ()


def offer(form: AskForm, loaded: Loaded) -> Found:
    """Fill in the choices of people, clauses, earlier hazards and offices; what was found for the text."""
    hazard = loaded.hazard
    if isinstance(form, ResponsibleFields):
        form.offer_people(people_of_enterprise(hazard))
    if isinstance(form, TransferForm):
        form.offer_offices(offices_to_receive(hazard))
    earlier = earlier_than(hazard) if isinstance(form, EarlierFields | DismissForm) else []
    if isinstance(form, EarlierFields):
        _offer_closed(form, hazard, earlier)
    if isinstance(form, DismissForm):
        form.offer_originals(earlier_choices(open_ones(earlier)), one_line(request.args.get("duplicate_of")))
    return Found(_offer_clauses(form, hazard), earlier)


def _offer_closed(form: EarlierFields, hazard: Hazard, earlier: Sequence[Earlier]) -> None:
    linked = recurrence_number(hazard)
    found = earlier_choices(closed_ones(earlier))
    if linked and linked not in dict(found):
        found.insert(0, (linked, f"{linked}（上报时所选）"))
    form.offer_closed(found, linked)


def _offer_clauses(form: AskForm, hazard: Hazard) -> Sequence[Candidate]:
    """The likely clauses in force when it was found, that of the report first."""
    if not isinstance(form, CriterionFields):
        return ()
    if not asks_criterion(type(form), hazard):
        form.offer_clauses((), ())
        return ()
    likely = candidates(hazard.description, sector=hazard.sector, industry=hazard.industry, on=hazard.found_on)
    proposed = candidate_of(hazard.criterion_candidate_id, hazard.description)
    if proposed is not None:
        others = [one for one in likely if one.criterion.id != proposed.criterion.id]
        likely = [proposed, *others][:OFFERED]
    form.offer_clauses(likely, _clauses(hazard))
    if proposed is not None and form.criterion.data is None:
        form.criterion.data = str(proposed.criterion.id)
    return likely


def _clauses(hazard: Hazard) -> list[Criterion]:
    """Those of the hazard's sector; all of them on request, where the sector has none, and to check what was sent."""
    day = hazard.found_on
    of_sector = find_criteria(sector=hazard.sector, on=day, limit=EVERY) if hazard.sector else []
    wants_all = request.method == "POST" or request.args.get("clauses") == "all"
    return of_sector if of_sector and not wants_all else find_criteria(on=day, limit=EVERY)


def asks_criterion(form: type[AskForm], hazard: Hazard) -> bool:
    """A major one; an order only where no clause has been confirmed yet."""
    if form is UpForm:
        return True
    if form is OrderForm and hazard.criterion_clause:
        return False
    return issubclass(form, CriterionFields) and hazard.grade is Grade.MAJOR
