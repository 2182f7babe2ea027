"""The handbook's pictures, of the sample city: docs/handbook/pictures/*.png, cropped to what a chapter speaks of."""

from __future__ import annotations

import io
import re
from typing import Final

from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, Page
from sqlalchemy import select

from accounts.models import Grant, Person
from accounts.roles import Role
from core.db import db
from core.handbook import FOLDER
from core.scope import everything
from hazards.models import Hazard
from sample.pictures import drawing
from tests.browser import steps
from tests.browser.people import People
from tests.clocks import START
from tests.hazards.ledgers import FOLDER as LEDGERS

PICTURES: Final = FOLDER / "pictures"
HEAVIEST: Final = 120_000  # bytes
WINDOW: Final = 0  # what the window shows, whatever the page's length: fixed bars stand where they do
INSPECTOR, LEADER, MANAGER, PLANT_MANAGER = "yb-yj-jc1", "qy-bz", "qy-aq", "qy-cz"
LOGINS: Final = (INSPECTOR, LEADER, MANAGER, PLANT_MANAGER)


def landlord(app: Flask) -> tuple[str, str]:
    """Who is asked to co-sign in the sample: the login of the landlord's principal, and the hazard's number."""
    wanted = (
        select(Person.login, Hazard.number)
        .join(Hazard, Hazard.concerned_id == Person.enterprise_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Hazard.structural, Grant.role == Role.PRINCIPAL)
    )
    with app.app_context(), everything("pictures"):
        login, number = db.session.execute(wanted).one()
        db.session.remove()
    return str(login), str(number)


def take_handbook(people: People, verifying: str, signer: str, in_points: str) -> None:
    """All of them: `verifying` waits for an inspector, `in_points` is put right point by point."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    desk = people.at_desk(INSPECTOR)
    _take(desk, "/", "home", 620)
    _take(desk, "/hazards/", "list", 560)
    _take(desk, f"/hazards/{verifying}", "hazard", 760)
    _take(desk, f"/hazards/{verifying}/sign", "sign", 860)
    desk = people.at_desk(MANAGER)
    _take(desk, f"/hazards/{in_points}/plan", "plan", 860)
    _take(desk, f"/hazards/{in_points}/points", "points", 860)
    _take(desk, f"/hazards/{in_points}/controls", "controls", 860)
    _import(desk)
    _take(people.at_desk(signer), f"/hazards/{in_points}/co-sign", "co-sign", 700)
    _deputy(people.at_desk(PLANT_MANAGER))
    _report(people.on_phone(LEADER))


def _take(page: Page, url: str, name: str, height: int) -> None:
    page.goto(url)
    page.locator("img[loading=lazy]").evaluate_all("images => images.forEach(one => one.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    _keep(page, name, height)


def _keep(page: Page, name: str, height: int) -> None:
    """What the page shows from its top; 256 colours are more than a page has beside its photos."""
    shown = Image.open(io.BytesIO(page.screenshot(full_page=height > 0))).convert("RGB")
    cut = shown.crop((0, 0, shown.width, min(height or shown.height, shown.height)))
    place = PICTURES / f"{name}.png"
    cut.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(place, optimize=True)
    assert place.stat().st_size <= HEAVIEST, (place, place.stat().st_size)


def _deputy(page: Page) -> None:
    page.goto("/me/deputies/new")
    page.get_by_label("代理人").select_option(label="部门负责人·喆")
    page.get_by_label("代理范围").select_option(label="只限一般隐患")
    page.get_by_label("起日").fill("2026-11-23")
    page.get_by_label("止日").fill("2026-11-27")
    page.get_by_label("止日").blur()
    _keep(page, "deputy", 600)


def _import(page: Page) -> None:
    page.goto("/hazards/import")
    page.get_by_label("台账文件").set_input_files(LEDGERS / "enterprise_ledger.xlsx")
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url(re.compile(r"/hazards/import/\d+$"))
    _keep(page, "import", 900)


def _report(page: Page) -> None:
    page.goto("/hazards/new")
    steps.report(page, before=())
    drawn = drawing(3, after=False, taken_at=START, caption="")
    photo: FilePayload = {"name": drawn.name, "mimeType": drawn.media_type, "buffer": drawn.data}
    page.get_by_role("group", name="拍照").locator("input[type=file]").set_input_files([photo])
    page.evaluate("scrollTo(0, 0)")
    _keep(page, "report", WINDOW)
