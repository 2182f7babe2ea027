"""What the entries in the histories of hazards and imports mean, for the auditor, who reads no word of a hazard."""

from __future__ import annotations

from flask import Flask

from accounts.roles import Role
from core.audit import Words, add_words
from hazards.timeline import WORDS
from workflows.vocabulary import Action, Grade, Manner, RequestStatus, State, Tier, Verdict

CODES = {
    member.value: member.label
    for kind in (Role, Grade, Tier, Manner, State, RequestStatus, Verdict, Action)
    for member in kind
}
KINDS = WORDS | {
    "open_request": "提出签批",
    "sign": "签批",
    "hand_over": "移交",
    "moved": "随企业移交监管部门",
    "calendar": "工作日表装载，期限重算",
}
IMPORT = {"created": "导入台账", "landed": "导入台账", "given_up": "放弃导入", "taken_back": "撤回导入"}
CRITERION = {"added": "增加判定标准条款", "corrected": "更正判定标准条款"}
KEYS = {
    "action": "事项",
    "request": "签批流程",
    "signature": "签批记录",
    "signer": "签批人",
    "step": "第几步（从 0 起）",
    "role": "角色",
    "manner": "方式",
    "verdict": "结论",
    "status": "流程结果",
    "from": "原状态",
    "to": "新状态",
    "state": "状态",
    "version": "内容摘要",
    "deed": "所签内容摘要",
    "deputising_for": "代谁签",
    "recorder": "代录人",
    "note": "文字记录",
    "note_digest": "文字摘要",
    "changed": "改了哪些",
    "office": "监管部门",
    "deadline": "整改期限",
    "evidence": "材料",
    "digest": "摘要",
    "work": "整改记录",
    "doers": "整改人",
    "told": "告知谁",
    "leaver": "移交人",
    "receiver": "接手人",
    "what": "移交了什么",
    "from_tier": "原清单",
    "to_tier": "新清单",
    "on": "自哪天起",
    "owner": "清单责任人",
}


def install(app: Flask) -> None:
    """Give the auditor's page this room's words."""
    add_words(app, "hazard", Words(KINDS, KEYS, CODES))
    add_words(app, "criterion", Words(CRITERION, KEYS, CODES))
    add_words(app, "ledger_import", Words(IMPORT, KEYS, CODES))
