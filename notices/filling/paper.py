"""What a notice shows at this moment, as one frozen snapshot: the text in force filled, its items, its places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.web import PRODUCT
from notices.filling.about import About, items_of, values_of
from notices.filling.recipes import RECIPES
from notices.snapshots import NoticeSnapshot, PhotoSnapshot, VerificationSnapshot
from notices.texts import Parts, fill, lists_items
from workflows.notices import FILE_FORMAT, Family

UNCHECKED: Final = VerificationSnapshot()


@dataclass(frozen=True, slots=True)
class Filling:
    """How a notice is to be filled: the text in force, one edited by hand in place of its body, how it is checked."""

    text: Parts
    body: str | None = None
    verification: VerificationSnapshot = UNCHECKED
    draft: bool = False
    before: tuple[PhotoSnapshot, ...] = ()
    after: tuple[PhotoSnapshot, ...] = ()


def paper_of(about: About, filling: Filling) -> NoticeSnapshot:
    """The snapshot. Raises `Invalid` where the text in force no longer fits its kind."""
    items = items_of(about)
    values = values_of(about, items)
    recipe = RECIPES[about.kind]
    text = filling.text
    return NoticeSnapshot(
        kind=about.kind.value,
        title=recipe.title(about),
        issued_at=about.now,
        dated=None if filling.draft else about.today,
        head=_head(about),
        number=about.number,
        addressee=about.addressee if recipe.addressed and about.row.family is not Family.FORM else "",
        facts=recipe.facts(about),
        body=fill(text.body, values) if filling.body is None else filling.body,
        items=items,
        items_shown=recipe.shows_items(len(items)) and not lists_items(text),
        closing=fill(text.closing, values),
        sections=recipe.sections(about),
        signers=(about.issuer,) if about.row.family is not Family.FORM else (),
        places=recipe.places(about),
        note=fill(text.note, values),
        copies=tuple(filter(None, about.shown.get("抄送", "").split("、"))),
        printed_by=about.issuer if about.kind in FILE_FORMAT else "",
        photos_before=filling.before if recipe.with_photos else (),
        photos_after=filling.after if recipe.with_photos else (),
        verification=filling.verification,
        product=PRODUCT,
        draft=filling.draft,
    )


def _head(about: About) -> str:
    """重庆市綦江区安全生产委员会办公室文件 over a 文件, the bare name over letters and enforcement documents."""
    if about.row.family is Family.FORM:
        return ""
    return f"{about.issuer}文件" if about.kind in FILE_FORMAT else about.issuer
