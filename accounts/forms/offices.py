"""Forms of regions and offices."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField

from accounts.forms.base import Form, choice_field, offered, text_field
from accounts.models import Regulator
from accounts.offices import RegulatorDetails
from accounts.rules import LEVEL_LABELS, REGION_LABELS, SECTORS, OfficeLevel, RegionKind


class RegionForm(Form):
    """A new region."""

    code = text_field("代码", 12, needed="请填代码。", description="区县、功能区 6 位，镇街 12 位。")
    name = text_field("名称", 60, needed="请填名称。")
    kind = choice_field("种类", [(k.value, REGION_LABELS[k]) for k in RegionKind if k is not RegionKind.CITY])

    def kind_chosen(self) -> RegionKind:
        """The kind as the operation takes it."""
        return RegionKind(self.kind.data)


class RegulatorForm(Form):
    """An office."""

    code = text_field("代码", 40, needed="请填代码。", description="自定，以后不能改，例如 500110-yj。")
    name = text_field("全称", 100, needed="请填全称。")
    short_name = text_field("简称", 40)
    number_prefix = text_field("文号字头", 20, description="例如 綦应急。")
    level = choice_field("层级", [(level.value, LEVEL_LABELS[level]) for level in OfficeLevel])
    region_code = text_field(
        "区域代码", 12, needed="请填区域代码。", description="区县 6 位，镇街 12 位，全市 500000。"
    )
    is_comprehensive = BooleanField("综合监管（各行业）")
    is_committee = BooleanField("安委办")
    sectors = SelectMultipleField("管辖行业", choices=offered((sector, sector) for sector in SECTORS))
    parent_code = text_field("上级单位代码", 40, description="留空由系统按区域和行业确定。")
    government = text_field("复议机关（人民政府）", 100)
    court = text_field("诉讼法院", 100)
    active = BooleanField("在用", default=True)

    def take(self, regulator: Regulator, parent: Regulator | None) -> None:
        """Show the office as it is; done by hand since sectors and the parent are rows."""
        for name in ("code", "name", "short_name", "number_prefix", "region_code", "government", "court"):
            self[name].data = getattr(regulator, name)
        self.level.data = regulator.level.value
        self.is_comprehensive.data, self.is_committee.data = regulator.is_comprehensive, regulator.is_committee
        self.active.data = regulator.active
        self.sectors.data = [competence.sector for competence in regulator.competences]
        self.parent_code.data = parent.code if parent else ""

    def details(self, code: str | None = None) -> RegulatorDetails:
        """What was typed; `code` keeps the one the office has."""
        return RegulatorDetails(
            code=code or self.code.data,
            name=self.name.data,
            level=OfficeLevel(self.level.data),
            region_code=self.region_code.data,
            short_name=self.short_name.data,
            number_prefix=self.number_prefix.data,
            sectors=tuple(self.sectors.data or ()),
            is_comprehensive=self.is_comprehensive.data,
            is_committee=self.is_committee.data,
            parent_code=self.parent_code.data,
            government=self.government.data,
            court=self.court.data,
            active=self.active.data,
        )
