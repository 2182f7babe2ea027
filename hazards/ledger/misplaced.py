"""What stands in the wrong column of a row, as far as the row itself makes it certain: told, and put right only where
nothing else can be meant."""

from __future__ import annotations

import re
from typing import Final

from core.uscc import is_valid_uscc, normal_uscc
from hazards.ledger.draft import Draft
from hazards.ledger.fields import Field

_ORDERS: Final = re.compile(
    r"^\W{0,2}(?:立即|尽快|及时|马上|限期|责令|督促|要求|尽早|加强|停止使用|建议|由.{1,12}负责|组织.{0,12}(?:培训|清理))"
)
_FAULTS: Final = re.compile(
    r"^\W{0,2}(?:未|无|没有|缺少|缺失|存在|不符合|违规|擅自)|(?:未设置|未安装|未按|缺失|破损|损坏|堵塞|裸露|失效|过期|不足)"
)
_ANY_FAULT = re.compile(r"[未缺无不损堵]|没有|裸露|失效|过期|存在")
_CODE_LIKE = re.compile(r"[0-9A-Za-z０-９]{6}")
_CHINESE_WORD = re.compile(r"[\u4e00-\u9fff]{4}")


def put_right(draft: Draft) -> None:
    """Tells a credit code from a name, and points out a description that changed places with its measures."""
    _code_as_name(draft)
    said, done = draft.texts.get(Field.DESCRIPTION, ""), draft.texts.get(Field.MEASURES, "")
    if _is_order(said) and _is_fault(done):
        draft.remark(Field.DESCRIPTION, said, "像是与整改措施填反了：按所填的登记，请核对")


def _code_as_name(draft: Draft) -> None:
    """A code whose check character agrees is a code wherever it stands; the name is taken from the code's column."""
    name = draft.texts.get(Field.ENTERPRISE_NAME, "")
    if not _CODE_LIKE.search(name):
        return
    code = normal_uscc(name)
    if not is_valid_uscc(code):
        return
    del draft.texts[Field.ENTERPRISE_NAME]
    own = draft.texts.get(Field.USCC)
    if own is None:
        draft.texts[Field.USCC] = code
        draft.remark(Field.ENTERPRISE_NAME, name, "是统一社会信用代码，不是企业名称：归到代码一项")
    else:
        draft.keep(draft.plans[Field.ENTERPRISE_NAME], name)
        draft.remark(Field.ENTERPRISE_NAME, name, "是统一社会信用代码，不是企业名称：原文保留，企业名称留空")
    written = draft.raw.get(Field.USCC, "")
    if own is None and _CHINESE_WORD.search(written):
        draft.texts[Field.ENTERPRISE_NAME] = written
        draft.remark(Field.USCC, written, "与企业名称填反了：按名称登记")


def _is_order(text: str) -> bool:
    return bool(_ORDERS.search(text[:200])) and not _ANY_FAULT.search(text[:200])


def _is_fault(text: str) -> bool:
    return bool(_FAULTS.search(text[:200])) and not _ORDERS.search(text[:200])
