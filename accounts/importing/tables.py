"""The columns of the tables that come in: enterprises, their links, units, people. Titles first, then synonyms."""

from __future__ import annotations

from typing import Final

from accounts.roles import ENTERPRISE_ROLES, REGULATOR_ROLES, Role
from accounts.rules import LINK_LABELS, SECTORS, LinkKind
from core.sheets.table_rules import ColumnRule, Kind, TableRule

_SEVERAL = "多个用顿号分开，写信用代码或全称"

ENTERPRISES: Final = TableRule(
    "企业名录",
    (
        ColumnRule(
            "name", "企业名称", ("单位名称", "名称", "生产经营单位", "公司名称", "企业全称"), is_required=True, width=30
        ),
        ColumnRule("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码", "组织机构代码"), width=22),
        ColumnRule(
            "region", "区县", ("属地", "所属区县", "行政区划", "区县或功能区", "所在区县", "区域", "区划代码"), width=12
        ),
        ColumnRule(
            "town", "镇街", ("乡镇(街道)", "乡镇街道", "街道", "乡镇", "镇街名称", "所属镇街", "镇(街)"), width=14
        ),
        ColumnRule(
            "industry",
            "行业",
            ("行业领域", "所属行业", "行业类别", "企业类型"),
            longest=60,
            hint="如 工贸-机械",
            width=16,
        ),
        ColumnRule(
            "sector",
            "监管行业",
            ("监管领域",),
            Kind.CHOICE,
            choices=dict.fromkeys(SECTORS, ()),
            hint="不填按行业确定",
        ),
        ColumnRule(
            "high_risk",
            "高危行业领域",
            ("是否高危", "高危行业", "高危"),
            Kind.FLAG,
            hint="是或否，不填按行业确定",
            width=12,
        ),
        ColumnRule("principal_name", "主要负责人", ("法定代表人", "法人代表", "法人", "负责人"), longest=60, width=12),
        ColumnRule("controller_name", "实际控制人", (), longest=60, width=12),
        ColumnRule(
            "address", "地址", ("详细地址", "企业地址", "单位地址", "生产经营地址", "注册地址"), longest=300, width=30
        ),
        ColumnRule("longitude", "经度", ("东经",), Kind.NUMBER, least=70, most=140, width=12),
        ColumnRule("latitude", "纬度", ("北纬",), Kind.NUMBER, least=0, most=60, width=12),
        ColumnRule(
            "active",
            "经营状态",
            ("是否在业", "状态", "企业状态"),
            Kind.CHOICE,
            choices={
                "yes": ("在业", "存续", "正常", "开业", "在营", "是"),
                "no": ("停业", "停产", "歇业", "关闭", "注销", "吊销", "否"),
            },
            width=10,
        ),
        ColumnRule(
            "contractor",
            "承包",
            ("发包单位", "发包方"),
            Kind.NAMES,
            hint=f"本企业是其承包方的企业；{_SEVERAL}",
            width=20,
        ),
        ColumnRule("tenant", "承租", ("出租单位", "出租方"), Kind.NAMES, hint="本企业是其承租方的企业", width=20),
        ColumnRule("landlord", "出租", ("承租单位", "承租方"), Kind.NAMES, hint="本企业是其出租方的企业", width=20),
        ColumnRule("owner", "产权", (), Kind.NAMES, hint="本企业是其产权方的企业", width=20),
    ),
    "一行一家企业。已登记的按信用代码认，没有代码的按名称和区县认；空格不改动登记的内容。不写区县的按本单位所在区县。",
)

LINKS: Final = TableRule(
    "企业关系",
    (
        ColumnRule("enterprise", "企业", ("企业名称", "本企业", "单位名称"), is_required=True, width=30),
        ColumnRule(
            "kind",
            "关系",
            ("关系类型",),
            Kind.CHOICE,
            is_required=True,
            choices={
                kind.value: (LINK_LABELS[kind], f"{LINK_LABELS[kind]}方", f"{LINK_LABELS[kind]}单位")
                for kind in LinkKind
            },
            hint="企业是对方企业的承包、承租、出租或产权方",
            width=10,
        ),
        ColumnRule("other", "对方企业", ("对方", "相关企业", "对方单位"), is_required=True, width=30),
        ColumnRule("since", "起日", ("开始日期", "起始日期"), Kind.DATE, width=12),
        ColumnRule("until", "止日", ("结束日期", "终止日期", "到期日期"), Kind.DATE, width=12),
    ),
    "两边都写统一社会信用代码或全称；没有关系的不填这张表。",
)

UNITS: Final = TableRule(
    "部门班组",
    (
        ColumnRule(
            "department",
            "部门",
            ("部门名称", "车间", "科室", "部门/车间", "单位"),
            longest=200,
            hint="上级写在前面，用 / 分开，如 生产部/熔炼车间",
            width=30,
        ),
        ColumnRule("team", "班组", ("班组名称", "班", "工段"), longest=60, width=24),
    ),
    "一行一个部门，或部门下的一个班组。已有的不变，没有的增加；不在表里的不关闭。",
)

# who may be given which role is `GRANTS`; here stands only how roles are called
_CALLED: Final[dict[Role, tuple[str, ...]]] = {
    Role.WORKER: ("员工", "职工", "工人"),
    Role.TEAM_LEADER: ("班长", "组长"),
    Role.DEPARTMENT_HEAD: ("车间主任", "部门主管", "部门经理"),
    Role.PLANT_MANAGER: ("厂长", "经理", "总经理"),
    Role.SAFETY_MANAGER: ("安全员", "安全管理员", "安全主任", "专职安全员"),
    Role.PRINCIPAL: ("法定代表人",),
    Role.TOWN_OFFICER: ("网格员",),
    Role.INSPECTOR: ("执法人员", "检查员"),
}

_NAME = ColumnRule("name", "姓名", ("人员姓名", "名字"), longest=60, is_required=True, width=12)
_LOGIN = ColumnRule(
    "login",
    "登录名",
    ("账号", "用户名", "登录账号"),
    longest=60,
    hint="只在纸上签的人不填；填了就给一次性密码",
    width=18,
)
_TITLE = ColumnRule("title", "职务", ("岗位", "职务/岗位", "工种"), longest=60, width=16)
_PHONE = ColumnRule("phone", "电话", ("联系电话", "手机", "手机号", "手机号码", "联系方式"), longest=20, width=16)


def _roles(roles: frozenset[Role]) -> ColumnRule:
    choices = {role.value: (role.label, *_CALLED.get(role, ())) for role in Role if role in roles}
    hint = f"多个用顿号分开；可填 {'、'.join(role.label for role in Role if role in roles)}"
    return ColumnRule("roles", "角色", ("系统角色", "权限"), Kind.CHOICES, choices=choices, hint=hint, width=22)


STAFF: Final = TableRule(
    "人员",
    (
        _NAME,
        _LOGIN,
        ColumnRule("department", "部门", ("部门/车间", "车间", "科室", "所在部门"), longest=200, width=20),
        ColumnRule("team", "班组", ("所在班组",), longest=60, width=16),
        _TITLE,
        _PHONE,
        ColumnRule("certificate_no", "证书编号", ("执法证号", "证件号", "资格证号"), longest=40, width=18),
        _roles(ENTERPRISE_ROLES),
    ),
    "一行一个人。已有的人按登录名认，没有登录名的按姓名（同名的再按电话）；空格不改动登记的内容，角色只增不减。",
)

OFFICERS: Final = TableRule(
    "人员",
    (
        _NAME,
        _LOGIN,
        _TITLE,
        _PHONE,
        ColumnRule("certificate_no", "执法证号", ("证书编号", "执法证编号", "证件号"), longest=40, width=18),
        _roles(REGULATOR_ROLES),
    ),
    STAFF.hint,
)
