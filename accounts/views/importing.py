"""Imports of enterprises, units and people: /admin/enterprises/import and below an organisation."""

from __future__ import annotations

from flask import url_for

from accounts.access import current_actor
from accounts.importing.enterprises import enterprises_task
from accounts.importing.people import people_task
from accounts.importing.units import units_task
from accounts.models import Enterprise
from accounts.queries import get_regulator
from accounts.views import administration
from accounts.views.enterprises import enterprise_to_administer
from accounts.views.table_drawing import Door
from accounts.views.table_pages import hang


def _enterprise_url(enterprise_id: int) -> str:
    return url_for("administration.enterprise", enterprise_id=enterprise_id)


def _person_url(person_id: int) -> str:
    return url_for("administration.person", person_id=person_id)


def _of_enterprise(found: Enterprise) -> tuple[str, str]:
    return found.name, _enterprise_url(found.id)


def _enterprises() -> Door:
    """The list of enterprises, for regulators and the system administrator."""
    task = enterprises_task(current_actor())
    back = ("企业", url_for("administration.enterprises"))
    return Door(task, back, "", {}, tab="enterprises", subject_url=_enterprise_url)


def _units(enterprise_id: int) -> Door:
    """Departments and teams of one enterprise."""
    found = enterprise_to_administer(enterprise_id)
    return Door(units_task(current_actor(), found), _of_enterprise(found), "", {})


def _staff(enterprise_id: int) -> Door:
    """People of one enterprise."""
    found = enterprise_to_administer(enterprise_id)
    return Door(people_task(current_actor(), enterprise=found), _of_enterprise(found), "", {}, subject_url=_person_url)


def _officers(regulator_id: int) -> Door:
    """People of one office."""
    found = get_regulator(regulator_id)
    back = (found.short_name or found.name, url_for("administration.regulator", regulator_id=found.id))
    return Door(people_task(current_actor(), regulator=found), back, "", {}, subject_url=_person_url)


hang(administration, "/enterprises/import", "import_enterprises", _enterprises)
hang(administration, "/enterprises/<int:enterprise_id>/units/import", "import_units", _units)
hang(administration, "/enterprises/<int:enterprise_id>/people/import", "import_staff", _staff)
hang(administration, "/regulators/<int:regulator_id>/people/import", "import_officers", _officers)
