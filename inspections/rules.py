"""The words of inspecting, in code and in Chinese. Values are stored and exported, so they never change."""

from __future__ import annotations

from workflows.vocabulary import Label


class RiskGrade(Label):
    """The grade of a risk point (红橙黄蓝); not the colour of a list."""

    RED = "red", "重大风险（红）"
    ORANGE = "orange", "较大风险（橙）"
    YELLOW = "yellow", "一般风险（黄）"
    BLUE = "blue", "低风险（蓝）"


class PointKind(Label):
    """What a risk point is."""

    PLACE = "place", "场所"
    EQUIPMENT = "equipment", "设备设施"
    ACTIVITY = "activity", "作业活动"


class ControlKind(Label):
    """What kind of control measure keeps the risk down."""

    ENGINEERING = "engineering", "工程技术"
    MANAGEMENT = "management", "管理措施"
    TRAINING = "training", "培训教育"
    PROTECTION = "protection", "个体防护"
    EMERGENCY = "emergency", "应急处置"


class ItemVerdict(Label):
    """What was seen of one item of a checklist."""

    OK = "ok", "合格"
    FAILED = "failed", "不合格"
    NOT_APPLICABLE = "na", "不适用"


class InspectionState(Label):
    """How far an inspection has come."""

    RUNNING = "running", "进行中"
    PAUSED = "paused", "已暂停"
    FINISHED = "finished", "已完成"
    GIVEN_UP = "given_up", "已作废"


UNFINISHED = frozenset({InspectionState.RUNNING, InspectionState.PAUSED})


class Treatment(Label):
    """What becomes of a failed item."""

    HAZARD = "hazard", "立为隐患"
    ON_THE_SPOT = "on_the_spot", "当场整改"


class PhotoKind(Label):
    """What a photo of an item shows."""

    BEFORE = "before", "检查时"
    AFTER = "after", "整改后"
