"""The words of notices: families, kinds, where one stands, how it is served, what a draft asks, what issuing does."""

from __future__ import annotations

from workflows.vocabulary import Label


class Family(Label):
    """The three families of layout (domain.md §7)."""

    LETTER = "letter", "公文"
    ENFORCEMENT = "enforcement", "执法文书"
    FORM = "form", "企业表格"


class NoticeKind(Label):
    """The kinds of domain.md §7; the word is the title that stands on the paper."""

    INSPECTION_RECORD = "inspection_record", "现场检查记录"
    MEASURE_DECISION = "measure_decision", "现场处理措施决定书"
    ORDER = "order", "责令限期整改指令书"
    REINSPECTION = "reinspection", "整改复查意见书"
    TOLD = "told", "重大事故隐患告知书"
    HAZARD_REPORT = "hazard_report", "重大事故隐患报告"
    LETTER = "letter", "督办函"
    BULLETIN = "bulletin", "通报"
    INTERVIEW = "interview", "约谈通知书"
    LISTING = "listing", "挂牌督办通知书"
    DELISTING = "delisting", "解除挂牌督办通知书"
    EXTENSION_REQUEST = "extension_request", "整改延期申请书"
    EXTENSION_DECISION = "extension_decision", "整改延期审批意见书"
    ACCEPTANCE_REQUEST = "acceptance_request", "整改验收申请书"
    ACCEPTANCE_OPINION = "acceptance_opinion", "整改验收意见书"
    RESUME_CONSENT = "resume_consent", "恢复生产审查意见书"
    CLOSURE_FORM = "closure_form", "销号审批表"
    STATISTICS = "statistics", "隐患排查治理情况统计表"
    TRANSFER = "transfer", "移送书"
    SERVICE = "service", "送达回证"
    COMPLAINT_ANSWER = "complaint_answer", "举报核查答复书"


class NoticeStatus(Label):
    """Where a notice stands. `withdrawn`: a draft that was never issued; `voided`: issued, its number stays used."""

    DRAFT = "draft", "起草中"
    REVIEWING = "reviewing", "待审核"
    REVIEWED = "reviewed", "待签发"
    ISSUED = "issued", "已签发"
    VOIDED = "voided", "已作废"
    WITHDRAWN = "withdrawn", "已撤回"


class ServiceManner(Label):
    """How a notice is served (行政处罚法 61; 民事诉讼法 88-95)."""

    HANDED = "handed", "直接送达"
    LEFT = "left", "留置送达"
    POSTED = "posted", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    ENTRUSTED = "entrusted", "委托送达"
    PUBLIC = "public", "公告送达"


class Receipt(Label):
    """What became of it at the addressee's."""

    WAITING = "waiting", "未签收"
    SIGNED = "signed", "已签收"
    REFUSED = "refused", "拒绝签收"


class Entry(Label):
    """How a field of a draft is asked for."""

    LINE = "line", "一行"
    LONG = "long", "多行"
    DAY = "day", "日期"
    MOMENT = "moment", "时间"
    YES = "yes", "是否"
    CHOICE = "choice", "选择"


class Effect(Label):
    """What issuing or serving does to the hazards it is about."""

    NONE = "none", "不改变隐患"
    ORDERED = "ordered", "写入指令书文号，送达后起算期限"
    TOLD = "told", "签收后记为已告知"
    LISTED = "listed", "记为挂牌督办"
    DELISTED = "delisted", "记为摘牌"
