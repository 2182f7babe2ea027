"""What the entries in the histories of this room mean, for the auditor, who reads no word of a hazard."""

from __future__ import annotations

from flask import Flask

from core.audit import Words, add_words

CHECKLIST = {
    "created": "编制检查表",
    "version": "检查表新版",
    "changed": "修改检查表名称",
    "retired": "停用检查表",
    "taken_up": "重新启用检查表",
}
PLAN = {"made": "编制排查计划", "continued": "变更排查计划", "ended": "结束排查计划"}
KEYS = {
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
    add_words(app, "checklist", Words(CHECKLIST, KEYS, {}))
    add_words(app, "inspection_plan", Words(PLAN, KEYS, {}))
