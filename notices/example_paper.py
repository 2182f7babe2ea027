"""A made-up notice, to see what a text looks like on paper before it is kept: nothing of it is in the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from accounts.models import Enterprise, Person, Region, Regulator
from accounts.rules import RegionKind
from hazards.models import Hazard
from notices.fields import kept_fields
from notices.filling.about import About
from notices.filling.paper import Filling, paper_of
from notices.number_patterns import prefix_of
from notices.numbers import number_text
from notices.snapshots import NoticeSnapshot
from notices.texts import Parts
from notices.texts.examples import ENTERPRISE, example_fields
from workflows.notices import DEFAULT_PATTERNS, NOTICES, NoticeKind
from workflows.vocabulary import Grade, State

_PLACES: Final = (
    ("熔炼车间 2 号炉前", "铸造坑内积水，无防水和排水措施", Grade.MAJOR),
    ("涂装车间", "喷漆室可燃气体报警装置失效", Grade.GENERAL),
)


def example_paper(office: Regulator, kind: NoticeKind, parts: Parts, *, now: datetime) -> NoticeSnapshot:
    """The snapshot of a made-up draft of this office, about one hazard or two."""
    row = NOTICES[kind]
    firm = _firm()
    about = About(
        kind=kind,
        now=now,
        kept=kept_fields(row, example_fields(kind)),
        hazards=[_hazard(firm, place, kind) for place in range(min(row.most, len(_PLACES)))],
        office=office,
        enterprise=firm,
        people=[Person(name="示例甲", certificate_no="示0001"), Person(name="示例乙", certificate_no="示0002")],
        number=number_text(DEFAULT_PATTERNS[row.family], prefix_of(office), row.word, now.year, 1),
        addressee=row.to_whom or ENTERPRISE,
    )
    return paper_of(about, Filling(parts, draft=True))


def _firm() -> Enterprise:
    return Enterprise(
        name=ENTERPRISE,
        uscc="91350100M000100Y43",
        address="示例市示例区工业大道 1 号",
        principal_name="示例丙",
        controller_name="示例丁",
        industry="工贸-机械",
        region=Region(code="000000", name="示例区", kind=RegionKind.DISTRICT, path="/000000/"),
    )


def _hazard(firm: Enterprise, place: int, kind: NoticeKind) -> Hazard:
    """One of the made-up hazards; of those re-inspected the second has passed."""
    where, what, grade = _PLACES[place]
    passed = place and kind is NoticeKind.REINSPECTION
    return Hazard(
        number=f"HZ-2026-{place + 1:06d}",
        enterprise=firm,
        place=where,
        description=what,
        grade=grade,
        state=State.VERIFIED if passed else State.RECTIFYING,
        found_on=date(2026, 11, 3),
        deadline=date(2026, 12, 10),
        basis="《工贸企业重大事故隐患判定标准》第五条第三项",
        order_basis="《中华人民共和国安全生产法》第四十一条第二款",
        order_number="（示）应急责改〔2026〕9号",
        listed_number="示安办挂〔2026〕3号",
        basis_unconfirmed=False,
        criterion_clause="",
        criterion_reason="",
    )
