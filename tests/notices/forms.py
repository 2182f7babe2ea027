"""Snapshots and photos for tests of documents, and how a document is read back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pdfplumber
from PIL import Image, ImageDraw
from pypdf import PdfReader

from notices.snapshots import ClosureFormSnapshot, PhotoSnapshot, SignatureSnapshot, VerificationSnapshot

ISSUED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
BASE = ClosureFormSnapshot(
    number="YH-500112-2026-000123",
    grade="重大",
    enterprise="重庆市綦江区镕堃化工有限责任公司",
    uscc="91350100M000100Y43",
    address="重庆市綦江区古南街道工业园区桥河组团12号",
    industry="危险化学品",
    region="綦江区·古南街道",
    place="第17号储罐区",
    channel="督导检查发现",
    found_on=date(2026, 11, 3),
    description="执法人员䶮某、𬭬某发现第17号储罐区可燃气体报警装置未与紧急切断阀联锁。",
    basis="《化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（试行）》第十条",
    measures="更换探测器，完成联锁改造。",
    responsible_person="朱镕堃",
    issued_at=ISSUED,
    deadline_original=date(2026, 11, 13),
    deadline_current=date(2026, 11, 30),
    extensions=1,
    completed_on=date(2026, 11, 16),
    cost="39.60 万元",
    closed_on=date(2026, 11, 20),
    responsible_office="綦江区应急管理局",
    verification=VerificationSnapshot(
        anchor="第 1024 号", code="K7QM-3TZP", url="https://yh.example.cn/verify/K7QM3TZP", digest="5d3e1c7f"
    ),
)


def signature(stage: str = "核销审核", person: str = "𬭬某", **changed: object) -> SignatureSnapshot:
    """A signature given on the page."""
    values: dict[str, object] = {
        "role": "审核人",
        "organisation": "綦江区应急管理局",
        "at": datetime(2026, 11, 18, 6, 45, tzinfo=UTC),
        "manner": "页面确认·密码复核",
        "opinion": "材料齐全，同意核销。",
        "digest": "9f2c41d07be35a66" * 4,
    }
    return SignatureSnapshot(stage=stage, person=person, **(values | changed))  # type: ignore[arg-type]


def photo(kind: str = "JPEG", size: tuple[int, int] = (1600, 1200), *, sideways: bool = False) -> PhotoSnapshot:
    """A photo as a phone takes it; `sideways` stored turned, with the mark that says so."""
    image = Image.new("RGB", size, "#996655")
    ImageDraw.Draw(image).line((0, 0, *size), fill="#113355", width=20)
    out, exif = io.BytesIO(), Image.Exif()
    if sideways:
        exif[0x0112] = 6
    image.save(out, kind, exif=exif)
    return PhotoSnapshot(out.getvalue(), "检查人员 䶮某", datetime(2026, 11, 3, 2, 12, tzinfo=UTC), "现场拍摄")


def page_texts(document: bytes) -> list[str]:
    """The text of each page, as it copies out."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


def run_on(document: bytes) -> str:
    """All text without spaces and line ends, for finding what was broken into lines."""
    return "".join("".join(page_texts(document)).split())


def characters(document: bytes) -> list[list[dict[str, float]]]:
    """Every character of each page with its place (points from the top left corner)."""
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        return [[dict(char) for char in page.chars] for page in pdf.pages]
