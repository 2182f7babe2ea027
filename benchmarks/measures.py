"""What is measured: pages as a signed-in person gets them, beside an empty page and the same rows as plain SQL."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

from accounts.access import actor_of, viewer_of
from accounts.models import Person
from accounts.passwords import hash_password
from application import create_app
from core.db import db, unit_of_work
from core.scope import everything, viewing
from core.settings import load_settings
from hazards.models import Hazard
from hazards.operations import requests
from hazards.queries import hazard_by_number
from workflows.closure import Origin
from workflows.vocabulary import Action, Manner, State, Verdict

PASSWORD = "Bench-mark-2026"
ROUNDS = 40
LIST = "/hazards/?state=rectifying"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: CPU of the application's process per request, median."""

    name: str
    milliseconds: float
    queries: int | None = None
    kilobytes: float = 0


def measure(url: str, instance: Path, hazards: int, enterprises: int) -> list[Result]:
    """Fill a new database, measure, and give the lines."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    app.add_url_rule("/empty", "empty", lambda: "", methods=["GET"])
    _fill(app, hazards, enterprises)
    client, number = _signed_in(app)
    results = [
        page(app, client, "empty page", "/empty"),
        _plain_sql(app),
        page(app, client, "list, 50 rows", LIST),
        page(app, client, "search, two characters", "/hazards/?q=疏散"),
        page(app, client, "detail", f"/hazards/{number}"),
        page(app, client, "home", "/"),
    ]
    with app.app_context():
        results.append(_signature())
        db.session.remove()
        db.engine.dispose()
    return results


def _fill(app: Flask, hazards: int, enterprises: int) -> None:
    with app.app_context():
        db.create_all()
        for step in app.extensions["on_init"]:
            if "font" not in step.__name__:
                step(app.extensions["clock"]())
    arguments = ["seed", "--hazards", str(hazards), "--enterprises", str(enterprises)]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def inspector_of(app: Flask) -> tuple[str, str]:
    """The login of an inspector, whose password is now `PASSWORD`, and the number of one hazard of theirs."""
    with app.app_context(), everything("benchmark"), unit_of_work() as session:
        person, number = session.execute(
            select(Person, Hazard.number)
            .join(Hazard, Hazard.responsible_office_id == Person.regulator_id)
            .where(Hazard.state == State.RECTIFYING)
            .order_by(Person.id, Hazard.id)
            .limit(1)
        ).one()
        person.password_hash = hash_password(PASSWORD)
        login = person.login or ""
    return login, number


def _signed_in(app: Flask) -> tuple[FlaskClient, str]:
    """A client signed in as an inspector, and the number of one hazard in that inspector's scope."""
    login, number = inspector_of(app)
    client = app.test_client()
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:400]
    return client, number


def _timed(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    act()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def page(app: Flask, client: FlaskClient, name: str, path: str) -> Result:
    """What one page costs a signed-in person."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return Result(name, _timed(lambda: client.get(path)), _queries(app, client, path), len(answer.data) / 1024)


def _queries(app: Flask, client: FlaskClient, path: str) -> int:
    count = 0

    def counted(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        nonlocal count
        count += not statement.startswith("BEGIN")  # which PostgreSQL's driver sends by itself

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", counted)
    client.get(path)
    event.remove(engine, "before_cursor_execute", counted)
    return count


def _plain_sql(app: Flask) -> Result:
    """The rows of the list page as plain SQL over the driver."""
    statement = text(
        "SELECT number, description, place, state, grade, deadline, holder, enterprise_id FROM hazard "
        "WHERE state = 'rectifying' ORDER BY deadline, id LIMIT 50"
    )
    with app.app_context(), db.engine.connect() as connection:
        return Result("plain SQL, 50 rows", _timed(lambda: connection.execute(statement).all()), 1)


def _signature() -> Result:
    """A signature that changes the state (a return), without the password check; each hazard once."""
    returnable = (Hazard.state == State.VERIFIED) & (Hazard.origin == Origin.ORDERED)
    with everything("benchmark"):
        by_office = select(Hazard.responsible_office_id).where(returnable).group_by(Hazard.responsible_office_id)
        office = db.session.scalars(by_office.order_by(func.count().desc()).limit(1)).one()
        person = db.session.scalars(select(Person).where(Person.regulator_id == office).limit(1)).one()
        actor, viewer = actor_of(person), viewer_of(person)
        own = select(Hazard.number).where(returnable, Hazard.responsible_office_id == office)
        numbers = list(db.session.scalars(own.limit(ROUNDS)))
    times = []
    with viewing(viewer):
        for number in numbers:
            offered = {"reason": "复查发现未落实", "new_deadline": "2099-12-31"}
            with unit_of_work():
                hazard = hazard_by_number(number)
                requests.open_request(hazard, Action.RETURN, by=actor, offered=offered, now=hazard.reported_at)
            start = time.process_time()
            with unit_of_work():
                hazard = hazard_by_number(number)
                requests.sign(
                    hazard,
                    by=actor,
                    verdict=Verdict.APPROVED,
                    opinion="退回",
                    manner=Manner.CONFIRMED,
                    now=hazard.reported_at,
                )
            times.append((time.process_time() - start) * 1000)
    return Result(f"signature ({len(times)} of them)", statistics.median(times))
