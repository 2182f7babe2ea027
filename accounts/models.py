"""Tables of who is here: regions, regulators, enterprises, units, people, what they hold, and their log-ins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from accounts.roles import Role
from accounts.rules import DeputyScope, LinkKind, OfficeLevel, RegionKind, core_of_name
from core.db import Base, Code, Id, UtcDateTime, code_check, path_type
from core.models import Chained
from core.scope import Tenant


class Region(Base):
    """A city, district, special zone or street; `path` (/500000/500110/500110001/) finds a subtree."""

    __tablename__ = "region"
    __table_args__ = (CheckConstraint(code_check("kind", RegionKind), name="kind"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    kind: Mapped[RegionKind] = mapped_column(Code(RegionKind))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    path: Mapped[str] = mapped_column(path_type(80), unique=True)


class Regulator(Chained, Base):
    """An office: of a region and, if not comprehensive, of some sectors; `parent_id` is the next higher office."""

    chain_label = "监管单位"
    __tablename__ = "regulator"
    __table_args__ = (CheckConstraint(code_check("level", OfficeLevel), name="level"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40))
    number_prefix: Mapped[str] = mapped_column(String(20), default="")
    level: Mapped[OfficeLevel] = mapped_column(Code(OfficeLevel))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    is_comprehensive: Mapped[bool] = mapped_column(Boolean, default=False)
    is_committee: Mapped[bool] = mapped_column(Boolean, default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    government: Mapped[str] = mapped_column(String(100), default="")
    court: Mapped[str] = mapped_column(String(100), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    region: Mapped[Region] = relationship(lazy="joined")
    competences: Mapped[list[Competence]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Competence(Base):
    """One sector an office that is not comprehensive is competent for (消防: 消防救援; 特种设备: 市场监管)."""

    __tablename__ = "competence"
    __table_args__ = (UniqueConstraint("regulator_id", "sector"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    regulator_id: Mapped[int] = mapped_column(ForeignKey("regulator.id"))
    sector: Mapped[str] = mapped_column(String(40), index=True)


def _core_of_own_name(context: Any) -> str:
    return core_of_name(context.get_current_parameters()["name"])


class Enterprise(Chained, Tenant, Base):
    """生产经营单位. `industry` as written (工贸-机械), `sector` the part regulators are competent for (工贸)."""

    chain_label = "企业"
    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_region_path_sector", "region_path", "sector"),
        Index("ix_enterprise_region_code_name_core", "region_code", "name_core"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    # the name without 重庆市, 有限公司 and punctuation (`core_of_name`), by which similar names are found
    name_core: Mapped[str] = mapped_column(path_type(200), default=_core_of_own_name, server_default="")
    initials: Mapped[str] = mapped_column(String(200), default="")
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    town_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    region_path: Mapped[str] = mapped_column(path_type(80))
    industry: Mapped[str] = mapped_column(String(60), default="")
    sector: Mapped[str] = mapped_column(String(40), default="")
    high_risk: Mapped[bool] = mapped_column(Boolean, default=False)
    principal_name: Mapped[str] = mapped_column(String(60), default="")
    controller_name: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    imported: Mapped[bool] = mapped_column(Boolean, default=False)
    # nobody sees it: it comes with an import that is still being written, was given up, or was taken back
    hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    region: Mapped[Region] = relationship(foreign_keys=[region_code], lazy="joined")
    town: Mapped[Region | None] = relationship(foreign_keys=[town_code], lazy="joined")

    @validates("name")
    def _keep_core(self, _key: str, name: str) -> str:
        self.name_core = core_of_name(name)
        return name


class EnterpriseLink(Tenant, Base):
    """`enterprise` is contractor, tenant … of `other` (承包 承租 出租 产权)."""

    __tablename__ = "enterprise_link"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "other_id", "kind"),
        CheckConstraint(code_check("kind", LinkKind), name="kind"),
        CheckConstraint("enterprise_id <> other_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(Code(LinkKind))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class OrgUnit(Tenant, Base):
    """A department or team of an enterprise (部门·班组)."""

    __tablename__ = "org_unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    # like an enterprise that comes with an import
    hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Person(Chained, Tenant, Base):
    """Somebody: of one enterprise (and unit), of one regulator, or of the system. Without `login`, known from paper."""

    chain_label = "人员"
    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("enterprise_id IS NULL OR regulator_id IS NULL", name="one_organisation"),
        CheckConstraint("(login IS NULL) = (password_hash IS NULL)", name="login_has_password"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    login: Mapped[str | None] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(Boolean, default=True)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_tries: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"), index=True)
    title: Mapped[str] = mapped_column(String(60), default="")
    certificate_no: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    enterprise: Mapped[Enterprise | None] = relationship(lazy="joined")
    regulator: Mapped[Regulator | None] = relationship(lazy="joined")
    unit: Mapped[OrgUnit | None] = relationship(lazy="joined")
    grants: Mapped[list[Grant]] = relationship(
        lazy="selectin", foreign_keys="Grant.person_id", order_by="Grant.id", back_populates="person"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now."""
        return frozenset(grant.role for grant in self.grants if grant.ended_at is None)


class Grant(Base):
    """A role given to a person, by whom and when; ended, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint(code_check("role", Role), name="role"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(Code(Role))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="grants")


class Deputation(Base):
    """`deputy` acts for `person` from–to, for some grade or all; shown in each signature, counted as one person."""

    __tablename__ = "deputation"
    __table_args__ = (
        CheckConstraint("person_id <> deputy_id", name="not_oneself"),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint(code_check("scope", DeputyScope), name="scope"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scope: Mapped[DeputyScope] = mapped_column(Code(DeputyScope), default=DeputyScope.ALL, server_default="all")
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SignIn(Base):
    """Each try to log in: by which login, from where, with which result."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person_id_at", "person_id", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    login: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
