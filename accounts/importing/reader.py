"""Rows of a list of enterprises, one after another: identified, corrected or registered; and whom a link names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from accounts.access import Actor
from accounts.authority import may_add_enterprises, supervises
from accounts.importing.entries import CONTACTS, DETAILS, Entry, NotTaken
from accounts.importing.places import Places
from accounts.importing.register import Known, Register, code_in, is_another
from accounts.models import Enterprise, Region
from accounts.organisations import Contacts, EnterpriseDetails
from accounts.rules import is_high_risk, sector_of
from core.sheets import squeeze
from core.sheets.table_rules import TableRemark, TableRow
from core.uscc import has_uscc_shape, is_valid_uscc, normal_uscc


class Reader:
    """Reads rows one after another, and remembers which enterprises have stood in the file already."""

    def __init__(self, register: Register, by: Actor) -> None:
        self.register, self.by, self.places = register, by, Places()
        self.own_region = self.places.of_path(by.region_path)
        self._within: dict[tuple[str, str], bool] = {}
        self._known: dict[int, Entry] = {}
        self._by_code: dict[str, Entry] = {}
        self._by_name: dict[str, list[Entry]] = defaultdict(list)

    def entry(self, row: TableRow) -> Entry:
        """What the row says; raises `NotTaken` where it cannot be taken."""
        remarks = list(row.remarks)
        try:
            made = self._read(row, remarks)
        except NotTaken as refusal:
            refusal.remarks = tuple(remarks)
            raise
        self._keep(made)
        return made

    def _read(self, row: TableRow, remarks: list[TableRemark]) -> Entry:
        code = self._code(row, remarks)
        district = self._district(row, remarks)
        known = self._identify(row, code, district)
        if known is not None:
            made = self._correction(row, known, code, district, remarks)
        else:
            made = self._registration(row, code, district, remarks)
        if (before := self._by_code.get(made.details.uscc)) is not None:
            raise NotTaken(f"与第 {before.row} 行的信用代码相同，是同一家企业")
        return made

    def _keep(self, entry: Entry) -> None:
        self._by_name[squeeze(entry.details.name)].append(entry)
        if entry.details.uscc:
            self._by_code[entry.details.uscc] = entry
        if entry.known is not None:
            self._known[entry.known.id] = entry

    def _code(self, row: TableRow, remarks: list[TableRemark]) -> str:
        text = row.text("uscc")
        code = normal_uscc(text)
        if not code or is_valid_uscc(code):
            return code
        if not has_uscc_shape(code):
            remarks.append(TableRemark("统一社会信用代码", text, "不是 18 位的统一社会信用代码，没有写入"))
            return ""
        remarks.append(TableRemark("统一社会信用代码", text, "校验位不符：照录，请核对营业执照"))
        return code

    def _district(self, row: TableRow, remarks: list[TableRemark]) -> Region | None:
        text = row.text("region")
        found = self.places.district(text) if text else None
        if text and found is None:
            remarks.append(TableRemark("区县", text, "没有这个区县或功能区，没有写入。请写全名"))
        return found

    def _identify(self, row: TableRow, code: str, district: Region | None) -> Known | None:
        """The registered enterprise that the row means, by code, else by name in its region."""
        name = row.text("name")
        if code and (known := self.register.by_code.get(code)):
            return self._once(known)
        if code in self.register.taken:
            raise NotTaken("这个信用代码已登记，但不在您的管理范围内。请与其监管单位联系")
        where = district or (self.own_region if not row.text("region") else None)
        same = [
            known
            for known in self.register.named(name, where.code if where else "")
            if not is_another(code, known.uscc)
        ]
        if len(same) > 1:
            raise NotTaken(f"登记有 {len(same)} 家“{name}”，请写明区县和统一社会信用代码")
        return self._once(same[0]) if same else None

    def _once(self, known: Known) -> Known:
        if known.id in self._known:
            raise NotTaken(f"与第 {self._known[known.id].row} 行是同一家企业")
        if not self._keeps(known):
            raise NotTaken("这家企业不在本单位管辖范围内，不能更正")
        return known

    def _correction(
        self, row: TableRow, known: Known, code: str, district: Region | None, remarks: list[TableRemark]
    ) -> Entry:
        """What is written replaces what stands there; a blank cell changes nothing."""
        values = row.values
        if code and known.uscc and code != known.uscc:
            remarks.append(TableRemark("统一社会信用代码", code, f"与登记的 {known.uscc} 不同：没有改动，请核对"))
            code = known.uscc
        region = district or self.places.by_code[known.region_code]
        town = self._town(row, region, remarks)
        moved = region.code != known.region_code
        industry = values.get("industry", known.industry)
        is_other = industry != known.industry
        details = EnterpriseDetails(
            name=values["name"] if squeeze(values["name"]) != squeeze(known.name) else known.name,
            region_code=region.code,
            uscc=code or known.uscc or "",
            town_code=town.code if town else None if moved else known.town_code,
            industry=industry,
            sector=values.get("sector") or (sector_of(industry) if is_other else known.sector),
            high_risk=values.get("high_risk", is_high_risk(industry) if is_other else known.high_risk),
            active={"yes": True, "no": False}.get(values.get("active", ""), known.active),
        )
        contacts = Contacts(**{name: values.get(name, getattr(known, name)) for name in CONTACTS})
        self._check_scope(details, town or region, remarks)
        return Entry(row.row, known, details, contacts, row, remarks)

    def _check_scope(self, details: EnterpriseDetails, where: Region, remarks: list[TableRemark]) -> None:
        if not self._supervises(where.path, details.sector):
            remarks.append(TableRemark("区县", where.name, "更正以后不在本单位管辖范围内，由新的监管单位管"))

    def _registration(self, row: TableRow, code: str, district: Region | None, remarks: list[TableRemark]) -> Entry:
        values, region = row.values, district
        if region is None:
            if row.text("region") or self.own_region is None:
                raise NotTaken("没有登记过这家企业，区县又没有写清，不能新建。请补上区县")
            region = self.own_region
            remarks.append(TableRemark("区县", "", f"没有写，按本单位所在的{region.name}登记"))
        self._refuse_double(values["name"], code, region)
        town = self._town(row, region, remarks) or self._own_town(row, region)
        industry = values.get("industry", "")
        details = EnterpriseDetails(
            name=values["name"],
            region_code=region.code,
            uscc=code,
            town_code=town.code if town else None,
            industry=industry,
            sector=values.get("sector") or sector_of(industry),
            high_risk=values.get("high_risk", is_high_risk(industry)),
            active=values.get("active") != "no",
        )
        if not self._supervises((town or region).path, details.sector):
            raise NotTaken("不在本单位管辖范围内（辖区或监管行业），不能登记")
        contacts = Contacts(**{name: values[name] for name in CONTACTS if name in values})
        return Entry(row.row, None, details, contacts, row, remarks)

    def _refuse_double(self, name: str, code: str, region: Region) -> None:
        """Two rows of one enterprise that is not registered yet: the first is taken."""
        for before in self._by_name.get(squeeze(name), ()):
            if before.details.region_code == region.code and not is_another(code, before.details.uscc):
                raise NotTaken(f"与第 {before.row} 行是同一家企业")

    def _own_town(self, row: TableRow, region: Region) -> Region | None:
        """Whoever works for a town and names none means the own one."""
        codes = (self.by.region_path or "").strip("/").split("/")
        is_own = len(codes) > 2 and not row.text("town") and region is self.own_region
        return self.places.by_code.get(codes[2]) if is_own else None

    def _town(self, row: TableRow, region: Region, remarks: list[TableRemark]) -> Region | None:
        text = row.text("town")
        town = self.places.town(region, text) if text else None
        if text and town is None:
            remarks.append(TableRemark("镇街", text, f"{region.name}没有登记这个镇街，没有写入"))
        return town

    # --- whom a link names -------------------------------------------------------------------------------------

    def named(self, text: str) -> Entry | None:
        """The enterprise that a link names, in the file or in the register; None where it is not known for sure."""
        if code := code_in(text):
            known = self.register.by_code.get(code)
            return self._by_code.get(code) or (self._standing(known) if known else None)
        standing = [self._standing(known) for known in self.register.named(text)]
        fits = {id(one): one for one in (*self._by_name.get(squeeze(text), ()), *standing)}
        return next(iter(fits.values())) if len(fits) == 1 else None

    def _standing(self, known: Known) -> Entry:
        """A registered enterprise, as a row of the file describes it, or else as it stands."""
        if known.id not in self._known:
            details = EnterpriseDetails(**{name: getattr(known, name) for name in DETAILS})
            contacts = Contacts(**{name: getattr(known, name) for name in CONTACTS})
            self._known[known.id] = Entry(0, known, replace(details, uscc=known.uscc or ""), contacts)
        return self._known[known.id]

    def may_keep(self, entry: Entry) -> bool:
        """Whether whoever imports may say how this enterprise stands to others."""
        return entry.known is None or self._keeps(entry.known)

    def _keeps(self, known: Known) -> bool:
        return may_add_enterprises(self.by) and self._supervises(known.region_path, known.sector)

    def _supervises(self, region_path: str, sector: str) -> bool:
        """Whether such an enterprise is the office's to supervise; everything is the system administrator's."""
        where = (region_path, sector)
        if where not in self._within:
            at = Enterprise(region_path=region_path, sector=sector)
            self._within[where] = not self.by.region_path or supervises(self.by, at)
        return self._within[where]
