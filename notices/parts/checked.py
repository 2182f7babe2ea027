"""How a paper is checked, at the foot of its last page: QR code, code, digest, anchor, and what a click is worth."""

from __future__ import annotations

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block, Columns, Gap, Stack
from notices.parts.cleaning import moment_text, one_line
from notices.parts.code import QrCode
from notices.parts.paragraph import Paragraph, TextStyle, fitted
from notices.parts.pen import GREY, MM
from notices.snapshots import NoticeSnapshot

LINE = TextStyle(Role.SONG, size=7.5, leading=1.4, colour=GREY)
CODE = 20 * MM
LONGEST_URL = 300
CLICK = "系统内点击确认不是《电子签名法》第十三条所称的可靠电子签名，须签名、盖章的以手写签名、加盖公章为准。"


def check_block(book: FontBook, snapshot: NoticeSnapshot, width: float) -> Block | None:
    """The lines and the QR code beside them; None on a draft and where nothing is known to check by."""
    check = snapshot.verification
    url = one_line(check.url)[:LONGEST_URL]
    if snapshot.draft or not (check.code or url):
        return None
    facts = [
        ("核验码", one_line(check.code)),
        ("核验网址", url),
        ("签发时间", moment_text(snapshot.issued_at)),
        ("内容摘要", one_line(check.digest)),
        ("存证锚点", one_line(check.anchor)),
    ]
    room = width - CODE if url else width
    lines = [fitted(book, f"{name}：{value}", LINE.role, LINE.size, room) for name, value in facts if value]
    words = Paragraph(book, "\n".join([CLICK, *lines]), LINE)
    if not url:
        return Stack([Gap(2 * MM), words, Gap(1 * MM)], whole=True)
    code = QrCode(url, CODE)
    beside = Columns(((1 - CODE / width, words), (CODE / width, code)))
    return Stack([Gap(2 * MM), beside, Gap(1 * MM)], whole=True)
