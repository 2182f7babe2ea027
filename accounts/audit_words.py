"""What the entries in the histories of people, enterprises and offices mean, for the auditor's page."""

from __future__ import annotations

from flask import Flask

from accounts.roles import Role
from core.audit import Words, add_words

ROLES = {role.value: role.label for role in Role}

KEYS = {
    "role": "角色",
    "grant": "授予记录",
    "deputation": "代理记录",
    "deputy": "代理人",
    "scope": "范围",
    "session": "登录记录",
    "kept": "保留的登录",
    "note": "理由记录",
    "note_digest": "理由摘要",
    "what": "看了什么",
    "setting": "设置",
    "value": "改为",
    "year": "年份",
    "region": "区域",
    "table": "表格",
    "file": "文件摘要",
    "fields": "改了哪些",
    "unit": "部门、班组",
    "calendar": "班次记录",
    "stop": "停产记录",
    "link": "关系",
    "other": "对方企业",
    "rows": "行数",
    "form": "文件格式",
    "records": "条数",
    "digest": "摘要",
    "month": "月份",
    "ledger": "台账",
    "asked_since": "查的起点",
    "asked_before": "查的终点",
    "asked_actors": "查谁",
    "asked_of": "查的对象",
    "asked_subjects": "查的对象编号",
    "asked_kind": "查的事项",
    "asked_address": "查的网络地址",
    "asked_outcome": "查的结果",
    "entry": "经过编号",
    "check": "核验编号",
    "robot": "群机器人",
    "delivery": "发送编号",
}

PERSON = {
    "created": "增加人员",
    "changed": "修改人员信息",
    "role_granted": "授予角色",
    "role_ended": "收回角色",
    "deactivated": "停用人员",
    "reactivated": "恢复人员",
    "login_given": "开通登录",
    "password_reset": "重设密码",
    "password_changed": "本人修改密码",
    "locked": "登录锁定",
    "unlocked": "解锁登录",
    "session_ended": "退出一台设备",
    "other_sessions_ended": "退出其他设备",
    "sessions_ended": "退出所有设备",
    "factor_set": "设置动态口令",
    "factor_given_up": "停用动态口令",
    "factor_removed": "移除动态口令",
    "recovery_renewed": "换新恢复码",
    "recovery_used": "用恢复码登录",
    "deputy_added": "安排代理",
    "deputy_ended": "结束代理",
    "looked": "查看个人信息",
    "reporter_read": "查看隐患上报人",
    "setting_changed": "修改设置",
    "calendar_loaded": "装载工作日表",
    "region_added": "增加区域",
    "region_renamed": "修改区域名称",
    "table_imported": "导入表格",
    "ledger_exported": "导出台账",
    "audit_read": "查看审计记录",
    "audit_exported": "导出审计记录",
    "audit_verified": "核验经过",
    "mail_asked": "要求验证邮箱",
    "mail_proved": "登记邮箱",
    "mail_dropped": "删去邮箱",
    "telling_chosen": "修改接收提醒",
    "feed_made": "订阅日历",
    "feed_ended": "停用日历订阅",
    "robot_added": "增加群机器人",
    "robot_changed": "修改群机器人",
    "robot_ended": "停用群机器人",
    "delivery_again": "重新发送",
}
ENTERPRISE = {
    "created": "登记企业",
    "changed": "修改企业信息",
    "unit_added": "增加部门、班组",
    "unit_changed": "修改部门、班组",
    "unit_closed": "关闭部门、班组",
    "shifts_set": "登记班次",
    "stop_added": "登记停产",
    "stop_ended": "登记复工",
    "open_reporting": "扫码上报设置",
    "link_added": "登记企业关系",
    "link_ended": "结束企业关系",
}
OFFICE = {
    "created": "设立监管单位",
    "changed": "修改监管单位",
}


def install(app: Flask) -> None:
    """Give the auditor's page this room's words."""
    for subject, kinds in (("person", PERSON), ("enterprise", ENTERPRISE), ("regulator", OFFICE)):
        add_words(app, subject, Words(kinds, KEYS, ROLES))
