"""Works out what each row of a ledger becomes, from the file and the register, before anything is written.

Only reads, and holds plain values, so that the write after it is short. A dry run ends here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from accounts.access import Actor, named_to
from accounts.rules import sector_of
from core.refusals import Invalid
from hazards.ledger import Field, LedgerReading, LedgerRow, Remark
from hazards.operations.importing.choices import NEW, NONE, Options, Tick, name_key
from hazards.operations.importing.clauses import Criteria
from hazards.operations.importing.enterprises import LONGEST_NAME, Enterprises, NotTaken, Owner, Said
from hazards.operations.importing.places import Office, Place, Places
from hazards.operations.importing.plan import Fill, NewHazard, Plan, doubtful_rows, report_of
from hazards.operations.importing.register import OWN_NUMBER, Claim, Register, Standing, claim
from hazards.operations.importing.report import Difference, ImportReport
from hazards.operations.importing.units import PROPOSED, Team, Teams
from hazards.operations.importing.unknown import Names
from hazards.operations.importing.values import COMPARED, TITLES, Drafted, compare, draft, in_words
from workflows.vocabulary import Channel

TOLD_EVERY: Final = 200
LEFT_OUT: Final = "有备注，按您的选择没有导入"


@dataclass(frozen=True, slots=True)
class Asked:
    """A file as it was read, and what was told beside it, by whom, on which day."""

    reading: LedgerReading
    options: Options
    only: Owner | None
    by: Actor | None
    today: date
    tick: Tick


def make_plan(asked: Asked) -> tuple[Plan, ImportReport]:
    """What each row becomes. Looks past the scope and keeps to it: the caller says why."""
    planner = _Planner(asked, frozenset())
    plan = planner.run()
    if asked.options.only_clean:
        left: set[int] = set()
        kept: list[Remark] = []
        while doubtful := (doubtful_rows(asked.reading, plan) & _taken(plan)) - left:
            kept += [one for one in plan.remarks if one.row in doubtful]
            left |= doubtful
            planner = _Planner(asked, left)
            plan = planner.run()
        plan.remarks += kept
    return plan, report_of(asked.reading, plan, planner.names)


def _taken(plan: Plan) -> set[int]:
    return {one.row for one in plan.created} | {row for row, _ in plan.merged}


class _Planner:
    """Works through the rows in the order of the sheet; those `left` out are only skipped."""

    def __init__(self, asked: Asked, left: Collection[int]) -> None:
        options = asked.options
        self.asked, self.left, self.by = asked, left, asked.by
        self.names = Names(options.decisions)
        self.places, self.register, self.teams, self.plan = Places(), Register(), Teams(), Plan()
        self.criteria = Criteria()
        self.channel = options.channel or self._usual_channel()
        self.enterprises = Enterprises(
            self.names, named_to(self.by), self.places.similar, self._told_place(options), self._own_place(), asked.only
        )
        titles = {column.field: column.title for column in asked.reading.columns if column.field is not None}
        self.titles = TITLES | titles
        self.made: dict[str, NewHazard] = {}
        self.said: dict[tuple[int, int], tuple[Said, ...]] = {}
        self.fills: dict[int, Fill] = {}
        self.introduced: set[int] = set()

    def _usual_channel(self) -> Channel:
        """Without a word on it, an enterprise's own list is its self-inspection, any other a check."""
        columns = self.asked.reading.columns
        is_own_list = self.asked.only is not None or any(column.field is Field.CHECK_LEVEL for column in columns)
        return Channel.SELF_INSPECTION if is_own_list else Channel.SUPERVISION

    def _told_place(self, options: Options) -> Place | None:
        """The region given with the command."""
        found = self.places.by_code(options.region) if options.region else None
        if options.region and found is None:
            raise Invalid(f"{options.region} 不是登记的区县或镇街代码，没有写入任何内容。请核对 --region。")
        own = self.by.region_path if self.by is not None else None
        if found is not None and own is not None and not found.whole_path.startswith(own):
            raise Invalid(f"{options.region} 不在您的管辖范围内，没有写入任何内容。请改选辖区内的区县或镇街。")
        return found

    def _own_place(self) -> Place | None:
        """The region of the importer's office, unless that is the city's."""
        own = self.by.region_path if self.by is not None else None
        return self.places.by_code(own.strip("/").split("/")[-1]) if own else None

    # --- the way of the rows -----------------------------------------------------------------------------------

    def run(self) -> Plan:
        """Enterprises first, since a later row may tell the code of an earlier one; then what is known already."""
        rows = [self._with_short_name(row) for row in self.asked.reading.rows]
        self.enterprises.read(rows)
        owned = [(row, owner) for row in rows if (owner := self._owner(row))]
        self.enterprises.read_alike()
        if any(row.unit_name for row, _ in owned):
            self.teams.read([owner for _, owner in owned])
        claims = [claim(row, owner) for row, owner in owned]
        self.register.read(claims)
        for done, one in enumerate(claims):
            if done % TOLD_EVERY == 0:
                self.asked.tick(done, len(claims))
            self._take(one)
        self.asked.tick(len(claims), len(claims))
        self._remark_channel()
        return self.plan

    def _with_short_name(self, row: LedgerRow) -> LedgerRow:
        if len(row.enterprise_name) <= LONGEST_NAME:
            return row
        self._remark(row, [Said("enterprise_name", row.enterprise_name, f"超过 {LONGEST_NAME} 个字：只登记前面部分")])
        return replace(row, enterprise_name=row.enterprise_name[:LONGEST_NAME])

    def _owner(self, row: LedgerRow) -> Owner | None:
        if row.row in self.left:
            self._skip(row, LEFT_OUT)
            return None
        try:
            place = self._place(row)
            if place is not None:
                self._keep_in_region(row, place.path)
            found = self.enterprises.of_row(row, place)
            self._keep_in_region(row, found.owner.region_path)
        except NotTaken as refused:
            self._skip(row, refused.reason)
            return None
        if found.owner.unknown_key:
            self.names.again(found.owner.unknown_key, row.row)
        self.said[row.row, row.part] = found.remarks
        return found.owner

    def _keep_in_region(self, row: LedgerRow, path: str) -> None:
        """Nothing is asked or told about what lies outside the importer's region, not even a name."""
        own = self.by.region_path if self.by is not None else None
        if own is not None and not (path.startswith(own) or own.startswith(path)):
            raise NotTaken(self._outside(row))

    def _outside(self, row: LedgerRow) -> str:
        """In the file's own words: how the register calls it is not this person's to know."""
        assert self.by is not None, "the operator at the command line has no bounds"
        return f"“{(row.enterprise_name or row.uscc)[:60]}”不在{self.by.name}的管辖范围内"

    def _place(self, row: LedgerRow) -> Place | None:
        """The district and town of the row: as named, or as the person decided about an unknown name."""
        place = self.places.of_row(row)
        if place is None and (named := row.region_name or row.region_code):
            key = name_key("region", named)
            place = self.places.by_code(self.names.decided("region", key))
            if place is not None:  # what was decided stays to be seen, and to be decided otherwise
                self.names.note("region", key, named, row.row, lambda: self.places.similar(named))
        return self.places.with_town(place, row.town_name) if place and row.town_name else place

    def _take(self, one: Claim) -> None:
        """Put the row where it belongs: merged, repeated, created or skipped."""
        try:
            self._keep_inside(one)
            self._remark(one.row, self.said.pop((one.row.row, one.row.part), ()))
            known = self.register.known(one)
            before = self._before(one)
            team = self._team(one) if known is None and before is None else None
        except NotTaken as refused:
            self._skip(one.row, refused.reason)
            return
        drafted = draft(replace(one.row, channel=one.row.channel or self.asked.options.channel))
        self.plan.remarks += drafted.remarks
        if drafted.aside:
            told = (self.plan.complaints.get(one.row.row, ""), drafted.aside)
            self.plan.complaints[one.row.row] = "；".join(dict.fromkeys(filter(None, told)))
        if known is not None:
            self._merge(one, known, drafted)
        elif before is not None:
            self._repeat(one, before, drafted)
        else:
            self._create(one, drafted, team)

    def _skip(self, row: LedgerRow, reason: str) -> None:
        self.plan.skipped[row.row, row.part] = reason

    # --- whose it may be ---------------------------------------------------------------------------------------

    def _keep_inside(self, one: Claim) -> None:
        """Only what the person may see may be written (domain.md §2)."""
        if self.by is None:
            return
        if self.by.enterprise_id is not None:
            is_inside = one.owner.id == self.by.enterprise_id
        else:
            is_inside = self._is_supervised(one, self.by)
        if not is_inside:
            raise NotTaken(self._outside(one.row))

    def _is_supervised(self, one: Claim, by: Actor) -> bool:
        if by.region_path is None or not one.owner.region_path.startswith(by.region_path):
            return False
        sector = _sector(one)
        office = self._office(one, sector)
        return by.sectors is None or sector in by.sectors or (office is not None and office.id == by.regulator_id)

    def _office(self, one: Claim, sector: str) -> Office | None:
        named = self.places.named_office(one.owner.region_path, one.row.regulator_name)
        return named or self.places.office_by_rule(one.owner.region_path, sector)

    def _team(self, one: Claim) -> Team | None:
        """The department or team that the row names; a new one where that was decided or is confirmed."""
        name, owner = one.row.unit_name, one.owner
        if not name:
            return None
        key = name_key("unit", name, owner.keys[0])
        if (known := self.teams.named(owner, name)) is not None:
            self.names.again(key, one.row.row)
            return known
        decision = self.names.decided("unit", key)
        if owner.id is not None:
            self.names.note("unit", key, name, one.row.row, lambda: self.teams.similar(owner, name, PROPOSED))
        if decision == NONE:
            return None
        if decision.isdecimal():
            if (meant := self.teams.decided(owner, decision)) is None:
                raise NotTaken(f"给“{name[:60]}”选的部门、班组不是这家企业的，请重新选择")
            return meant
        if decision != NEW and owner.id is not None and not self.names.confirmed:
            raise NotTaken(f"“{owner.name[:60]}”没有登记部门、班组“{name[:60]}”：请先确认")
        made = self.teams.add(owner, name)
        self.plan.new_teams.append(made)
        if decision != NEW:
            self._remark(one.row, [Said("unit_name", name, "新建部门、班组：登记里没有")])
        return made

    # --- what was there before ---------------------------------------------------------------------------------

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
            self._fill(one, known, dict(found.fills))
        self.plan.merged[one.row.row, one.row.part] = known.number
        self._remark_differences(one.row, known.number, differs)

    def _fill(self, one: Claim, known: Standing, values: dict[str, Any]) -> None:
        """Another row of this file that is the same hazard finds it filled already."""
        if "basis" in values and (criterion := self._criterion(one)) is not None:
            values["criterion_candidate_id"] = criterion
        fill = self.fills.get(known.id)
        if fill is None:
            fill = self.fills[known.id] = Fill(one.row.row, known.id, known.version, {})
            self.plan.fills.append(fill)
        fill.values.update(values)
        known.values.update(values)

    def _repeat(self, one: Claim, before: NewHazard, drafted: Drafted) -> None:
        found = compare(before.values, drafted.values)
        before.values |= found.fills
        self.plan.merged[one.row.row, one.row.part] = before
        self._remark_differences(one.row, "", found.differs)

    def _remark_differences(self, row: LedgerRow, number: str, differs: dict[str, tuple[Any, Any]]) -> None:
        for name, (here, file) in differs.items():
            title, now, said = self.titles[COMPARED[name]], in_words(name, here), in_words(name, file)
            self.plan.differences.append(Difference(row.row, number, title, now, said))
            reason = f"登记的是“{now[:80]}”，没有改动" if now else "登记的空着，已有签批，没有补上"
            self.plan.remarks.append(Remark(row.row, title, said[:200], reason, field=COMPARED[name]))

    # --- what is new -------------------------------------------------------------------------------------------

    def _create(self, one: Claim, drafted: Drafted, team: Team | None) -> None:
        row, owner, sector = one.row, one.owner, _sector(one)
        office = self._office(one, sector)
        values = {"channel": self.channel} | drafted.values
        concerned = self.enterprises.concerned(row.owner_name, owner)
        notes = [str(values.get("import_note", ""))]
        if row.owner_name and concerned is None:
            notes.append(f"{TITLES[Field.OWNER_NAME]}：{row.owner_name[:200]}")
        if row.unit_name and team is None:
            notes.append(f"{TITLES[Field.UNIT_NAME]}：{row.unit_name[:200]}")
        values["import_note"] = "；".join(filter(None, notes))
        if (criterion := self._criterion(one)) is not None:
            values["criterion_candidate_id"] = criterion
        made = NewHazard(
            row=row.row,
            part=row.part,
            owner=owner,
            key=one.keys[0],
            values=values,
            industry=drafted.values.get("industry") or owner.industry,
            sector=sector,
            office=office,
            concerned_id=concerned,
            team=team,
        )
        self.plan.created.append(made)
        self.made |= dict.fromkeys(one.keys, made)
        self._introduce(owner, row)
        self._remark(row, self._about_office(one, office))
        self._remark(row, self._about_number(row))

    def _criterion(self, one: Claim) -> int | None:
        """The clause that the basis names, as a candidate; what there is to say about it is said."""
        if not one.row.clauses:
            return None
        industry = one.row.industry or one.owner.industry
        found = self.criteria.candidate(one.row.clauses, industry, one.row.found_on or self.asked.today)
        if found.remark:
            self._remark(one.row, [Said("basis", one.row.basis, found.remark)])
        if found.note:
            self.plan.notes[one.row.row, one.row.part] = found.note
        return found.criterion_id

    def _introduce(self, owner: Owner, row: LedgerRow) -> None:
        if owner.id is None and id(owner) not in self.introduced:
            self.introduced.add(id(owner))
            self.plan.new_owners.append(owner)
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
        reading, told = self.asked.reading, self.asked.options.channel
        silent = {row.row for row in reading.rows if row.channel is None} if told is None else set()
        rows = list(dict.fromkeys(made.row for made in self.plan.created if made.row in silent))
        if rows and len(silent) == len({row.row for row in reading.rows}):
            rows = [reading.header_rows[1]]
        reason = f"没有写隐患来源：按「{self.channel.label}」登记，请核对；可用 --channel 指明"
        title = self.titles[Field.CHANNEL]
        self.plan.remarks += [Remark(row, title, "", reason, field=Field.CHANNEL) for row in rows]

    def _remark(self, row: LedgerRow, said: Iterable[Said]) -> None:
        for one in said:
            field = Field(one.field)
            self.plan.remarks.append(Remark(row.row, self.titles[field], one.text[:200], one.reason, field=field))


def _sector(one: Claim) -> str:
    """The sector the file names, else the enterprise's own."""
    named = sector_of(one.row.industry) if one.row.industry else "其他"
    return named if named != "其他" else one.owner.sector or "其他"
