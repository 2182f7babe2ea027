"""Comments on a hazard, whom they mention, and who follows it.

A comment is an entry of the history like any other: it cannot be taken back, and everybody who sees the hazard sees it.
Whoever follows a hazard is told of comments and of what changes its state; that decides nothing and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, literal, or_, select, update

from accounts.access import Actor
from accounts.models import Person, Region, Regulator
from core.chain import digest
from core.db import db
from core.outbox import tell
from core.refusals import Invalid
from core.scope import everything
from hazards import case as cases
from hazards.case import Loaded
from hazards.models import Hazard, Watch
from hazards.recording import record

LONGEST: Final = 1000
SHOWN: Final = 120
_MENTION = re.compile(r"[@＠]([^\s@＠，。；：、,;:（）()]{1,30})")


def people_to_mention(loaded: Loaded, actor: Actor) -> dict[int, str]:
    """Whom a comment may mention: whoever has a part in the case, by id; never the one who writes it."""
    persons = {seat.person for seat in loaded.case.seats} - {actor.person_id}
    return {person: loaded.names[person] for person in sorted(persons) if person in loaded.names}


def comment(hazard: Hazard, text: str, mentioned: frozenset[int], *, by: Actor, now: datetime) -> int:
    """Write a comment; how many people were told. `@姓名` in the text mentions as well as ticking the name."""
    said = text.strip()
    if not said:
        raise Invalid("评论是空的。请写明内容。", fields={"text": "请写明内容。"})
    if len(said) > LONGEST:
        raise Invalid(f"评论最多 {LONGEST:,} 个字。请删减。", fields={"text": f"最多 {LONGEST:,} 个字。"})
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    offered = people_to_mention(loaded, by)
    named = (mentioned & set(offered)) | _named_in(said, offered)
    record(hazard, "comment", by=by.person_id, now=now, content={"mentioned": sorted(named)}, note=said)
    key = f"comment:{hazard.id}:{hazard.chain_length}"
    words = f"{by.name}在 {hazard.number} 的评论中提到您：{_short(said)}"
    tell(named, "comment", words, now=now, url=f"/hazards/{hazard.number}/comments", key=key)
    others = _followers(hazard) - named - {by.person_id}
    words = f"您关注的 {hazard.number} 有新评论：{_short(said)}"
    tell(others, "watch", words, now=now, url=f"/hazards/{hazard.number}/comments", key=key)
    return len(named)


def _named_in(text: str, offered: Mapping[int, str]) -> frozenset[int]:
    """Everybody an @ names; one that fits nobody or several is refused, since its writer believes it was told."""
    found: set[int] = set()
    for word in dict.fromkeys(_MENTION.findall(text)):
        fitting = [person for person, name in offered.items() if _fits(word, name)]
        if not fitting:
            way = "请核对姓名，或者在下面勾选。"
            raise Invalid(f"没有叫“{word}”的人参与这条隐患。{way}", fields={"text": f"没有叫“{word}”的人。"})
        if len(fitting) > 1:
            raise Invalid(
                f"有 {len(fitting)} 个人都叫“{word}”。请在下面勾选要提到的人。", fields={"text": f"“{word}”不止一人。"}
            )
        found.add(fitting[0])
    return frozenset(found)


def _fits(word: str, name: str) -> bool:
    """The whole name, or the part after the role (检查人员·䶮)."""
    return word == name or word == name.rpartition("·")[2]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…"


# --- following -------------------------------------------------------------------------------------------------


def is_following(hazard: Hazard, person_id: int) -> bool:
    """Whether this person follows the hazard."""
    wanted = select(Watch.id).where(Watch.hazard_id == hazard.id, Watch.person_id == person_id)
    return db.session.scalar(wanted) is not None


def follow(hazard: Hazard, *, by: Actor, now: datetime) -> None:
    """Be told from now on; once is enough."""
    if not is_following(hazard, by.person_id):
        db.session.add(Watch(hazard_id=hazard.id, person_id=by.person_id, since=now))
        _count(hazard)


def leave(hazard: Hazard, *, by: Actor) -> None:
    """Be told no more."""
    db.session.execute(
        delete(Watch).where(Watch.hazard_id == hazard.id, Watch.person_id == by.person_id),
        execution_options={"synchronize_session": False},
    )
    _count(hazard)


def _followers(hazard: Hazard) -> set[int]:
    """Whoever follows it and could still see it: of its enterprises, or of an office above its place."""
    if not hazard.watchers:
        return set()
    firms = [one for one in (hazard.enterprise_id, hazard.concerned_id) if one is not None]
    above = literal(hazard.region_path).startswith(Region.path)
    wanted = (
        select(Watch.person_id)
        .join(Person, Person.id == Watch.person_id)
        .outerjoin(Regulator, Regulator.id == Person.regulator_id)
        .outerjoin(Region, Region.code == Regulator.region_code)
        .where(Watch.hazard_id == hazard.id, Person.active, or_(Person.enterprise_id.in_(firms), above))
    )
    with everything("who follows a hazard"):
        return set(db.session.scalars(wanted))


def _count(hazard: Hazard) -> None:
    """Keep the figure of the hazard's row; following changes nothing of the record, so its version stays."""
    db.session.flush()
    followers = select(func.count()).where(Watch.hazard_id == hazard.id).scalar_subquery()
    db.session.execute(
        update(Hazard).where(Hazard.id == hazard.id).values(watchers=followers),
        execution_options={"synchronize_session": False},
    )


def tell_followers(hazard: Hazard, said: str, *, by: Actor | None, now: datetime) -> None:
    """Tell whoever follows a hazard what happened to it; called by what changes its state."""
    key = f"watch:{hazard.id}:{digest(said.encode())[:12]}:{hazard.chain_length}"
    others = _followers(hazard) - ({by.person_id} if by else set())
    if others:
        url = f"/hazards/{hazard.number}"
        tell(others, "watch", f"您关注的 {hazard.number}：{said}", now=now, url=url, key=key)
