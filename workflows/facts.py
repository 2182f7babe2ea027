"""What must be in place before an action, as rows: the fact, what is missing without it, and where to put it right.

`Fact` values are what `hazards` finds in a record or in a request; `MUST_BE_IN_PLACE` in `closure.py` says which
action needs which. Source: domain.md §3, column "must be in place".
"""

from __future__ import annotations

from enum import StrEnum


class Fact(StrEnum):
    """One thing that is in place: its code, the words for it when it is missing, and the place to supply it."""

    words: str
    where: str

    # the defaults are for `Fact("place")`, which looks a member up and passes no words
    def __new__(cls, value: str, words: str = "", where: str = "") -> Fact:
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        member.where = where
        return member

    # the record: filled in when reporting
    PLACE = "place", "隐患位置", "facts"
    DESCRIPTION = "description", "隐患描述", "facts"
    FOUND_AT = "found_at", "发现时间", "facts"
    CATEGORY = "category", "隐患类别", "facts"
    RESPONSIBLE_UNIT = "responsible_unit", "责任单位", "facts"
    STOP_NOTE = "stop_note", "已停用什么、撤出何人、何时", "facts"
    PHOTO_BEFORE = "photo_before", "至少 1 张整改前照片", "photos"

    # judged and arranged at acceptance
    JUDGED_GRADE = "judged_grade", "判定等级", "judge"
    CRITERION_OR_REASON = "criterion_or_reason", "确认的判定条款，或不引条款的理由", "judge"
    RESPONSIBLE_PERSON = "responsible_person", "整改责任人", "arrange"
    DEADLINE = "deadline", "整改期限", "arrange"
    INTERIM_CONTROLS = "interim_controls", "整改期间的管控措施", "arrange"
    PLAN_DUE = "plan_due", "整改方案提交日期", "arrange"

    # the order
    ORDER_NUMBER = "order_number", "责令整改文书号", "order"
    LEGAL_BASIS = "legal_basis", "法律依据", "order"

    # the plan: five points, and for the enterprise's own report the six parts of 16号令
    PLAN_MEASURES = "plan_measures", "措施", "plan"
    PLAN_RESPONSIBILITY = "plan_responsibility", "责任", "plan"
    PLAN_MONEY = "plan_money", "资金", "plan"
    PLAN_DEADLINE = "plan_deadline", "时限", "plan"
    PLAN_CONTINGENCY = "plan_contingency", "预案", "plan"
    PLAN_SITUATION = "plan_situation", "隐患现状及产生原因", "plan"
    PLAN_HARM = "plan_harm", "危害程度和整改难易程度分析", "plan"
    CONGRESS_TOLD = "congress_told", "向职工大会或职工代表大会报告的日期", "plan"
    PLAN_SIGNED = "plan_signed", "已签批的整改方案", "plan"

    # the work
    RESULT = "result", "整改结果", "work"
    COMPLETED_ON = "completed_on", "整改完成日期", "work"
    REAL_COST = "real_cost", "实际整改资金", "work"
    PHOTO_AFTER = "photo_after", "至少 1 张整改后照片（上次未通过之后拍的）", "photos"
    POINTS = "points", "全部整改要点（还有没有整改的）", "points"
    CO_SIGNED = "co_signed", "产权（出租、发包）单位会签（涉及主体结构、公用设施的）", "co_sign"
    CAUSE = "cause", "产生原因", "work"
    SIMILAR_CHECKED = "similar_checked", "举一反三情况", "work"
    LASTING_MEASURE = "lasting_measure", "长效措施", "work"
    EVALUATION_REPORT = "evaluation_report", "停产整改后的安全评估报告", "photos"

    # the authority's acts
    RESUME_CHECKED = "resume_checked", "恢复生产前检查了什么", "request"
    RESUME_FROM = "resume_from", "恢复生产的日期", "request"
    RESUMED = "resumed", "恢复生产审查意见（监管部门责令停产的，须先办恢复生产）", "resume"
    REINSPECTION = "reinspection", "整改复查意见", "verify"

    # given with the request
    REASON = "reason", "理由", "request"
    NEW_DEADLINE = "new_deadline", "新的整改期限", "request"
    LIVE_ORIGINAL = "live_original", "同一企业的原隐患编号（重复上报的）", "request"
    TARGET_OFFICE = "target_office", "接收单位", "request"
