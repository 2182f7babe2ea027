"""Listing 挂牌督办 as the register keeps it: level, office, number, until when; and its end 摘牌.

The decision is the government's, and its notice is issued elsewhere; this is what the hazard's row says of it
(domain.md §3 endings, §5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from accounts.access import Actor
from core.days import shanghai_day
from core.refusals import Invalid, NotAllowed
from hazards.models import Hazard
from hazards.recording import record
from workflows.deadlines import listing_until_at_most
from workflows.entries import DELISTED, LISTED
from workflows.vocabulary import ListingLevel


@dataclass(frozen=True, slots=True)
class Listing:
    """At which level, by which office, under which number, until when."""

    level: ListingLevel
    office: str
    number: str
    until: date


def refuse_listing(hazard: Hazard) -> None:
    """Refuse what cannot be listed: a general one, one that is closed, one that is listed already."""
    if hazard.grade not in LISTED.grades:
        raise NotAllowed(f"{hazard.number} 是一般隐患，不挂牌督办。")
    if hazard.state not in LISTED.states:
        raise NotAllowed(f"{hazard.number} 现在是「{hazard.state.label}」，不能挂牌督办。")
    if hazard.listed_level is not None and hazard.delisted_on is None:
        raise NotAllowed(f"{hazard.number} 已由{hazard.listed_office}挂牌督办（{hazard.listed_number}）。")


def put_on_list(hazard: Hazard, listing: Listing, *, by: Actor, now: datetime) -> None:
    """Put down that it is listed; it may then not be dismissed or regraded down until it is taken off."""
    today = shanghai_day(now)
    refuse_listing(hazard)
    if not today < listing.until <= listing_until_at_most(today):
        raise Invalid("督办期限应在今天之后，最长一年。请核对。", fields={"until": "请核对督办期限。"})
    hazard.listed_level, hazard.listed_office = listing.level, listing.office[:100]
    hazard.listed_number, hazard.listed_on = listing.number[:80], today
    hazard.listed_until, hazard.delisted_on = listing.until, None
    content = {"level": listing.level.value, "until": listing.until.isoformat()}
    record(hazard, "listed", by=by.person_id, now=now, content=content)


def refuse_delisting(hazard: Hazard, *, on: date) -> None:
    """Refuse to take off what is not listed, or not closed yet (摘牌, after closure)."""
    if hazard.listed_level is None or hazard.delisted_on is not None:
        raise NotAllowed(f"{hazard.number} 没有挂牌督办，不用解除。")
    if hazard.state not in DELISTED.states or hazard.closed_at is None:
        raise NotAllowed(f"{hazard.number} 还没有销号，不能解除挂牌。请先销号。")
    if on < shanghai_day(hazard.closed_at):
        raise Invalid("摘牌日期早于销号日期。请核对。", fields={"on": "不能早于销号日期。"})


def take_off_list(hazard: Hazard, *, on: date, by: Actor, now: datetime) -> None:
    """Put down that it was taken off the list."""
    refuse_delisting(hazard, on=on)
    if on > shanghai_day(now):
        raise Invalid("摘牌日期不能晚于今天。请核对。", fields={"on": "不能晚于今天。"})
    hazard.delisted_on = on
    record(hazard, "delisted", by=by.person_id, now=now, content={"on": on.isoformat()})
