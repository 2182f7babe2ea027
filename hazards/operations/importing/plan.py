"""What an import would do, worked out from the file and the register before anything is written.

Only reads, and holds plain values, so that the write after it is short. A dry run ends here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.access import Actor
from accounts.roles import Role
from accounts.rules import sector_of
from core.refusals import Invalid, NotAllowed
from core.uscc import normal_uscc
from hazards.ledger import Field, LedgerReading, LedgerRow, Remark, Skipped
from hazards.operations.importing.choices import Options, Tick
from hazards.operations.importing.enterprises import (
    LONGEST_NAME,
    Enterprises,
    NotTaken,
    Owner,
    Said,
    owner_by_code,
    owner_by_id,
)
from hazards.operations.importing.places import Office, Place, Places
from hazards.operations.importing.register import OWN_NUMBER, Claim, Register, Standing, claim
from hazards.operations.importing.report import (
    Difference,
    ImportReport,
    RowOutcome,
    count_states,
    row_values,
    without_informants,
)
from hazards.operations.importing.values import COMPARED, TITLES, Drafted, compare, draft, in_words
from workflows.vocabulary import Channel

TOLD_EVERY = 200
IMPORTERS = frozenset(
    {
        Role.SAFETY_MANAGER,
        Role.PRINCIPAL,
        Role.TOWN_OFFICER,
        Role.TOWN_HEAD,
        Role.INSPECTOR,
        Role.REVIEWER,
        Role.APPROVER,
        Role.COMMITTEE_CLERK,
    }
)


@dataclass(slots=True)
class NewHazard:
    """A hazard to be created; `values` are its columns as far as the file gives them."""

    row: int
    owner: Owner
    key: str
    values: dict[str, Any]
    industry: str
    sector: str
    office: Office | None
    concerned_id: int | None


@dataclass(frozen=True, slots=True)
class Fill:
    """Empty, unsigned columns of a hazard that the file fills."""

    row: int
    hazard_id: int
    version: int
    values: dict[str, Any]


@dataclass(slots=True)
class Plan:
    """Everything the write needs, and the report, which is the same for a dry run."""

    created: list[NewHazard] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    merged: dict[int, str | NewHazard] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    complaints: dict[int, str] = field(default_factory=dict)

    @property
    def new_owners(self) -> list[Owner]:
        """Enterprises to be registered, each once."""
        found = {id(one.owner): one.owner for one in self.created if one.owner.id is None}
        return list(found.values())


def only_owner(options: Options, by: Actor | None) -> Owner | None:
    """The enterprise of all rows: as told, else the own one of an enterprise's person; `Invalid` where unknown."""
    if options.enterprise:
        found = owner_by_code(normal_uscc(options.enterprise))
        if found is None:
            raise Invalid(f"没有登记信用代码为 {options.enterprise} 的企业，没有写入任何内容。请核对代码。")
        return found
    return owner_by_id(by.enterprise_id) if by is not None and by.enterprise_id is not None else None


def check_importer(by: Actor | None) -> None:
    """Refuse whoever has no business with ledgers; None is the operator at the command line."""
    if by is not None and not by.holds(*IMPORTERS):
        raise NotAllowed(f"{by.name}的角色不能导入台账，没有写入任何内容。请由安全管理人员或监管部门人员导入。")


def make_plan(
    reading: LedgerReading, options: Options, only: Owner | None, by: Actor | None, tick: Tick | None = None
) -> tuple[Plan, ImportReport]:
    """What each row becomes. Looks past the scope and keeps to it: the caller says why."""
    planner = _Planner(reading, options, only, by, tick or _quiet)
    plan = planner.run()
    skipped = sorted((*reading.skipped, *plan.skipped), key=lambda one: one.row)
    remarked = {one.row for one in (*reading.all_remarks, *plan.remarks)}
    remarks = sorted((*reading.all_remarks, *plan.remarks), key=lambda one: one.row)
    outcomes = _outcomes(reading, plan, skipped)
    report = ImportReport(
        title=reading.title,
        sheet=reading.sheet,
        filed_by=reading.filed_by,
        filed_on=reading.filed_on,
        created=len(plan.created),
        merged=len(plan.merged),
        skipped=tuple(skipped),
        remarks=tuple(without_informants(reading, plan.complaints, remarks)),
        states=count_states(one.values["state"] for one in plan.created),
        new_enterprises=len(plan.new_owners),
        differences=tuple(plan.differences),
        complaints=plan.complaints,
        outcomes=outcomes,
        clean=sum(one.outcome != "skipped" and one.row not in remarked for one in outcomes),
        hazards=len(plan.created),
    )
    return plan, report


def _outcomes(reading: LedgerReading, plan: Plan, skipped: Iterable[Skipped]) -> tuple[RowOutcome, ...]:
    """What became of every row, in the order of the sheet."""
    rows = {row.row: row_values(row) for row in reading.rows}
    found = [RowOutcome(made.row, 0, "created", values=rows[made.row]) for made in plan.created]
    for row, had in plan.merged.items():
        same = had if isinstance(had, str) else ""
        found.append(RowOutcome(row, 0, "merged", number=same, values=rows[row]))
    found += [RowOutcome(one.row, 0, "skipped", one.reason, values=rows.get(one.row, {})) for one in skipped]
    return tuple(sorted(found, key=lambda one: one.row))


def _quiet(_done: int, _total: int) -> None:
    """Nobody asked how far it is."""


class _Planner:
    """Works through the rows in the order of the sheet."""

    def __init__(
        self, reading: LedgerReading, options: Options, only: Owner | None, by: Actor | None, tick: Tick
    ) -> None:
        self.reading, self.by, self.tick = reading, by, tick
        self.places, self.register, self.plan = Places(), Register(), Plan()
        self.told_channel = options.channel
        self.channel = options.channel or self._usual_channel(only)
        self.enterprises = Enterprises(self._told_place(options), self._own_place(), only)
        self.titles = TITLES | {column.field: column.title for column in reading.columns if column.field is not None}
        self.made: dict[str, NewHazard] = {}
        self.fills: dict[int, Fill] = {}
        self.introduced: set[int] = set()

    def _usual_channel(self, only: Owner | None) -> Channel:
        """Without a word on it, an enterprise's own list is its self-inspection, any other a check."""
        is_own_list = only is not None or any(column.field is Field.CHECK_LEVEL for column in self.reading.columns)
        return Channel.SELF_INSPECTION if is_own_list else Channel.SUPERVISION

    def _told_place(self, options: Options) -> Place | None:
        """The region given with the command."""
        found = self.places.by_code(options.region) if options.region else None
        if options.region and found is None:
            raise Invalid(f"{options.region} 不是登记的区县或镇街代码，没有写入任何内容。请核对 --region。")
        return found

    def _own_place(self) -> Place | None:
        """The region of the importer's office, unless that is the city's."""
        own = self.by.region_path if self.by is not None else None
        return self.places.by_code(own.strip("/").split("/")[-1]) if own else None

    def run(self) -> Plan:
        """Enterprises first, since a later row may tell the code of an earlier one; then what is known already."""
        rows = [self._with_short_name(row) for row in self.reading.rows]
        placed = [self.places.of_row(row) for row in rows]
        self.enterprises.read(rows)
        self.enterprises.read_alike({place.code for place in placed if place})
        owned = [(row, owner) for row, place in zip(rows, placed, strict=True) if (owner := self._owner(row, place))]
        claims = [claim(row, owner) for row, owner in owned]
        self.register.read(claims)
        for done, one in enumerate(claims):
            if done % TOLD_EVERY == 0:
                self.tick(done, len(claims))
            self._take(one)
        self.tick(len(claims), len(claims))
        self._remark_channel()
        return self.plan

    def _with_short_name(self, row: LedgerRow) -> LedgerRow:
        if len(row.enterprise_name) <= LONGEST_NAME:
            return row
        self._remark(row, [Said("enterprise_name", row.enterprise_name, f"超过 {LONGEST_NAME} 个字：只登记前面部分")])
        return replace(row, enterprise_name=row.enterprise_name[:LONGEST_NAME])

    def _owner(self, row: LedgerRow, place: Place | None) -> Owner | None:
        where = self.places.with_town(place, row.town_name) if place and row.town_name else place
        try:
            found = self.enterprises.of_row(row, where)
        except NotTaken as refused:
            self._skip(row, refused.reason)
            return None
        self._remark(row, found.remarks)
        return found.owner

    def _take(self, one: Claim) -> None:
        """Put the row where it belongs: merged, repeated, created or skipped."""
        try:
            self._keep_inside(one)
            known = self.register.known(one)
            before = self._before(one)
        except NotTaken as refused:
            self._skip(one.row, refused.reason)
            return
        channel = one.row.channel or self.told_channel
        drafted = draft(replace(one.row, channel=channel))
        self.plan.remarks += drafted.remarks
        if drafted.aside:
            self.plan.complaints[one.row.row] = drafted.aside
        if known is not None:
            self._merge(one, known, drafted)
        elif before is not None:
            self._repeat(one, before, drafted)
        else:
            self._create(one, drafted)

    def _skip(self, row: LedgerRow, reason: str) -> None:
        self.plan.skipped.append(Skipped(row.row, reason))

    def _keep_inside(self, one: Claim) -> None:
        """Only what the person may see may be written (domain.md §2)."""
        if self.by is None:
            return
        if self.by.enterprise_id is not None:
            is_inside = one.owner.id == self.by.enterprise_id
        else:
            is_inside = self._is_supervised(one, self.by)
        if not is_inside:
            raise NotTaken(f"“{one.owner.name[:60]}”不在{self.by.name}的管辖范围内")

    def _is_supervised(self, one: Claim, by: Actor) -> bool:
        if by.region_path is None or not one.owner.region_path.startswith(by.region_path):
            return False
        sector = _sector(one)
        office = self._office(one, sector)
        return by.sectors is None or sector in by.sectors or (office is not None and office.id == by.regulator_id)

    def _office(self, one: Claim, sector: str) -> Office | None:
        named = self.places.named_office(one.owner.region_path, one.row.regulator_name)
        return named or self.places.office_by_rule(one.owner.region_path, sector)

    def _before(self, one: Claim) -> NewHazard | None:
        """The same hazard in an earlier row of this file."""
        before = next((self.made[key] for key in one.keys if key in self.made), None)
        if before is not None and before.owner is not one.owner:
            raise NotTaken(f"编号 {one.row.number[:40]} 在本文件第 {before.row} 行属于别的企业，请核对")
        return before

    def _merge(self, one: Claim, known: Standing, drafted: Drafted) -> None:
        found = compare(known.values, drafted.values)
        differs = dict(found.differs)
        if known.is_signed:
            differs |= {name: (None, value) for name, value in found.fills.items()}
        elif found.fills:
            self._fill(one.row.row, known, found.fills)
        self.plan.merged[one.row.row] = known.number
        self._remark_differences(one.row, known.number, differs)

    def _fill(self, row: int, known: Standing, values: dict[str, Any]) -> None:
        """Another row of this file that is the same hazard finds it filled already."""
        fill = self.fills.get(known.id)
        if fill is None:
            fill = self.fills[known.id] = Fill(row, known.id, known.version, {})
            self.plan.fills.append(fill)
        fill.values.update(values)
        known.values.update(values)

    def _repeat(self, one: Claim, before: NewHazard, drafted: Drafted) -> None:
        found = compare(before.values, drafted.values)
        before.values |= found.fills
        self.plan.merged[one.row.row] = before
        self._remark_differences(one.row, "", found.differs)

    def _remark_differences(self, row: LedgerRow, number: str, differs: dict[str, tuple[Any, Any]]) -> None:
        for name, (here, file) in differs.items():
            title, now, said = self.titles[COMPARED[name]], in_words(name, here), in_words(name, file)
            self.plan.differences.append(Difference(row.row, number, title, now, said))
            reason = f"登记的是“{now[:80]}”，没有改动" if now else "登记的空着，已有签批，没有补上"
            self.plan.remarks.append(Remark(row.row, title, said[:200], reason))

    def _create(self, one: Claim, drafted: Drafted) -> None:
        row, owner, sector = one.row, one.owner, _sector(one)
        office = self._office(one, sector)
        values = {"channel": self.channel} | drafted.values
        concerned = self.enterprises.concerned(row.owner_name, owner)
        if row.owner_name and concerned is None:
            note = f"{TITLES[Field.OWNER_NAME]}：{row.owner_name[:200]}"
            values["import_note"] = "；".join(filter(None, (values.get("import_note"), note)))
        made = NewHazard(
            row=row.row,
            owner=owner,
            key=one.keys[0],
            values=values,
            industry=drafted.values.get("industry") or owner.industry,
            sector=sector,
            office=office,
            concerned_id=concerned,
        )
        self.plan.created.append(made)
        self.made |= dict.fromkeys(one.keys, made)
        self._introduce(owner, row)
        self._remark(row, self._about_office(one, office))
        self._remark(row, self._about_number(row))

    def _introduce(self, owner: Owner, row: LedgerRow) -> None:
        if owner.id is None and id(owner) not in self.introduced:
            self.introduced.add(id(owner))
            self._remark(row, self.enterprises.about_new(owner, row))

    def _about_office(self, one: Claim, office: Office | None) -> Iterable[Said]:
        named = one.row.regulator_name
        if office is None:
            return (Said("regulator_name", named, "登记里还没有能负责这一条的监管单位：监管责任单位留空"),)
        if named and self.places.named_office(one.owner.region_path, named) is None:
            return (Said("regulator_name", named, f"没有登记这个监管单位：由“{office.name}”负责"),)
        return ()

    def _about_number(self, row: LedgerRow) -> Iterable[Said]:
        if OWN_NUMBER.fullmatch(row.number.upper()):
            return (Said("number", row.number, "本册没有这个编号：另编新号，原编号记在导入说明"),)
        return ()

    def _remark_channel(self) -> None:
        """Where the file does not say how a hazard came in and nobody told: once for the file, or row by row."""
        silent = {row.row for row in self.reading.rows if row.channel is None} if self.told_channel is None else set()
        rows = [made.row for made in self.plan.created if made.row in silent]
        if rows and len(silent) == len(self.reading.rows):
            rows = [self.reading.header_rows[1]]
        reason = f"没有写隐患来源：按「{self.channel.label}」登记，请核对；可用 --channel 指明"
        self.plan.remarks += [Remark(row, self.titles[Field.CHANNEL], "", reason) for row in rows]

    def _remark(self, row: LedgerRow, said: Iterable[Said]) -> None:
        self.plan.remarks += [
            Remark(row.row, self.titles[Field(one.field)], one.text[:200], one.reason) for one in said
        ]


def _sector(one: Claim) -> str:
    """The sector the file names, else the enterprise's own."""
    named = sector_of(one.row.industry) if one.row.industry else "其他"
    return named if named != "其他" else one.owner.sector or "其他"
