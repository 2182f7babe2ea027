"""What a failed item still lacks before the inspection can be signed: shown on its card, and refused at the end."""

from __future__ import annotations

from collections.abc import Collection

from inspections.models import ChecklistItem, ItemPhoto, ItemResult
from inspections.rules import ItemVerdict, PhotoKind, Treatment
from workflows.vocabulary import Grade


def grade_of(item: ChecklistItem, result: ItemResult) -> Grade:
    """What it is proposed as: as the person chose, else as the item says."""
    return result.grade or item.grade


def gaps(item: ChecklistItem, result: ItemResult, photos: Collection[ItemPhoto]) -> dict[str, str]:
    """Each gap of a failed item with its sentence, by field; none for any other verdict."""
    if result.verdict is not ItemVerdict.FAILED:
        return {}
    on_the_spot = result.treatment is Treatment.ON_THE_SPOT
    is_major = grade_of(item, result) is Grade.MAJOR
    kinds = {photo.kind for photo in photos}
    wrong = {}
    if not result.note:
        wrong["note"] = "请写明问题。"
    if on_the_spot and is_major:
        wrong["treatment"] = "当场整改只用于一般隐患。请改选「立为隐患」，或把等级改为一般。"
    if (on_the_spot or is_major) and PhotoKind.BEFORE not in kinds:
        wrong["photos"] = f"{'重大隐患' if is_major else '当场整改'}至少要 1 张检查时的照片。请拍照。"
    if on_the_spot and PhotoKind.AFTER not in kinds:
        wrong["photos_after"] = "当场整改至少要 1 张整改后的照片。请拍照。"
    if on_the_spot and not result.result:
        wrong["result"] = "请写明怎样整改的。"
    if is_major and not result.stop_note:
        wrong["stop_note"] = "请写明停用了什么、撤出何人、何时。"
    return wrong
