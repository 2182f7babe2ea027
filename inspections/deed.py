"""What an inspector signs, in words: the text on the page is the text that is signed, letter by letter."""

from __future__ import annotations

from inspections.models import Inspection


def statement_of(inspection: Inspection) -> str:
    """One paragraph: which checklist, which version, how many items, with which verdicts."""
    version = inspection.checklist_version
    counted = [f"合格 {inspection.items_ok} 项", f"不合格 {inspection.items_failed} 项"]
    if inspection.items_na:
        counted.append(f"不适用 {inspection.items_na} 项")
    return (
        f"「{inspection.name}」按检查表「{version.checklist.name}」第 {version.version} 版逐项检查，"
        f"共 {inspection.items} 项：{'，'.join(counted)}。结论和照片是现场所见，如实记录。"
    )


def led_statement_of(inspection: Inspection) -> str:
    """What the principal signs of an inspection that the principal led."""
    return f"本人带队开展了这次排查。{statement_of(inspection)}"
