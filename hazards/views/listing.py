"""The list of hazards: /hazards/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.queries import enterprise_names, region_menu, region_names
from core.days import shanghai_day
from core.web import now
from hazards.columns import Columns
from hazards.conditions import Conditions, Looking, View, in_view, is_id
from hazards.forms.listing import key_query, query_of, read_conditions, read_key
from hazards.forms.reporting import channels_of
from hazards.imports import may_import
from hazards.listing import Key, ListPage, count_words, counts_of, page_of, waiting_for_me
from hazards.preferences import Preferences, args_of, preferences_of
from hazards.presenting import listing as words
from hazards.presenting.picking import bulk_acts, cannot_sign
from hazards.search import NEWEST
from hazards.taking_out import may_take_out
from hazards.views.blueprint import blueprint
from hazards.waiting import deputised, mine_of
from workflows.vocabulary import Channel

# the fields of the second form of filters
MORE = {"enterprise", "found_from", "found_to", "listed", "recurring", "only", "sort"}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Saved views, filters and fifty rows, earliest deadline first."""
    actor, moment = current_actor(), now()
    kept = preferences_of(actor)
    asked = asked_by(actor, args_of(kept.opens_with) if kept.opens_with and not request.args else request.args)
    behind, mine = deputised(actor.person_id, now=moment), mine_of(actor, now=moment)
    who = Looking(actor, shanghai_day(moment), behind, None if mine.is_cut else mine)
    page = page_of(asked, who, read_key(request.args, asked.sort), columns=kept.columns.reads)
    views = [in_view(asked, view) for view in View if view is not View.ALL]
    figures = counts_of([asked, *views], who)
    chips = words.chips_of(asked, _names(asked))
    here, regions = region_menu(actor.region_path) if actor.region_path is not None else ("", [])
    selects = words.selects_of(asked, regions, _channels(actor))
    return render_template(
        "hazards/index.html",
        asked=asked,
        hidden=_carried(asked, {"q", *(select.name for select in selects)}),
        more_hidden=_carried(asked, MORE),
        sub=_whose(actor, here),
        views=_views(asked, views, figures, kept),
        only_choices=words.only_choices(is_enterprise=actor.enterprise_id is not None),
        columns=kept.columns,
        bulk_acts=bulk_acts(actor),
        query=urlencode(query_of(asked) or {"view": asked.view.value}),
        may_export=may_take_out(actor),
        selects=selects,
        listings=words.listing_choices(),
        orders=words.ORDERS,
        order=words.order_of(asked)[0],
        chips=[(label, _link(rest)) for label, rest in chips],
        clear_url=_link(Conditions(view=asked.view)),
        count=count_words(figures[0]),
        total=_total(asked, figures[0], who),
        rows=_rows(page, who, kept.columns),
        sorts=words.sorts_of(asked, _link),
        firm="部位" if actor.enterprise_id is not None else "企业",
        pager=f"本页 {len(page.rows)} 条，共 {count_words(figures[0])} 条",
        before=_page_link(asked, page.before),
        after=_page_link(asked, page.after),
        empty=_empty(asked, chips, who) if not page.rows else None,
        may_report=bool(channels_of(actor)),
        may_import=may_import(actor),
    )


def asked_by(actor: Actor, args: Mapping[str, str]) -> Conditions:
    """What a query string asks of the list, as far as this person may ask it."""
    asked = read_conditions(args)
    hidden = asked.channel is not None and asked.channel not in _channels(actor)
    return replace(asked, channel=Channel.SUPERVISION) if hidden else asked


def _channels(actor: Actor) -> list[Channel]:
    """An enterprise must not learn which of its hazards came from a complaint."""
    return [channel for channel in Channel if actor.enterprise_id is None or channel is not Channel.COMPLAINT]


def _link(asked: Conditions) -> str:
    """An address that always asks for something: the bare one opens with what the person has chosen."""
    return url_for("hazards.index", **(query_of(asked) or {"view": asked.view.value}))  # type: ignore[arg-type]  # only strings


def condition_words(asked: Conditions) -> str:
    """A list in words: its view and its conditions."""
    chips = words.chips_of(asked, _names(asked))
    return "；".join([asked.view.label, *(label for label, _rest in chips)])


def _carried(asked: Conditions, own: set[str]) -> list[tuple[str, str]]:
    """What a form of filters sends along beside its own fields; the view always, since words alone would widen it."""
    carried = query_of(asked) | {"view": asked.view.value}
    return [(name, value) for name, value in carried.items() if name not in own]


def _page_link(asked: Conditions, key: Key | None) -> str | None:
    return None if key is None else url_for("hazards.index", **query_of(asked), **key_query(key))  # type: ignore[arg-type]


def _total(asked: Conditions, figure: int, who: Looking) -> str:
    is_cut = bool(asked.words) and who.hits(asked.words).is_cut
    newest = f"只在最新的 {NEWEST:,} 条里找 · " if is_cut else ""
    return f"共 {count_words(figure)} 条 · {newest}{words.order_of(asked)[1]}"


def _whose(actor: Actor, here: str) -> str:
    if actor.region_path is None:
        return actor.org_name
    sectors = "全部行业" if actor.sectors is None else "、".join(sorted(actor.sectors))
    return f"{here} · {sectors}"


def _views(asked: Conditions, views: Sequence[Conditions], figures: Sequence[int], kept: Preferences) -> list[Any]:
    """The standard views with counts, then what was saved; of those only the one that is shown is counted."""
    found = [(one, read_conditions(args_of(one.query))) for one in kept.filters]
    saved = [
        (one.name, _link(saves), count_words(figures[0]) if saves == asked else None, saves == asked)
        for one, saves in found
    ]
    standard = not any(current for _label, _url, _count, current in saved)
    tabs: list[Any] = [
        (one.view.label, _link(one), count_words(figure), standard and one.view is asked.view)
        for one, figure in zip(views, figures[1:], strict=True)
    ]
    every = (View.ALL.label, _link(in_view(asked, View.ALL)), None, standard and asked.view is View.ALL)
    return [*tabs, every, *saved]


def _names(asked: Conditions) -> dict[str, str]:
    """The words of a region and an enterprise asked for by code and id."""
    names = {}
    if asked.region:
        names["region"] = region_names(f"/{asked.region}/")
    if is_id(asked.enterprise):
        names["enterprise"] = enterprise_names([int(asked.enterprise)]).get(int(asked.enterprise), "")
    return names


def _rows(page: ListPage, who: Looking, columns: Columns) -> list[words.Row]:
    mine = waiting_for_me([row.id for row in page.rows], who) if page.rows else {}
    own = who.actor.enterprise_id
    index = url_for("hazards.index")  # fifty times `url_for` is a tenth of the page
    return [
        words.row_of(
            row,
            index + quote(row.number),
            who.today,
            is_mine=row.id in mine,
            own_enterprise=own,
            cannot=cannot_sign(row, mine.get(row.id)),
            extra=columns.written(row, masked=own is not None) if columns.more else (),
        )
        for row in page.rows
    ]


def _empty(asked: Conditions, chips: list[tuple[str, Conditions]], who: Looking) -> dict[str, Any]:
    """Why nothing is shown, and the next step: with conditions, which one to drop and how many then appear."""
    if not chips:
        title, text = words.empty_words(asked.view)
        return {"title": title, "text": text, "ways": []}
    elsewhere = [("只看本栏", in_view(asked, View.ALL))] if asked.view is not View.ALL else []
    tried = [*chips, *elsewhere]
    figures = counts_of([rest for _label, rest in tried], who)
    helpful = [(label, rest, figure) for (label, rest), figure in zip(tried, figures, strict=True) if figure]
    text = f"已选条件：{'、'.join(label for label, _rest in chips)}。"
    ways = [("清除全部条件", _link(Conditions(view=asked.view)), "quiet")]
    if helpful:
        label, rest, figure = max(helpful, key=lambda one: one[2])
        way = "在全部隐患里找" if (label, rest) in elsewhere else f"去掉{label if label[0] == '“' else f'“{label}”'}"
        text += f"{way}，有 {count_words(figure)} 条。"
        ways.insert(0, (way, _link(rest), "plain"))
    return {"title": "没有符合条件的隐患", "text": text, "ways": ways}
