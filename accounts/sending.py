"""Sends on what was told: letters and posts to groups, each claimed, checked once more, sent, settled.

Called by the job runner every minute; two runners share the work, none is sent twice (`core/delivering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select, update

from accounts.deliveries import WAYS
from accounts.models import Grant, Person
from accounts.robots import group_of, note_posted
from accounts.roles import Role
from accounts.routing import route_messages
from accounts.telling import CODE_JOB, address_of, choice_of, code_letter
from accounts.telling_rules import Choice, MailMode, held_until, topic_of
from accounts.told_models import MailAddress, Robot, TellingChoice
from core.days import shanghai_day
from core.db import after_commit, db, unit_of_work
from core.delivering import (
    CUT_SHORT,
    MOST_TRIES,
    Claimed,
    NotDelivered,
    cancel,
    claim_next,
    messages_of,
    note_failed,
    note_sent,
    postpone,
)
from core.delivery_models import Channel
from core.jobs import Jobs
from core.mail import Connection, Letter, MailServer
from core.models import OutboxMessage
from core.outbox import still_true, tell
from core.refusals import Invalid
from core.robots import Group, post
from core.scope import everything
from core.web import PRODUCT, settings

AT_MOST: Final = 5000  # in one run
NEXT_RUN: Final = timedelta(minutes=1)
LONGEST_LIST: Final = 100  # messages of one letter
DONE: Final = "已经办完，不再提醒"


def send_messages(now: datetime) -> None:
    """Route what is new, then send what is due: the job `outbox`."""
    mail_url = settings().mail_url
    route_messages(now, with_mail=bool(mail_url))
    if mail_url:
        _send_letters(MailServer.of(mail_url, settings().public_url))
    _send_posts()


def _clock() -> datetime:
    moment: datetime = current_app.extensions["clock"]()
    return moment


# --- letters ---------------------------------------------------------------------------------------------------


def _send_letters(server: MailServer) -> None:
    """One connection for all of them; where nobody answers, the rest waits for the next run."""
    with ExitStack() as at_end:
        line: Connection | None = None
        for _ in range(AT_MOST):
            held = claim_next(Channel.MAIL, _clock())
            if held is None:
                return
            letter = None if _is_cut_short(held) else _letter_for(held)
            if letter is None:
                continue
            try:
                if line is None:
                    line = at_end.enter_context(server.open())
                line.send(letter)
            except NotDelivered as failure:
                _note_failure(held, failure)
                if failure.is_down:
                    return
                continue
            note_sent(held, _clock())


def _letter_for(held: Claimed) -> Letter | None:
    """What is to be sent to whom; None where it was cancelled or put off instead."""
    with everything("what is sent to people outside the product"):
        found = _prepared(held, _clock())
    db.session.rollback()  # nothing stays open in the database while the server is waited for
    if isinstance(found, Letter):
        return found
    if isinstance(found, datetime):
        postpone(held, found)
    else:
        cancel(held, found)
    return None


def _prepared(held: Claimed, now: datetime) -> Letter | datetime | str:
    """The letter as it reads now, or until when it must wait, or why it is not sent."""
    found = _addressee(held.person_id)
    if found is None:
        return "收件人已停用，或不再收邮件"
    address, choice = found
    carried = messages_of(held)
    said = still_true(carried, now)
    messages = [one for one in carried if one.id in said]
    if not messages:
        return DONE
    if (until := held_until(choice, [one.kind for one in messages], now)) is not None:
        return until
    return Letter(address, _subject(messages, said), _text(messages, said), _mark(held, messages), held.made_at)


def _addressee(person_id: int | None) -> tuple[str, Choice] | None:
    found = db.session.execute(
        select(MailAddress.address, TellingChoice)
        .join(Person, Person.id == MailAddress.person_id)
        .outerjoin(TellingChoice, TellingChoice.person_id == MailAddress.person_id)
        .where(MailAddress.person_id == person_id, MailAddress.verified_at.is_not(None), Person.active)
    ).first()
    if found is None or (choice := choice_of(found.TellingChoice)).mode is MailMode.NEVER:
        return None
    return found.address, choice


def _mark(held: Claimed, messages: Sequence[OutboxMessage]) -> str:
    """The same for the same letter, whenever it is sent."""
    return f"told.{held.id}.{messages[0].id}.{int(held.made_at.timestamp())}"


def _subject(messages: Sequence[OutboxMessage], said: dict[int, str]) -> str:
    first = messages[0]
    if len(messages) == 1:
        return f"【{topic_of(first.kind).label}】{said[first.id]}"
    return f"【{PRODUCT}】{len(messages)} 条消息"


def _text(messages: Sequence[OutboxMessage], said: dict[int, str]) -> str:
    shown = messages[:LONGEST_LIST]
    parts = [_with_link(said[one.id], one.url) for one in shown]
    if len(messages) > 1:
        parts = [f"{number}. {part}" for number, part in enumerate(parts, 1)]
    if len(messages) > len(shown):
        parts.append(_with_link(f"还有 {len(messages) - len(shown)} 条", "/me/messages"))
    foot = f"--\n{PRODUCT}自动发出，请勿回复。怎样收提醒：{settings().public_url}/me/telling"
    return "\n\n".join([*parts, foot]) + "\n"


def _with_link(text: str, url: str) -> str:
    return f"{text}\n{settings().public_url}{url}" if url.startswith("/") else text


# --- groups ----------------------------------------------------------------------------------------------------


def _send_posts() -> None:
    """A platform that does not answer is waited for once; what else is meant for it waits for the next run."""
    down: set[str] = set()
    for _ in range(AT_MOST):
        held = claim_next(Channel.ROBOT, _clock())
        if held is None:
            return
        if not _is_cut_short(held):
            _post(held, down)


def _post(held: Claimed, down: set[str]) -> None:
    """Say it in the group; `down`: the platforms that did not answer in this run."""
    now = _clock()
    with everything("what is sent to people outside the product"):
        group, text = _prepared_post(held, now)
    db.session.rollback()
    if group is None:
        cancel(held, text)
        return
    platform = urlsplit(group.url).netloc.lower()
    if platform in down:
        postpone(held, now + NEXT_RUN)
        return
    try:
        post(group, f"【{PRODUCT}】{text}", now=now, relay=settings().robot_relay)
    except (NotDelivered, Invalid) as failure:
        known = failure if isinstance(failure, NotDelivered) else NotDelivered(failure.sentence, is_final=True)
        if known.is_down:
            down.add(platform)
        _note_failure(held, known)
        _note_robot(held, known.reason)
        return
    note_sent(held, _clock())
    _note_robot(held, "")


def _prepared_post(held: Claimed, now: datetime) -> tuple[Group | None, str]:
    """The group and what is said in it now; or None and why nothing is."""
    robot = db.session.get(Robot, held.robot_id)
    group = group_of(robot) if robot is not None and robot.ended_at is None else None
    if group is None:
        return None, "机器人已停用"
    carried = messages_of(held)
    said = still_true(carried, now)
    if not said:
        return None, DONE
    return group, "\n".join(_with_link(said[one.id], one.url) for one in carried if one.id in said)


def _note_robot(held: Claimed, error: str) -> None:
    with everything("what is sent to people outside the product"), unit_of_work():
        note_posted(held.robot_id or 0, error, _clock())


# --- what did not go out ---------------------------------------------------------------------------------------


def _is_cut_short(held: Claimed) -> bool:
    """Whether it is given up because every runner that took it died over it."""
    if held.tries <= MOST_TRIES:
        return False
    _note_failure(held, NotDelivered(CUT_SHORT, is_final=True))
    return True


def _note_failure(held: Claimed, failure: NotDelivered) -> None:
    """Try again later; what is given up is told to the administrators, once a day for each way."""
    now = _clock()
    if not note_failed(held, failure, now):
        return
    with everything("what is sent to people outside the product"), unit_of_work() as session:
        holders = select(Grant.person_id).join(Person, Person.id == Grant.person_id)
        admins = session.scalars(
            holders.where(Grant.role == Role.SYSTEM_ADMIN, Grant.ended_at.is_(None), Person.active)
        ).all()
        text = f"有{WAYS[held.channel]}多次没有发出，已不再发：{failure.reason}。请查看发送情况。"
        key = f"undelivered:{held.channel.value}:{shanghai_day(now).isoformat()}"
        tell(admins, "undelivered", text, now=now, url="/admin/deliveries", key=key)


# --- the code that proves an address ---------------------------------------------------------------------------


def send_code_soon(person_id: int) -> None:
    """Have the job runner send the code once it is safely down; inside the unit of work that made it."""
    jobs: Jobs = current_app.extensions["jobs"]
    after_commit(lambda: jobs.ask_for(CODE_JOB, str(person_id)))


def send_code(what: str, now: datetime) -> None:
    """Send the code that is waiting for this person (the job `mail-code`); the page says where it failed."""
    if not settings().mail_url:
        return
    with everything("what is sent to people outside the product"):
        row = address_of(int(what))
        letter = code_letter(row, now) if row is not None else None
    db.session.rollback()
    if letter is None:
        return
    try:
        with MailServer.of(settings().mail_url, settings().public_url).open() as line:
            line.send(letter)
    except NotDelivered as failure:
        with everything("what is sent to people outside the product"), unit_of_work() as session:
            mine = update(MailAddress).where(MailAddress.person_id == int(what), MailAddress.code != "")
            session.execute(mine.values(code_error=failure.reason), execution_options={"synchronize_session": False})
