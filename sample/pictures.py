"""Drawings that stand for photos: a grey machine before, the same with a guard and a lamp after."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from hazards.operations.attaching import NewFile

if TYPE_CHECKING:
    from PIL import Image

WIDTH, HEIGHT = 960, 640


def drawing(seed: int, *, after: bool, taken_at: datetime, caption: str) -> NewFile:
    """One drawing as a new photo with its copies."""
    from PIL import Image, ImageDraw  # the commands of the sample stand in every process, its pictures in none

    image = Image.new("RGB", (WIDTH, HEIGHT), (176, 186, 196))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 440, WIDTH, HEIGHT), fill=(138, 146, 154))
    shift = seed % 5 * 40
    draw.rounded_rectangle((120 + shift, 230, 420 + shift, 500), 28, fill=(92, 102, 112))
    draw.ellipse((150 + shift, 200, 390 + shift, 270), fill=(110, 120, 130))
    colour = (58, 122, 84) if after else (178, 84, 48)
    draw.ellipse((190 + shift, 214, 350 + shift, 256), fill=colour)
    draw.line((420 + shift, 330, 880, 330), fill=(84, 112, 140), width=26)
    draw.line((420 + shift, 410, 880, 410), fill=(84, 112, 140), width=26)
    if after:
        draw.rectangle((600, 250, 720, 312), fill=(240, 242, 244), outline=(60, 66, 72), width=4)
        draw.ellipse((618, 262, 648, 292), fill=(46, 150, 84))
        draw.line((100, 520, 860, 520), fill=(214, 170, 40), width=10)
    return NewFile(
        _jpeg(image, WIDTH),
        "image/jpeg",
        f"{'after' if after else 'before'}-{seed}.jpg",
        caption=caption,
        view=_jpeg(image, WIDTH),
        thumb=_jpeg(image, 320),
        taken_at=taken_at,
    )


def _jpeg(image: Image.Image, width: int) -> bytes:
    out = BytesIO()
    copy = image if width == image.width else image.resize((width, image.height * width // image.width))
    copy.save(out, "JPEG", quality=80)
    return out.getvalue()
