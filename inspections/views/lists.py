"""日周月季 分色分类清单: /inspections/lists/, and as it is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request, url_for

from accounts.access import Actor
from accounts.queries import enterprise_names, get_enterprise, person_labels, region_menu, region_path
from accounts.rules import SECTORS
from core.days import shanghai_day
from core.refusals import NotFound
from core.web import now
from hazards.forms.cleaning import member
from hazards.presenting.words import moment_text
from hazards.taking_out import may_take_out
from inspections.presenting import lists as words
from inspections.queries import lists
from inspections.queries.lists import Asked, Key
from inspections.views.blueprint import blueprint
from inspections.views.facts import reader
from inspections.views.firm import number_asked
from workflows.colours import COLOURS, Tone
from workflows.vocabulary import Category, Tier

PATH: Final = "/inspections/lists/"
PRINTED: Final = 500  # entries of a printed list; a longer one is taken out as a file
NAMES: Final = ("tier", "tone", "category", "region", "own", "sector", "enterprise", "unit", "mine", "by")


@dataclass(frozen=True, slots=True)
class Looked:
    """What is asked, of whom, and how the figures are parted."""

    asked: Asked
    by: str
    name: str
    units: list[lists.Unit]
    places: list[tuple[str, str]]
    with_firm: bool


@blueprint.get(PATH.removeprefix("/inspections"), endpoint="lists")
def lists_page() -> str:
    """Figures by list and colour, by unit or place, and fifty entries; with `print=1` as many as are printed."""
    actor, moment = reader(), now()
    looked, today = looked_at(actor), shanghai_day(moment)
    is_printed = request.args.get("print") == "1"
    rows, after = lists.page_of(
        looked.asked, today, None if is_printed else _after(), PRINTED if is_printed else lists.PAGE
    )
    figures = lists.figures_of(looked.asked, today)
    shown = figures.of(looked.asked.tier, looked.asked.tone)
    return render_template(
        "inspections/lists.html",
        looked=looked,
        matrix=words.matrix(figures, link),
        entries=entries_of(rows, today, looked),
        count=words.count_text(shown, figures.is_cut),
        parts=_parts(looked, today),
        ways=_ways(looked),
        chips=_chips(looked),
        tiers=list(Tier),
        categories=list(Category),
        sectors=SECTORS if looked.with_firm else (),
        legend=[(words.TONES[row.tone], row.tone.value, row.words) for row in COLOURS],
        after=link(after=_key_text(after)) if after is not None and not is_printed else None,
        is_first="after" not in request.args,
        is_printed=is_printed,
        is_cut=is_printed and after is not None,
        printed=PRINTED,
        print_url=link(print="1"),
        file_url=_file_url if may_take_out(actor) else None,
        made_at=moment_text(moment),
        actor=actor,
    )


def entries_of(rows: list[Any], today: date, looked: Looked) -> list[words.Entry]:
    """Rows in words, with where they came from and who answers for them."""
    came = lists.came_from(row.id for row in rows) if rows else {}
    people = person_labels({row.list_owner_id for row in rows if row.list_owner_id is not None})
    return [words.entry_of(row, today, came, people, with_firm=looked.with_firm) for row in rows]


# --- what is asked ---------------------------------------------------------------------------------------------


def looked_at(actor: Actor) -> Looked:
    """What the query string asks, as far as this person may ask it."""
    args = request.args
    asked = Asked(
        tier=member(Tier, args.get("tier")),
        tone=member(Tone, args.get("tone")),
        category=member(Category, args.get("category")),
        owner_id=actor.person_id if args.get("mine") == "1" else None,
    )
    enterprise = actor.enterprise_id if actor.enterprise_id is not None else number_asked("enterprise")
    if enterprise is not None:
        return _of_enterprise(replace(asked, enterprise_id=enterprise))
    code = args.get("region", "")[:12]
    path = region_path(code) if code else actor.region_path
    if path is None or not path.startswith(actor.region_path or ""):
        raise NotFound("找不到这个区域，或者它不在您的管辖范围内。请核对。")
    name, places = region_menu(path)
    sector = args.get("sector", "")
    own = args.get("own") == "1"
    asked = replace(asked, region_path=path, own_only=own, sector=sector if sector in SECTORS else "")
    by = args.get("by", "region" if places else "enterprise")
    by = by if by in ("region", "enterprise", "category") else "region"
    return Looked(asked, by, name or actor.org_name, [], places, with_firm=True)


def _of_enterprise(asked: Asked) -> Looked:
    firm = get_enterprise(asked.enterprise_id or 0)
    units = lists.units_of(firm.id)
    unit, name = number_asked("unit"), firm.name
    if unit is not None:
        found = {one.id: one.name for one in units} | {lists.WHOLE: words.NO_UNIT}
        if unit not in found:
            raise NotFound("找不到这个部门或班组。请从清单里点名称打开。")
        name = f"{name} · {found[unit]}"
        under = lists.with_those_under(unit, units) if unit != lists.WHOLE else ()
        asked = replace(asked, unit_id=unit, units=under)
    by = "category" if request.args.get("by") == "category" else "unit"
    return Looked(asked, by, name, units, [], with_firm=False)


def link(**changes: Any) -> str:
    """This page with other conditions; it begins anew unless it is said where. Written often: without `url_for`."""
    args = request.args  # what is not asked is looked for as seldom as possible: a page has hundreds of links
    asked = [name for name in NAMES if name in changes or name in args]
    given = {name: changes[name] if name in changes else args[name] for name in asked} | changes
    query = urlencode({name: value for name, value in given.items() if value not in (None, "")})
    return f"{request.script_root}{PATH}?{query}" if query else f"{request.script_root}{PATH}"


def _file_url(ending: str) -> str:
    given = {name: request.args[name] for name in NAMES if request.args.get(name)}
    return url_for("reports.tier_file", ending=ending, **given)  # type: ignore[arg-type]  # only strings


def _after() -> Key | None:
    day, _, number = request.args.get("after", "").partition("|")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    try:
        return Key(date.fromisoformat(day) if day else None, int(number))
    except ValueError:
        return None


def _key_text(key: Key) -> str:
    return f"{key.deadline.isoformat() if key.deadline else ''}|{key.id}"


# --- what is drawn ---------------------------------------------------------------------------------------------


def _parts(looked: Looked, today: date) -> list[words.Part]:
    asked = replace(looked.asked, tier=None, units=looked.asked.units)
    groups = lists.groups_of(asked, looked.by, today)
    if looked.by == "unit":
        chosen = looked.asked.unit_id or None
        return words.by_units(groups, looked.units, chosen, link) if looked.asked.unit_id != lists.WHOLE else []
    if looked.by == "category":
        return words.by_categories(groups, link)
    if looked.by == "region":
        return words.by_places(groups, looked.asked.region_path, looked.places, link)
    groups = sorted(groups, key=lambda one: (-one.total, one.key))[: lists.GROUPS]
    names = enterprise_names(group.key for group in groups)
    return [words.part_of(one, names.get(one.key, "—"), link, enterprise=one.key) for one in groups]


def _ways(looked: Looked) -> list[tuple[str, str, None, bool]]:
    kinds = ["region"] * bool(looked.places) + ["enterprise", "category"] if looked.with_firm else ["unit", "category"]
    return [(words.BY[kind], link(by=kind), None, kind == looked.by) for kind in kinds]


def _chips(looked: Looked) -> list[tuple[str, str]]:
    asked = looked.asked
    chips = [
        (f"{asked.tier.label}清单", "tier") if asked.tier else None,
        (f"{words.TONES[asked.tone]}色", "tone") if asked.tone else None,
        (asked.category.label, "category") if asked.category else None,
        (words.OWN, "own") if asked.own_only else None,
        (asked.sector, "sector") if asked.sector else None,
        ("我的清单", "mine") if asked.owner_id is not None else None,
        ("部门、班组", "unit") if asked.unit_id is not None else None,
    ]
    return [(label, link(**{name: None})) for label, name in (chip for chip in chips if chip is not None)]
