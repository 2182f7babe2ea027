"""Forms of people, their roles and log-ins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wtforms import BooleanField, SelectField, SelectMultipleField

from accounts.forms.base import Form, choice_field, offered, text_field
from accounts.forms.enterprises import indented
from accounts.models import Person
from accounts.people import PersonDetails
from accounts.queries import UnitRow
from accounts.roles import BY_CODE, Role


class PersonForm(Form):
    """What is known of a person."""

    name = text_field("姓名", 60, needed="请填姓名。")
    unit_id = SelectField("部门或班组", coerce=int, choices=offered([(0, "不分")]))
    title = text_field("职务", 60)
    certificate_no = text_field("执法证号", 40)
    phone = text_field("电话", 20)

    def offer_units(self, units: Iterable[UnitRow]) -> None:
        """The units of the enterprise."""
        self.unit_id.choices = offered([(0, "不分"), *indented(units)])

    def details(self, login: str = "") -> PersonDetails:
        """What was typed."""
        return PersonDetails(
            name=self.name.data,
            login=login,
            unit_id=self.unit_id.data or None,
            title=self.title.data,
            certificate_no=self.certificate_no.data,
            phone=self.phone.data,
        )


class EditPersonForm(PersonForm):
    """What is known of a person, changed: the number is not shown again, and stays unless another is typed."""

    drop_phone = BooleanField("删去现有电话")

    def details_of(self, person: Person) -> PersonDetails:
        """What was typed, with the number that stays."""
        typed = self.details()
        return replace(typed, phone="" if self.drop_phone.data else typed.phone or person.phone)


class NewPersonForm(PersonForm):
    """A new person with first roles and, where wanted, a login."""

    login = text_field("登录名", 40, description="不登录、只在纸上签的人留空。")
    roles = SelectMultipleField("角色", choices=[])

    def offer_roles(self, roles: Iterable[Role]) -> None:
        """The roles that may be given."""
        self.roles.choices = offered((role.value, role.label) for role in roles)

    def roles_chosen(self) -> list[Role]:
        """The roles as the operation takes them."""
        return [BY_CODE[value] for value in self.roles.data or ()]


class RoleForm(Form):
    """One more role."""

    role = choice_field("角色")

    def offer(self, roles: Iterable[Role]) -> None:
        """The roles that may be given and are not held."""
        self.role.choices = offered((role.value, role.label) for role in roles)


class ReasonForm(Form):
    """Why something is done to a person's log-in, or why somebody looks."""

    reason = text_field("理由", 300, needed="请写明理由。")


class LoginNameForm(Form):
    """A login for somebody known from paper."""

    login = text_field("登录名", 40, needed="请填登录名。")
