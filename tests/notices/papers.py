"""A snapshot of every kind of notice, as real ones read; others may take them and change what they need."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from notices.snapshots import (
    AnnexSnapshot,
    ItemSnapshot,
    NoticeSnapshot,
    SectionSnapshot,
    SignPlace,
    VerificationSnapshot,
)
from workflows.notices import NOTICES, Family, NoticeKind

ISSUED = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
DATED = date(2026, 11, 21)
OFFICE = "重庆市綦江区应急管理局"
COMMITTEE = "重庆市綦江区安全生产委员会办公室"
FIRM = "重庆市綦江区镕堃化工有限责任公司"
CHECK = VerificationSnapshot(
    anchor="第 1024 号 2026-11-21 10:00 8d1f0c2e6a9b47d35c1e",
    code="K7QM-3TZP",
    url="https://yh.example.cn/verify/K7QM3TZP",
    digest="5d3e1c7f9f2c41d07be35a66c2a94e18b0d7f6a35e4c9b8d7a6f5e4d3c2b1a09",
)
APPEAL = (
    "如不服本决定，可以自收到本文书之日起60日内依法向綦江区人民政府申请行政复议，或者在6个月内依法向綦江区人民法院"
    "提起行政诉讼。复议、诉讼期间，不停止执行本决定。"
)
COPIES_NOTE = "本文书一式两份，一份由本机关留存，一份交被检查单位。"
LETTER_BODY = "\n".join(
    (
        (
            "2026年11月18日，区安委办会同区应急管理局对你公司开展重大事故隐患专项执法检查，发现第17号储"
            "罐区可燃气体报警装置未与紧急切断阀联锁，依据《化工和危险化学品生产经营单位重大生产安全事故隐患判定标"
            "准（试行）》，判定为重大事故隐患。现决定对该隐患挂牌督办，有关事项通知如下："
        ),
        "一、督办事项",
        "（一）立即停止第17号储罐区的装卸作业，撤出作业人员，设置警戒并安排专人值守。",
        ("（二）于2026年12月20日前完成可燃气体报警装置与紧急切断阀的联锁改造，投入资金不少于39.60 万元。"),
        "（三）责任人：朱镕堃、李喆、王龑、𬭬某。",
        "二、有关要求",
        (
            "（一）落实整改责任。你公司主要负责人对整改工作负总责，于2026年12月1日前将整改方案报区应急管理"
            "局，整改方案应当包括目标和任务、方法和措施、经费和物资、机构和人员、时限和要求、安全措施和应急预案。"
        ),
        ("（二）报送整改进展。每季度末5日前书面报告整改进展；不能按期完成的，应当在期限届满15个工作日前提出延期申请。"),
        "1. 整改完成后，应当组织验收并提出销号申请。",
        "（1）验收合格的，由区应急管理局复查后核销。",
    )
)


def item(position: int = 1, **changed: object) -> ItemSnapshot:
    """One hazard of an order."""
    values: dict[str, object] = {
        "number": f"YH-500110-2026-{position:06d}",
        "enterprise": FIRM,
        "place": f"第{position}号储罐区",
        "description": "可燃气体报警装置未与紧急切断阀联锁，报警后不能自动切断物料。",
        "grade": "重大",
        "basis": "《化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（试行）》第十条",
        "deadline": date(2026, 12, 20) + timedelta(days=position % 5),
        "state": "整改中",
        "overdue_days": position % 3,
    }
    return ItemSnapshot(position, **(values | changed))  # type: ignore[arg-type]


def items(count: int, **changed: object) -> tuple[ItemSnapshot, ...]:
    """So many hazards."""
    return tuple(item(position, **changed) for position in range(1, count + 1))


RED_HEADED = (NoticeKind.BULLETIN, NoticeKind.LISTING, NoticeKind.DELISTING)


def letter(kind: NoticeKind = NoticeKind.LISTING, **changed: object) -> NoticeSnapshot:
    """An official letter of this kind."""
    snapshot = NoticeSnapshot(
        kind=kind.value,
        title="重大事故隐患挂牌督办通知书" if kind is NoticeKind.LISTING else f"关于对{FIRM}重大事故隐患的{kind.label}",
        issued_at=ISSUED,
        dated=DATED,
        head=f"{COMMITTEE}文件" if kind in RED_HEADED else COMMITTEE,
        number="綦安办督〔2026〕17号",
        addressee=f"綦江区应急管理局、䶮塘镇人民政府、{FIRM}",
        body=LETTER_BODY,
        closing="特此通知。",
        signers=(COMMITTEE,),
        copies=("区委办公室", "区人大常委会办公室", "区政府办公室"),
        printed_by=COMMITTEE,
        verification=CHECK,
    )
    return replace(snapshot, **changed)  # type: ignore[arg-type]


def order(kind: NoticeKind = NoticeKind.ORDER, **changed: object) -> NoticeSnapshot:
    """An enforcement document of this kind."""
    opinion = {"opinion": "合格"} if kind is NoticeKind.REINSPECTION else {}
    snapshot = NoticeSnapshot(
        kind=kind.value,
        title=kind.label,
        issued_at=ISSUED,
        dated=DATED,
        head=OFFICE,
        number="（綦）应急责改〔2026〕12号",
        addressee=FIRM,
        facts=(
            ("被检查单位", FIRM),
            ("地址", "重庆市綦江区古南街道工业园区桥河组团12号"),
            ("检查时间", "2026年11月18日 09:05 至 2026年11月18日 11:40"),
        ),
        body="经查，你单位存在下列问题：",
        items=items(2, **opinion),
        items_shown=True,
        closing=f"现责令你单位对上述问题于2026年12月20日前整改完毕，达到有关法律法规规章和标准规定的要求。\n{APPEAL}",
        signers=(OFFICE,),
        places=(
            SignPlace("检查人员（签名）", ("王堃", "䶮某"), ("证号 50011001", "证号 50011002")),
            SignPlace("被检查单位负责人（签名）", opinion="被检查单位意见：情况属实，按期整改。"),
        ),
        note=COPIES_NOTE,
        verification=CHECK,
    )
    return replace(snapshot, **changed)  # type: ignore[arg-type]


def form(kind: NoticeKind = NoticeKind.HAZARD_REPORT, **changed: object) -> NoticeSnapshot:
    """An enterprise's form of this kind."""
    parts = ("目标和任务", "方法和措施", "经费和物资", "机构和人员", "时限和要求", "安全措施和应急预案")
    snapshot = NoticeSnapshot(
        kind=kind.value,
        title=kind.label,
        issued_at=ISSUED,
        dated=DATED,
        addressee="綦江区应急管理局",
        sections=(
            SectionSnapshot(
                "一、基本情况",
                (
                    ("单位名称", FIRM),
                    ("统一社会\n信用代码", "91350100M000100Y43"),
                    ("隐患编号", "YH-500110-2026-000123"),
                    ("隐患位置", "第17号储罐区"),
                    ("发现日期", "2026年11月3日"),
                ),
                (("现状及产生原因", "可燃气体报警装置未与紧急切断阀联锁，系改造时漏接。"),),
            ),
            SectionSnapshot("二、治理方案", texts=tuple((name, f"{name}：按整改方案执行。" * 6) for name in parts)),
        ),
        places=(
            SignPlace("主要负责人", ("朱镕堃",), opinion="以上情况属实，请予审查。", sealed=True),
            SignPlace("监管部门意见", opinion="", sealed=True),
        ),
        verification=CHECK,
    )
    return replace(snapshot, **changed)  # type: ignore[arg-type]


STATISTICS_HEADS = (
    "行业和领域",
    *(f"一般隐患｜{name}" for name in ("排查单位数（家）", "隐患数（项）", "已整改数（项）", "整改率（%）")),
    *(f"重大隐患｜{name}" for name in ("隐患数（项）", "已整改销号数（项）", "整改率（%）")),
    "列入治理计划的重大隐患｜隐患数（项）",
    *(
        f"列入治理计划的重大隐患｜其中｜{name}"
        for name in ("落实目标任务", "落实经费物资", "落实机构人员", "落实时间要求", "落实安全措施应急预案")
    ),
    "列入治理计划的重大隐患｜累计落实资金（万元）",
)


def statistics(**changed: object) -> NoticeSnapshot:
    """The quarterly table."""
    rows = [
        (name, "12", "340", "331", "97.4", "3", "2", "66.7", "1", "1", "1", "1", "1", "1", "39.60")
        for name in ("危险化学品", "工贸", "建筑施工", "合计")
    ]
    table = AnnexSnapshot("", heads=STATISTICS_HEADS, rows=tuple(rows))
    plain = form(NoticeKind.STATISTICS, sections=(), annexes=(table,), facts=(("填报单位（章）", FIRM),))
    return replace(plain, **changed)  # type: ignore[arg-type]


def paper(kind: NoticeKind) -> NoticeSnapshot:
    """A sample of this kind."""
    if kind is NoticeKind.STATISTICS:
        return statistics()
    return {Family.LETTER: letter, Family.ENFORCEMENT: order, Family.FORM: form}[NOTICES[kind].family](kind)


PAPERS = {kind: paper(kind) for kind in NoticeKind}
