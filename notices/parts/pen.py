"""Draws on the pages of one document: measures run from the page's top left corner, in points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from notices.fonts import FontBook, Role
from notices.fonts.face import EmbeddedFont

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

    def _describe(self, properties: Properties) -> None:
        canvas = self._canvas
        canvas.setTitle(properties.title[:LONGEST_PROPERTY])
        canvas.setAuthor(properties.author[:LONGEST_PROPERTY])
        canvas.setSubject(properties.subject[:LONGEST_PROPERTY])
        canvas.setCreator(properties.creator[:LONGEST_PROPERTY])
        canvas.setViewerPreference("DisplayDocTitle", "true")
        _date(canvas, properties.issued_at)

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
        canvas = self._canvas
        line = canvas.beginText(x, self.height - top - size * ASCENT)
        line.setFillColorRGB(*colour)
        line.setCharSpace(spread)
        line.setStrokeColorRGB(*colour)
        for face, run in self.book.runs(role, text):
            if face.stroke:
                canvas.setLineWidth(face.stroke * size)
            line.setTextRenderMode(FILL_AND_STROKE if face.stroke else FILL)
            line.setFont(face.font.fontName, size)
            line.textOut(run)
        line.setTextRenderMode(FILL)
        line.setCharSpace(0)
        canvas.drawText(line)

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.6, colour: Colour = BLACK) -> None:
        """A straight line."""
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.line(x1, self.height - y1, x2, self.height - y2)

    def fill(self, x: float, top: float, width: float, height: float, colour: Colour = BLACK) -> None:
        """A filled rectangle."""
        self._canvas.setFillColorRGB(*colour)
        self._canvas.rect(x, self.height - top - height, width, height, stroke=0, fill=1)

    def image(self, x: float, top: float, width: float, height: float, jpeg: bytes) -> None:
        """A JPEG, stretched to the rectangle."""
        reader = ImageReader(BytesIO(jpeg))
        self._canvas.drawImage(reader, x, self.height - top - height, width, height)

    def next_page(self) -> None:
        """End this page."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The document. The names of the fonts really used go into its keywords."""
        self._canvas.setKeywords("字体：" + "、".join(self._fonts_used()))
        self._canvas.save()
        return self._bytes.getvalue()

    def _fonts_used(self) -> list[str]:
        fonts = getattr(self._canvas, "_doc").delayedFonts  # noqa: B009 - not in the stubs
        return sorted({font.postscript_name for font in fonts if isinstance(font, EmbeddedFont)})


def _date(canvas: Canvas, issued_at: datetime) -> None:
    """Let the document's dates be those of its issue; an invariant one would be of the year 2000."""
    stamp = getattr(canvas, "_doc")._timeStamp  # noqa: B009 - not in the stubs
    moment = issued_at.astimezone(UTC)
    stamp.t = moment.timestamp()
    stamp.lt = moment.timetuple()
    stamp.YMDhms = tuple(stamp.lt)[:6]
