"""Pictures for the documents and the handbook, of the sample city: `python -m tests.browser.pictures` writes them."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import FilePayload, Page, sync_playwright

from application import ROOT
from sample.pictures import drawing
from tests.browser import steps
from tests.browser.handbook_pictures import LOGINS, landlord, take_handbook
from tests.browser.paper_pictures import take_papers
from tests.browser.people import People
from tests.browser.running import launched, serving
from tests.browser.sample import sample_city
from tests.clocks import START

FOLDER = ROOT / "docs" / "pictures"
HEAVIEST = 300_000  # bytes
INSPECTOR, LEADER = "yb-yj-jc1", "qy-bz"


def take(page: Page, name: str) -> None:
    """Write what the window shows; fewer colours would lose those that mean something."""
    place = FOLDER / f"{name}.png"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(place, optimize=True)
    assert place.stat().st_size < HEAVIEST, place
    logging.getLogger(__name__).info("%s %d bytes", place.name, place.stat().st_size)


def waiting_verification(page: Page) -> str:
    """The number of a major hazard whose re-inspection waits for this person."""
    page.goto("/")
    row = page.get_by_role("region", name="等我处理").get_by_role("listitem").filter(has_text="现场复查").first
    return row.locator(".num").first.inner_text()


def take_all(people: People) -> str:
    """Home, list, hazard, sign page at the desk; the report on the phone; which hazard waits for verification."""
    desk = people.at_desk(INSPECTOR)
    number = waiting_verification(desk)
    take(desk, "home")
    desk.goto("/hazards/")
    take(desk, "list")
    desk.goto(f"/hazards/{number}")
    take(desk, "hazard")
    desk.goto(f"/hazards/{number}/sign")
    take(desk, "sign")
    phone = people.on_phone(LEADER)
    phone.goto("/hazards/new")
    steps.report(phone, before=())
    drawn = drawing(3, after=False, taken_at=START, caption="")
    photo: FilePayload = {"name": drawn.name, "mimeType": drawn.media_type, "buffer": drawn.data}
    phone.get_by_role("group", name="拍照").locator("input[type=file]").set_input_files([photo])
    phone.evaluate("scrollTo(0, 0)")
    take(phone, "report-390")
    return number


def main() -> None:
    """Take all pictures."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger(__name__).setLevel(logging.INFO)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        app, password = sample_city(Path(folder) / "instance")
        with serving(app) as address:
            browser = launched(playwright)
            signer, in_points = landlord(app)
            logins = {login: login for login in (*LOGINS, signer)}
            people = People(browser, address, logins, password)
            take_handbook(people, take_all(people), signer, in_points)
            people.close()
            browser.close()
        take_papers(app)


if __name__ == "__main__":
    main()
