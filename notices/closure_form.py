"""销号审批表, the form on which a hazard is closed: the hazard, photos, every signature, the dates of its ends.

Family of enterprise and authority forms (domain.md §7): A4, centred black title, bordered table, no red head. A pure
function of its snapshot: the same snapshot and fonts always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block, Columns, Gap, Stack
from notices.parts.cleaning import day_text, moment_text, one_line
from notices.parts.code import QrCode
from notices.parts.form import BLANK_DATE, LABEL, SUBTITLE, TITLE, VALUE, long_row, pair_rows, section_bar
from notices.parts.pages import Decorate, PageFrame, render_pages
from notices.parts.paragraph import Align, Paragraph, TextStyle, fitted
from notices.parts.pen import GREY, MM, Pen, Properties
from notices.parts.photos import CaptionedPhoto, photo_rows
from notices.parts.signatures import signature_rows
from notices.parts.table import Cell, Row
from notices.snapshots import MOST_PHOTOS, ClosureFormSnapshot, PhotoSnapshot

FRAME = PageFrame()
NOTE = TextStyle(Role.SONG, size=8.5, leading=1.5)
FOOT_SIZE = 8.5
QR_SHARE = 0.16  # of the text width
LONGEST_URL = 300
CHECK = TextStyle(Role.SONG, size=8, leading=1.45, colour=GREY)
ENDINGS = ("核　　销", "清单销号", "摘　　牌")
DATE = replace(VALUE, align=Align.CENTRE)
NOTES = (
    "说明：本表由系统按签批记录生成，各栏如实载明签批人、职务、时间和签批方式。系统内点击确认不是《电子签名法》"
    "第十三条所称的可靠电子签名；需要签字盖章的，请在各栏“签名”“盖章”处手写签名、加盖公章。"
)


def render(snapshot: ClosureFormSnapshot, fonts: FontBook) -> bytes:
    """The form as PDF. Raises ValueError for a moment without time zone."""
    title = title_of(snapshot)
    properties = Properties(
        title=f"{title} {one_line(snapshot.number)}",
        author=one_line(snapshot.responsible_office or snapshot.enterprise),
        subject=one_line(snapshot.enterprise),
        issued_at=snapshot.issued_at,
        creator=one_line(snapshot.product),
    )
    blocks = list(_blocks(snapshot, fonts, title))
    return render_pages(fonts, FRAME, blocks, properties, _footer(snapshot, fonts), _check_block(snapshot, fonts))


def title_of(snapshot: ClosureFormSnapshot) -> str:
    """重大事故隐患销号审批表, or 事故隐患销号审批表 for a general one."""
    return "重大事故隐患销号审批表" if snapshot.grade.startswith("重大") else "事故隐患销号审批表"


def _blocks(snapshot: ClosureFormSnapshot, fonts: FontBook, title: str) -> Iterator[Block]:
    yield Paragraph(fonts, title, TITLE, keeps_next=True)
    yield Gap(2 * MM)
    yield _subtitle(snapshot, fonts)
    yield Gap(1 * MM)
    yield section_bar(fonts, "一、基本情况")
    yield from _hazard_rows(snapshot, fonts)
    yield section_bar(fonts, "二、整改情况")
    yield from _work_rows(snapshot, fonts)
    yield section_bar(fonts, "三、整改前后照片")
    yield from _photo_section(snapshot, fonts)
    yield section_bar(fonts, "四、签批意见")
    yield from _signature_section(snapshot, fonts)
    yield section_bar(fonts, "五、销号日期")
    yield from _ending_rows(snapshot, fonts)


def _subtitle(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Block:
    room = 0.6 * FRAME.text_width
    told = fitted(fonts, f"编号：{one_line(snapshot.number)}", SUBTITLE.role, SUBTITLE.size, room)
    number = Paragraph(fonts, told, SUBTITLE)
    issued = Paragraph(fonts, f"填报日期：{day_text(snapshot.issued_at)}", replace(SUBTITLE, align=Align.RIGHT))
    return Columns(((0.6, number), (0.4, issued)), keeps_next=True)


def _hazard_rows(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Iterator[Row]:
    yield from pair_rows(
        fonts,
        [
            ("单位名称", snapshot.enterprise),
            ("统一社会\n信用代码", snapshot.uscc),
            ("单位地址", snapshot.address),
            ("所属区域", snapshot.region),
            ("行业领域", snapshot.industry),
            ("隐患来源", snapshot.channel),
            ("隐患位置", snapshot.place),
            ("发现日期", day_text(snapshot.found_on)),
            ("隐患等级", snapshot.grade),
            ("挂牌督办", _listing_text(snapshot)),
        ],
    )
    yield long_row(fonts, "隐患描述", snapshot.description)
    yield long_row(fonts, "判定依据", snapshot.basis)


def _listing_text(snapshot: ClosureFormSnapshot) -> str:
    listing = snapshot.listing
    if listing is None:
        return "未挂牌"
    return "　".join(filter(None, map(one_line, (listing.level, listing.office, listing.number))))


def _work_rows(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Iterator[Row]:
    yield long_row(fonts, "整改措施", snapshot.measures)
    yield from pair_rows(
        fonts,
        [
            ("整改责任人", snapshot.responsible_person),
            ("实际投入", snapshot.cost),
            ("整改时限\n（原）", day_text(snapshot.deadline_original)),
            ("整改时限\n（现）", _current_deadline(snapshot)),
            ("完成日期", day_text(snapshot.completed_on)),
            ("监管部门", snapshot.responsible_office),
        ],
    )
    if snapshot.stopped or snapshot.resumed:
        yield long_row(fonts, "停产停业", snapshot.stopped)
        yield long_row(fonts, "恢复生产", snapshot.resumed)


def _current_deadline(snapshot: ClosureFormSnapshot) -> str:
    times = f"（延期 {snapshot.extensions} 次）" if snapshot.extensions else "（未延期）"
    return day_text(snapshot.deadline_current or snapshot.deadline_original) + times


def _photo_section(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Iterator[Row]:
    before, after = snapshot.photos_before, snapshot.photos_after
    yield Row([Cell(0.5, Paragraph(fonts, side, LABEL), middle=True) for side in ("整改前", "整改后")], keeps_next=True)
    if not before and not after:
        yield Row([Cell(0.5, Paragraph(fonts, "（无照片）", LABEL), middle=True) for _ in range(2)])
        return
    yield from photo_rows(
        fonts,
        [_captioned(photo) for photo in before[:MOST_PHOTOS]],
        [_captioned(photo) for photo in after[:MOST_PHOTOS]],
        ("（无整改前照片）" if not before else "", "（无整改后照片）" if not after else ""),
    )
    left_out = sum(max(0, len(side) - MOST_PHOTOS) for side in (before, after))
    if left_out:
        yield Row([Cell(1.0, Paragraph(fonts, f"另有 {left_out} 张照片见系统。", NOTE))])


def _captioned(photo: PhotoSnapshot) -> CaptionedPhoto:
    when = moment_text(photo.taken_at, absent="")
    return CaptionedPhoto(photo.data, "　".join(filter(None, (photo.taken_by, when, photo.how))))


def _signature_section(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Iterator[Row]:
    if not snapshot.signatures:
        yield Row([Cell(1.0, Paragraph(fonts, "（尚无签批）", LABEL), middle=True)])
    yield from signature_rows(fonts, snapshot.signatures)


def _ending_rows(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Iterator[Row]:
    """The three ends, each with its date; one that has not come is left to be filled in by hand."""
    delisted = day_text(snapshot.delisted_on, BLANK_DATE) if snapshot.listing or snapshot.delisted_on else "未挂牌"
    dates = (day_text(snapshot.closed_on, BLANK_DATE), day_text(snapshot.struck_off_on, BLANK_DATE), delisted)
    yield _thirds(fonts, ENDINGS, LABEL, keeps_next=True)
    yield _thirds(fonts, dates, DATE, least=12 * MM)


def _thirds(
    fonts: FontBook, texts: tuple[str, ...], style: TextStyle, *, least: float = 0.0, keeps_next: bool = False
) -> Row:
    cells = [Cell(1 / len(texts), Paragraph(fonts, text, style), middle=True) for text in texts]
    return Row(cells, least=least, keeps_next=keeps_next)


def _check_block(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Block:
    """The foot of the last page: what a click is, how the paper is checked, and the QR code."""
    check = snapshot.verification
    facts = [
        ("签发时间", moment_text(snapshot.issued_at)),
        ("内容摘要", one_line(check.digest)),
        ("存证锚点", one_line(check.anchor)),
        ("核验码", one_line(check.code)),
        ("核验网址", one_line(check.url)),
    ]
    width = (1 - QR_SHARE) * FRAME.text_width
    told = "\n".join(fitted(fonts, f"{name}：{value}", CHECK.role, CHECK.size, width) for name, value in facts if value)
    words = Stack([Paragraph(fonts, NOTES, NOTE), Paragraph(fonts, told, CHECK)], gap=1.5 * MM)
    url = one_line(check.url)[:LONGEST_URL]
    if not url:
        return Stack([Gap(3 * MM), words])
    code = QrCode(url, QR_SHARE * FRAME.text_width)
    return Stack([Gap(3 * MM), Columns(((1 - QR_SHARE, words), (QR_SHARE, code)))])


def _footer(snapshot: ClosureFormSnapshot, fonts: FontBook) -> Decorate:
    """Below every page: what it is a page of, its number, and the product."""
    side = FRAME.text_width * 0.38
    left = fitted(fonts, f"销号审批表　{one_line(snapshot.number)}", Role.SONG, FOOT_SIZE, side)
    right = fitted(fonts, one_line(snapshot.product), Role.SONG, FOOT_SIZE, side)
    top = FRAME.height - FRAME.bottom + 5 * MM

    def draw(pen: Pen, number: int, total: int) -> None:
        middle = f"第 {number} 页 共 {total} 页"
        centre = FRAME.left + (FRAME.text_width - fonts.width(Role.SONG, middle, FOOT_SIZE)) / 2
        end = FRAME.left + FRAME.text_width - fonts.width(Role.SONG, right, FOOT_SIZE)
        pen.text(FRAME.left, top, left, Role.SONG, FOOT_SIZE, colour=GREY)
        pen.text(centre, top, middle, Role.SONG, FOOT_SIZE)
        pen.text(end, top, right, Role.SONG, FOOT_SIZE, colour=GREY)

    return draw
