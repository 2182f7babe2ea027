"""Draws on the pages of one document: measures run from the page's top left corner, in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from notices.fonts import FontBook, Role
from notices.fonts.face import EmbeddedFont
from notices.parts.archive import make_archivable

# Streams as bytes, not as ASCII85 text: photos are a fifth smaller. reportlab has no setting per document.
rl_config.useA85 = 0

MM = 72 / 25.4
ASCENT = 0.88  # em from the top of a Han square to the baseline (OS/2 sTypoAscender of the CJK fonts)
BLACK = (0.0, 0.0, 0.0)
GREY = (0.35, 0.35, 0.35)
SHADE = (0.945, 0.945, 0.945)
LONGEST_PROPERTY = 200  # characters
FILL: Final = 0
FILL_AND_STROKE: Final = 2  # text rendering modes; stroked, a font of one weight looks heavier
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document says of itself in its properties; `issued_at` aware."""

    title: str
    author: str
    subject: str
    issued_at: datetime
    creator: str = ""


class Pen:
    """A document under the pen. `invariant`: nothing of the clock, the machine or the process gets into the bytes."""

    def __init__(self, book: FontBook, width: float, height: float, properties: Properties) -> None:
        self.book = book
        self.height = height
        self._bytes = BytesIO()
        self._canvas = Canvas(
            self._bytes,
            pagesize=(width, height),
            invariant=1,
            pageCompression=1,
            initialFontName=book.base.fontName,  # type: ignore[arg-type]  # the stubs say float
            lang="zh-CN",
            pdfVersion=(1, 7),
        )
        self._describe(properties)
        make_archivable(self._doc, properties.issued_at)

    @property
    def _doc(self) -> Any:
        """reportlab's document, which its stubs leave out."""
        return getattr(self._canvas, "_doc")  # noqa: B009

    def _describe(self, properties: Properties) -> None:
        canvas = self._canvas
        canvas.setTitle(properties.title[:LONGEST_PROPERTY])
        canvas.setAuthor(properties.author[:LONGEST_PROPERTY])
        canvas.setSubject(properties.subject[:LONGEST_PROPERTY])
        canvas.setCreator(properties.creator[:LONGEST_PROPERTY])
        canvas.setViewerPreference("DisplayDocTitle", "true")
        _date(self._doc, properties.issued_at)

    def text(
        self,
        x: float,
        top: float,
        text: str,
        role: Role,
        size: float,
        *,
        spread: float = 0.0,
        colour: Colour = BLACK,
    ) -> None:
        """One line whose Han squares begin at `top`; `spread` points are added after each character."""
        doc = self._doc
        code = [f"BT 1 0 0 1 {x:.3f} {self.height - top - size * ASCENT:.3f} Tm {_rgb(colour)} {spread:.3f} Tc"]
        for face, run in self.book.runs(role, text):
            if face.stroke:
                code.append(f"{face.stroke * size:.3f} w {FILL_AND_STROKE} Tr")
            font: EmbeddedFont = face.font
            for subset, codes in font.splitString(run, doc):
                code.append(f"{font.getSubsetInternalName(subset, doc)} {size:.3f} Tf <{codes.hex()}> Tj")
            if face.stroke:
                code.append(f"{FILL} Tr")
        code.append("0 Tc ET")
        self._write(" ".join(code))

    def _write(self, code: str) -> None:
        """Operators as they are: reportlab's own objects for text take as long as all the rest of a page."""
        getattr(self._canvas, "_code").append(code)  # noqa: B009 - not in the stubs

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.6, colour: Colour = BLACK) -> None:
        """A straight line."""
        high = self.height
        line = f"{x1:.3f} {high - y1:.3f} m {x2:.3f} {high - y2:.3f} l S"
        self._write(f"{_rgb(colour)} {weight:.3f} w {line}")

    def mark(self, x: float, y: float, text: str, role: Role, size: float, angle: float, colour: Colour) -> None:
        """A turned word with its middle there, for what lies behind a page's text."""
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x, self.height - y)
        canvas.rotate(angle)
        self.text(-self.book.width(role, text, size) / 2, self.height - size / 2, text, role, size, colour=colour)
        canvas.restoreState()

    def fill(self, x: float, top: float, width: float, height: float, colour: Colour = BLACK) -> None:
        """A filled rectangle."""
        self._write(f"{_rgb(colour)} {x:.3f} {self.height - top - height:.3f} {width:.3f} {height:.3f} re f")

    def fill_cells(self, x: float, top: float, side: float, cells: Sequence[tuple[int, int, int]]) -> None:
        """Black cells of a grid that begins there: column, row and length of each stretch, in cells of `side`."""
        path = " ".join(f"{column} {-row - 1} {length} 1 re" for column, row, length in cells)
        self._write(f"q {side:.5f} 0 0 {side:.5f} {x:.3f} {self.height - top:.3f} cm 0 g {path} f Q")

    def image(self, x: float, top: float, width: float, height: float, jpeg: bytes) -> None:
        """A JPEG, stretched to the rectangle."""
        reader = ImageReader(BytesIO(jpeg))
        self._canvas.drawImage(reader, x, self.height - top - height, width, height)

    def next_page(self) -> None:
        """End this page. What it shows goes into the document's identifier, so that no two share one."""
        self._doc.updateSignature("\n".join(getattr(self._canvas, "_code")))  # noqa: B009 - not in the stubs
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The document. The names of the fonts really used go into its keywords."""
        self._canvas.setKeywords("字体：" + "、".join(self._fonts_used()))
        self._canvas.save()
        return self._bytes.getvalue()

    def _fonts_used(self) -> list[str]:
        fonts = self._doc.delayedFonts
        return sorted({font.postscript_name for font in fonts if isinstance(font, EmbeddedFont)})


@lru_cache(maxsize=32)
def _rgb(colour: Colour) -> str:
    """The operators that set a colour for what is filled and what is stroked."""
    numbers = " ".join(f"{part:g}" for part in colour)
    return f"{numbers} rg {numbers} RG"


def _date(doc: Any, issued_at: datetime) -> None:
    """Let the document's dates be those of its issue; an invariant one would be of the year 2000."""
    stamp = doc._timeStamp
    moment = issued_at.astimezone(UTC)
    stamp.t = moment.timestamp()
    stamp.lt = moment.timetuple()
    stamp.YMDhms = tuple(stamp.lt)[:6]
