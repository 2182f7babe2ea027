"""What the entries in the histories of this room mean, for the auditor, who reads no word of a hazard."""

from __future__ import annotations

from flask import Flask

from core.audit import Words, add_words
from inspections.rules import RiskGrade
from workflows.vocabulary import Manner

CHECKLIST = {
    "created": "编制检查表",
    "version": "检查表新版",
    "changed": "修改检查表名称",
    "retired": "停用检查表",
    "taken_up": "重新启用检查表",
}
PLAN = {"made": "编制排查计划", "continued": "变更排查计划", "ended": "结束排查计划"}
INSPECTION = {
    "start": "开始排查",
    "join": "参加排查",
    "pause": "暂停排查",
    "resume": "继续排查",
    "take_over": "接手排查",
    "give_up": "作废排查",
    "finish": "排查签名完成",
    "missed": "完成时已过补查期限",
    "sign_led": "主要负责人签名",
}
POINT = {
    "added": "增加风险点",
    "changed": "修改风险点",
    "retired": "停用风险点",
    "restored": "恢复风险点",
    "control_added": "增加管控措施",
    "control_struck": "划掉管控措施",
}
KEYS = {
    "control": "管控措施编号",
    "grade": "风险等级",
    "from": "原等级",
    "to": "新等级",
    "period": "周期",
    "person": "参加人员",
    "from_person": "原排查人",
    "instead_of": "代谁排查",
    "checklist": "检查表编号",
    "checklist_version": "检查表版本编号",
    "risk_point": "风险点编号",
    "reason_digest": "理由摘要",
    "results": "结论和照片摘要",
    "deed": "所签内容摘要",
    "manner": "方式",
    "failed": "不合格项数",
    "hazards": "立为隐患",
    "people": "参加人员",
    "version": "第几版",
    "items": "检查项数",
    "digest": "内容摘要",
    "duty": "排查任务编号",
    "from_day": "自哪天起",
    "last_day": "最后一天",
    "changed": "改了哪些",
}


def install(app: Flask) -> None:
    """Give the auditor's page this room's words."""
    add_words(app, "risk_point", Words(POINT, KEYS, {one.value: one.label for one in RiskGrade}))
    add_words(app, "checklist", Words(CHECKLIST, KEYS, {}))
    add_words(app, "inspection_plan", Words(PLAN, KEYS, {}))
    add_words(app, "inspection", Words(INSPECTION, KEYS, {one.value: one.label for one in Manner}))
