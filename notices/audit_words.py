"""What the entries in the histories of notices mean, for the auditor, who reads no word of a notice."""

from __future__ import annotations

from flask import Flask

from core.audit import Words, add_words
from workflows.notices import NoticeKind, NoticeStatus, Receipt, ServiceManner

CODES = {member.value: member.label for kind in (NoticeKind, NoticeStatus, Receipt, ServiceManner) for member in kind}
KINDS = {
    "drafted": "起草文书",
    "changed": "修改文书",
    "numbered": "取号",
    "sent_on": "提交",
    "reviewed": "审核通过",
    "sent_back": "退回修改",
    "issued": "签发",
    "withdrawn": "撤回",
    "voided": "作废",
    "served": "登记送达",
    "scanned": "上传签字件",
}
KEYS = {
    "paper": "文书种类",
    "hazards": "隐患",
    "of": "所送达的文书",
    "number": "文号",
    "status": "状态",
    "code": "核验码",
    "file": "文件摘要",
    "snapshot": "内容摘要",
    "manner": "送达方式",
    "on": "日期",
    "receipt": "签收",
    "service": "送达记录",
}


def install(app: Flask) -> None:
    """Give the auditor's page this room's words."""
    add_words(app, "notice", Words(KINDS, KEYS, CODES))
