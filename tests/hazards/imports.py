"""Short verbs for tests of importing: a register with its regions, ledgers made in memory, counts of every table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from accounts.models import Regulator
from accounts.regions import seed_regions
from accounts.rules import OfficeLevel
from core.db import Base, db, unit_of_work
from core.scope import everything
from hazards.models import Hazard, LedgerImport
from hazards.operations.importing import Decisions, ImportReport, Options, import_ledger
from tests.hazards.city import City
from tests.hazards.ledgers import FOLDER
from tests.sheets.files import workbook

LEDGER = "regulator_ledger.xlsx"
PLANT = "91350100M000100Y43"
TOLD = Options(decisions=Decisions(confirmed=True))
HEADER = ["企业名称", "统一社会信用代码", "区县", "隐患描述", "隐患等级", "发现时间", "整改状态", "隐患来源"]


def make_regions() -> dict[str, int]:
    """The city's regions with two offices: of the city, and of 綦江区."""
    with unit_of_work() as session:
        seed_regions()
        city = _office("重庆市应急管理局", OfficeLevel.CITY, "500000", None)
        session.add(city)
        session.flush()
        district = _office("綦江区应急管理局", OfficeLevel.DISTRICT, "500110", city.id)
        session.add(district)
        session.flush()
        return {"city": city.id, "district": district.id}


def _office(name: str, level: OfficeLevel, region: str, parent: int | None) -> Regulator:
    return Regulator(
        code=region,
        name=name,
        short_name=name,
        level=level,
        region_code=region,
        is_comprehensive=True,
        parent_id=parent,
    )


def take(
    data: bytes,
    now: datetime,
    options: Options | None = None,
    *,
    city: City | None = None,
    by: str = "",
    dry_run: bool = False,
    name: str = "台账.xlsx",
) -> ImportReport:
    """Import these bytes, as a person of the city where one is named."""
    actor = city.actor(by) if city is not None and by else None
    return import_ledger(data, name, options or TOLD, by=actor, now=now, dry_run=dry_run)


def sample_bytes(name: str = LEDGER) -> bytes:
    """The bytes of a sample ledger."""
    return (FOLDER / name).read_bytes()


def ledger(*rows: Sequence[object], header: Sequence[str] = HEADER, title: str = "隐患台账") -> bytes:
    """A ledger of these rows under a title and a header."""
    return workbook([[title], list(header), *[list(row) for row in rows]])


def one_row(**cells: object) -> bytes:
    """A ledger of one row of the plant; give what differs."""
    usual: dict[str, object] = {
        "企业名称": "示例綦江机械制造有限公司5号厂",
        "统一社会信用代码": PLANT,
        "区县": "綦江区",
        "隐患描述": "1号炉冷却水管渗漏",
        "隐患等级": "一般",
        "发现时间": "2026-11-02",
        "整改状态": "待整改",
        "隐患来源": "督导检查",
    }
    columns = usual | cells
    return ledger(list(columns.values()), header=list(columns))


def counts() -> dict[str, int]:
    """How many rows every table has."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        found[table.name] = db.session.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def hazards() -> list[Hazard]:
    """Every hazard, in the order in which they came in."""
    with everything("tests"):
        return list(db.session.scalars(select(Hazard).order_by(Hazard.id)))


def imports() -> list[LedgerImport]:
    """Every file that came in, in the order in which it did."""
    with everything("tests"):
        return list(db.session.scalars(select(LedgerImport).order_by(LedgerImport.id)))


def reasons(report: ImportReport, row: int) -> list[str]:
    """Why a row was remarked."""
    return [remark.reason for remark in report.remarks if remark.row == row]
