"""The list of hazards: /hazards/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.queries import enterprise_names, region_names, regions_under
from core.days import shanghai_day
from core.web import now
from hazards.conditions import Conditions, Looking, View, in_view, is_id
from hazards.forms.listing import key_query, query_of, read_conditions, read_key
from hazards.forms.reporting import channels_of
from hazards.imports import may_import
from hazards.listing import Key, ListPage, count_words, counts_of, page_of, waiting_for_me
from hazards.presenting import listing as words
from hazards.views.blueprint import blueprint
from hazards.waiting import deputised
from workflows.vocabulary import Channel

# the fields of the second form of filters
MORE = {"enterprise", "found_from", "found_to", "listed", "recurring", "sort"}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Saved views, filters and fifty rows, earliest deadline first."""
    actor, moment = current_actor(), now()
    asked = _asked(actor)
    who = Looking(actor, shanghai_day(moment), deputised(actor.person_id, now=moment))
    page = page_of(asked, who, read_key(request.args, asked.sort))
    views = [in_view(asked, view) for view in View if view is not View.ALL]
    figures = counts_of([asked, *views], who)
    chips = words.chips_of(asked, _names(asked))
    selects = words.selects_of(asked, _regions(actor), _channels(actor))
    return render_template(
        "hazards/index.html",
        asked=asked,
        hidden=_carried(asked, {"q", *(select.name for select in selects)}),
        more_hidden=_carried(asked, MORE),
        sub=_whose(actor),
        views=_views(asked, views, figures[1:]),
        selects=selects,
        listings=words.listing_choices(),
        orders=words.ORDERS,
        order=words.order_of(asked)[0],
        chips=[(label, _link(rest)) for label, rest in chips],
        clear_url=_link(Conditions(view=asked.view)),
        total=f"共 {count_words(figures[0])} 条 · {words.order_of(asked)[1]}",
        rows=_rows(page, who),
        sorts=words.sorts_of(asked, _link),
        firm="部位" if actor.enterprise_id is not None else "企业",
        pager=f"本页 {len(page.rows)} 条，共 {count_words(figures[0])} 条",
        before=_page_link(asked, page.before),
        after=_page_link(asked, page.after),
        empty=_empty(asked, chips, who) if not page.rows else None,
        may_report=bool(channels_of(actor)),
        may_import=may_import(actor),
    )


def _asked(actor: Actor) -> Conditions:
    asked = read_conditions(request.args)
    hidden = asked.channel is not None and asked.channel not in _channels(actor)
    return replace(asked, channel=Channel.SUPERVISION) if hidden else asked


def _channels(actor: Actor) -> list[Channel]:
    """An enterprise must not learn which of its hazards came from a complaint."""
    return [channel for channel in Channel if actor.enterprise_id is None or channel is not Channel.COMPLAINT]


def _link(asked: Conditions) -> str:
    return url_for("hazards.index", **query_of(asked))  # type: ignore[arg-type]  # only strings


def _carried(asked: Conditions, own: set[str]) -> list[tuple[str, str]]:
    """What a form of filters sends along beside its own fields; the view always, since words alone would widen it."""
    carried = query_of(asked) | {"view": asked.view.value}
    return [(name, value) for name, value in carried.items() if name not in own]


def _page_link(asked: Conditions, key: Key | None) -> str | None:
    return None if key is None else url_for("hazards.index", **query_of(asked), **key_query(key))  # type: ignore[arg-type]


def _whose(actor: Actor) -> str:
    if actor.region_path is None:
        return actor.org_name
    sectors = "全部行业" if actor.sectors is None else "、".join(sorted(actor.sectors))
    return f"{region_names(actor.region_path)} · {sectors}"


def _views(asked: Conditions, views: Sequence[Conditions], figures: Sequence[int]) -> list[Any]:
    tabs = [
        (one.view.label, _link(one), count_words(figure), one.view is asked.view)
        for one, figure in zip(views, figures, strict=True)
    ]
    return [*tabs, (View.ALL.label, _link(in_view(asked, View.ALL)), None, asked.view is View.ALL)]


def _regions(actor: Actor) -> list[tuple[str, str]]:
    """What lies under the office's region: districts for the city, streets for a district."""
    if actor.region_path is None:
        return []
    own = actor.region_path.strip("/").rpartition("/")[2]
    return [(region.code, region.name) for region in regions_under(own)]


def _names(asked: Conditions) -> dict[str, str]:
    """The words of a region and an enterprise asked for by code and id."""
    names = {}
    if asked.region:
        names["region"] = region_names(f"/{asked.region}/")
    if is_id(asked.enterprise):
        names["enterprise"] = enterprise_names([int(asked.enterprise)]).get(int(asked.enterprise), "")
    return names


def _rows(page: ListPage, who: Looking) -> list[words.Row]:
    mine = waiting_for_me([row.id for row in page.rows], who) if page.rows else frozenset()
    return [
        words.row_of(
            row,
            url_for("hazards.detail", number=row.number),
            who.today,
            is_mine=row.id in mine,
            own_enterprise=who.actor.enterprise_id,
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
