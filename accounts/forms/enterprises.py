"""Forms of enterprises, their units and links."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, DateField, FloatField, SelectField
from wtforms.validators import NumberRange, Optional

from accounts.forms.base import Form, choice_field, offered, text_field
from accounts.models import Enterprise, Region
from accounts.organisations import Contacts, EnterpriseDetails, LinkDetails
from accounts.queries import UnitRow, town_named
from accounts.rules import LINK_LABELS, SECTORS, LinkKind
from core.refusals import Invalid


class ContactsForm(Form):
    """What the enterprise's own safety manager keeps."""

    principal_name = text_field("主要负责人", 60)
    controller_name = text_field("实际控制人", 60)
    address = text_field("地址", 300)
    longitude = FloatField("经度", validators=[Optional(), NumberRange(70, 140, "经度应在 70 到 140 之间。")])
    latitude = FloatField("纬度", validators=[Optional(), NumberRange(0, 60, "纬度应在 0 到 60 之间。")])

    def contacts(self) -> Contacts:
        """What was typed."""
        return Contacts(
            principal_name=self.principal_name.data,
            controller_name=self.controller_name.data,
            address=self.address.data,
            longitude=self.longitude.data,
            latitude=self.latitude.data,
        )


class EnterpriseForm(ContactsForm):
    """All of an enterprise."""

    name = text_field("企业名称", 200, needed="请填企业名称。")
    uscc = text_field("统一社会信用代码", 18, description="18 位，没有的可留空。校验位不符只提醒，不拦。")
    region_code = SelectField("区县或功能区", choices=[])
    town_name = text_field("镇街", 60, description="例如 三江街道。不清楚可留空。")
    industry = text_field("行业", 60, description="例如 工贸-机械。")
    sector = choice_field("监管行业", [("", "按行业确定"), *((sector, sector) for sector in SECTORS)], default="")
    high_risk = choice_field("高危行业领域", [("", "按行业确定"), ("yes", "是"), ("no", "否")], default="")
    active = BooleanField("在业", default=True)

    def offer(self, regions: Iterable[Region]) -> None:
        """The districts and zones that may be chosen."""
        self.region_code.choices = offered((region.code, region.name) for region in regions)

    def take(self, enterprise: Enterprise) -> None:
        """Show what the fields of the row do not say by themselves."""
        self.town_name.data = enterprise.town.name if enterprise.town else ""
        self.high_risk.data = "yes" if enterprise.high_risk else "no"

    def details(self) -> EnterpriseDetails:
        """What was typed; `Invalid` when the district has no such town."""
        return EnterpriseDetails(
            name=self.name.data,
            region_code=self.region_code.data,
            uscc=self.uscc.data,
            town_code=self._town_code(),
            industry=self.industry.data,
            sector=self.sector.data,
            high_risk={"yes": True, "no": False}.get(self.high_risk.data),
            active=self.active.data,
        )

    def _town_code(self) -> str | None:
        if not self.town_name.data:
            return None
        town = town_named(self.region_code.data, self.town_name.data)
        if town is None:
            sentence = f"所选区县没有“{self.town_name.data}”。请填全名，例如 三江街道。"
            raise Invalid("镇街不对。", fields={"town_name": sentence})
        return town.code


class UnitForm(Form):
    """A new department or team."""

    name = text_field("部门或班组", 60, needed="请填名称。")
    parent_id = SelectField("上级部门", coerce=int, choices=[])

    def offer(self, units: Iterable[UnitRow]) -> None:
        """The units below which it may stand."""
        self.parent_id.choices = offered([(0, "企业"), *indented(units)])


def indented(units: Iterable[UnitRow]) -> list[tuple[int, str]]:
    """Units as choices, moved in by their depth."""
    return [(row.unit.id, "　" * row.depth + row.unit.name) for row in units]


class LinkForm(Form):
    """How this enterprise stands to another."""

    kind = choice_field("本企业是对方的", [(kind.value, LINK_LABELS[kind]) for kind in LinkKind])
    other = text_field("对方企业", 200, needed="请填对方的信用代码或全称。", description="统一社会信用代码或企业全称。")
    since = DateField("起日", validators=[Optional()])
    until = DateField("止日", validators=[Optional()])

    def details(self) -> LinkDetails:
        """What was typed, without the other enterprise."""
        return LinkDetails(LinkKind(self.kind.data), self.since.data, self.until.data)
