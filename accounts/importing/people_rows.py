"""Rows of a list of people: whom each means, and what is to be done about that person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.access import Actor
from accounts.authority import grantable, may_keep_person, may_reset
from accounts.importing.entries import NotTaken
from accounts.importing.units import UnitTree
from accounts.models import Person
from accounts.people import LOGIN, PersonDetails
from accounts.queries import get_enterprise, get_regulator, normal_login, people_of
from accounts.queries.taken import taken_logins
from accounts.roles import BY_CODE, CLOSING_ROLES, Role
from core.sheets import squeeze
from core.sheets.outcome import Change, Outcome
from core.sheets.table_rules import TableRemark, TableRow


@dataclass(slots=True)
class PersonEntry:
    """A person of the organisation (`known_id`) or a new one, and what is to be done."""

    row: TableRow
    known_id: int | None
    details: PersonDetails
    unit: str
    shown_login: str
    login: str = ""  # a login to be given, with a one-time password
    roles: tuple[Role, ...] = ()
    held: tuple[Role, ...] = ()
    changes: tuple[Change, ...] = ()
    fields_change: bool = False
    remarks: list[TableRemark] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What becomes of the row."""
        if self.known_id is None:
            return Outcome.CREATED
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


class PeopleReader:
    """Reads the organisation's people once, then each row."""

    def __init__(
        self, by: Actor, enterprise_id: int | None, regulator_id: int | None, rows: Sequence[TableRow]
    ) -> None:
        self.by = by
        self.enterprise = get_enterprise(enterprise_id) if enterprise_id is not None else None
        self.regulator = get_regulator(regulator_id) if regulator_id is not None else None
        self.units = UnitTree.of(enterprise_id) if enterprise_id is not None else UnitTree()
        self.may_give = grantable(by, enterprise=self.enterprise, regulator=self.regulator)
        self.by_login: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in people_of(enterprise_id=enterprise_id, regulator_id=regulator_id, active=False):
            self.by_name[squeeze(person.name)].append(person)
            if person.login:
                self.by_login[person.login] = person
        self.seen: dict[int, int] = {}
        self.seen_logins: dict[str, int] = {}
        self.seen_names: dict[str, int] = {}
        logins = {login for row in rows if (login := normal_login(row.text("login")))}
        self.taken = taken_logins(logins) - self.by_login.keys()

    # --- one row -----------------------------------------------------------------------------------------------

    def entry(self, row: TableRow) -> PersonEntry:
        """What is to be done about the person of a row; raises `NotTaken` where it cannot be taken."""
        remarks = list(row.remarks)
        login = self._login(row, remarks)
        known = self._identify(row, login)
        if known is None:
            return self._new(row, login, remarks)
        if known.id in self.seen:
            raise NotTaken(f"与第 {self.seen[known.id]} 行是同一个人")
        if known.id == self.by.person_id:
            raise NotTaken("这是您自己，请由别人修改，或在「我的账户」里修改")
        if not known.active:
            raise NotTaken("登记的这个人已停用。如是同一人，请在其页面恢复；如是另一人，请写另外的登录名")
        if not may_keep_person(self.by, known):
            raise NotTaken("这个人会签销号，由监管部门修改")
        self.seen[known.id] = row.row
        return self._correction(row, known, login, remarks)

    def _login(self, row: TableRow, remarks: list[TableRemark]) -> str:
        """The login as it is stored; "" where none is given, or it cannot be one."""
        login = normal_login(row.text("login"))
        if login and not LOGIN.fullmatch(login):
            remarks.append(
                TableRemark("登录名", row.text("login"), "应是 2 到 40 个文字、数字或 . _ - @，没有开通登录")
            )
            return ""
        return login

    def _identify(self, row: TableRow, login: str) -> Person | None:
        """The person of this organisation that the row means: by login, else by name, then by telephone."""
        if login in self.by_login:
            found = self.by_login[login]
            if squeeze(found.name) != squeeze(row.text("name")):
                raise NotTaken(f"登录名“{login}”是本单位{found.name}的，姓名不同。请核对")
            return found
        if login and login in self.taken:
            raise NotTaken(f"登录名“{login}”已经有人用过。请换一个")
        if login and login in self.seen_logins:
            raise NotTaken(f"登录名“{login}”在第 {self.seen_logins[login]} 行已写过。请换一个")
        same = [one for one in self.by_name.get(squeeze(row.text("name")), ()) if not (login and one.login)]
        if len(same) > 1 and (phone := row.text("phone")):
            same = [one for one in same if squeeze(one.phone) == squeeze(phone)] or same
        if len(same) > 1:
            raise NotTaken(f"本单位有 {len(same)} 个{row.text('name')}，请写登录名或电话")
        return same[0] if same else None

    def _new(self, row: TableRow, login: str, remarks: list[TableRemark]) -> PersonEntry:
        unit_id, unit = self._unit(row, remarks)
        name = row.text("name")
        first = self.seen_names.setdefault(squeeze(name), row.row)
        if first != row.row and not login:
            raise NotTaken(f"与第 {first} 行同名，又没有登录名，分不清是不是同一个人。请写登录名")
        if login:
            self.seen_logins[login] = row.row
        details = PersonDetails(name, login, unit_id, row.text("title"), row.text("certificate_no"), row.text("phone"))
        return PersonEntry(
            row, None, details, unit, login, login, self._roles(row, frozenset(), remarks), remarks=remarks
        )

    def _correction(self, row: TableRow, known: Person, login: str, remarks: list[TableRemark]) -> PersonEntry:
        unit_id, unit = self._unit(row, remarks)
        if unit_id is None:
            unit_id, unit = known.unit_id, known.unit.name if known.unit else ""
        details = PersonDetails(
            known.name,
            "",
            unit_id,
            row.text("title") or known.title,
            row.text("certificate_no") or known.certificate_no,
            row.text("phone") or known.phone,
        )
        changes = _field_changes(known, details, unit)
        roles = self._roles(row, known.roles, remarks)
        given = login if login and known.login is None else ""
        if given and not may_reset(self.by, known):
            remarks.append(TableRemark("登录名", login, "不能由您开通登录，请由安全管理员或监管部门办理"))
            given = ""
        if given:
            self.seen_logins[given] = row.row
        more = [Change("登录名", "只在纸上签", given)] if given else []
        more += [Change("角色", "", f"增加 {'、'.join(role.label for role in roles)}")] if roles else []
        held = tuple(role for role in Role if role in known.roles)
        return PersonEntry(
            row,
            known.id,
            details,
            unit,
            known.login or given,
            given,
            roles,
            held,
            (*changes, *more),
            bool(changes),
            remarks,
        )

    def _unit(self, row: TableRow, remarks: list[TableRemark]) -> tuple[int | None, str]:
        department, team = row.text("department"), row.text("team")
        if not department and not team:
            return None, ""
        found = self.units.named(department, team)
        words = " / ".join(filter(None, (department, team)))
        if len(found) == 1:
            return found[0], words
        reason = (
            "没有这个部门、班组，没有写入。请先导入部门、班组" if not found else "同名的部门、班组不止一个，没有写入"
        )
        remarks.append(TableRemark("部门", words, reason))
        return None, ""

    def _roles(self, row: TableRow, held: frozenset[Role], remarks: list[TableRemark]) -> tuple[Role, ...]:
        """The roles to be given: asked for, not held, and the importer's to give; the others are remarked."""
        wanted = [BY_CODE[value] for value in row.values.get("roles", ())]
        for role in wanted:
            if role not in self.may_give and role not in held:
                remarks.append(TableRemark("角色", role.label, f"由{_granter(role)}授予，没有授予"))
        return tuple(role for role in wanted if role in self.may_give and role not in held)


def _granter(role: Role) -> str:
    return "监管部门的检查人员或审核人" if role in CLOSING_ROLES else "系统管理员"


def _field_changes(known: Person, details: PersonDetails, unit: str) -> tuple[Change, ...]:
    before = known.unit.name if known.unit else ""
    rows = (
        ("部门", before, unit if details.unit_id != known.unit_id else before),
        ("职务", known.title, details.title),
        ("证书编号", known.certificate_no, details.certificate_no),
        ("电话", known.phone, details.phone),
    )
    return tuple(Change(label, was, is_now) for label, was, is_now in rows if was != is_now)
