"""The steps of a notice as a table: which rule allows each, what it is called, what its page asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from notices import rules
from notices.rules import NoticeCase
from workflows.answers import Ruling


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step with its own page: the words of its button and page; whether a reason and the password are asked.

    `turn`: it is the next step of its way, so that whoever may take it has the notice now.
    """

    name: str
    label: str
    title: str
    intro: str
    permit: Callable[[NoticeCase], Ruling]
    done: str
    reason: str = ""
    asks_password: bool = False
    shows_paper: bool = False
    turn: bool = False
    kind: str = "plain"
    form_label: str = ""


STEPS: Final[tuple[StepRow, ...]] = (
    StepRow(
        "number",
        "取号",
        "取号",
        "取得的文号不再收回；不用了的，撤回时写明理由，文号保留。",
        rules.permit_number,
        "已取号",
    ),
    StepRow(
        "send",
        "提交",
        "提交文书",
        "提交后不能修改；要改的，由审核人或者签发人退回。",
        rules.permit_send,
        "已提交。",
        shows_paper=True,
        turn=True,
        kind="primary",
    ),
    StepRow(
        "approve",
        "审核通过",
        "审核文书",
        "通过后转给签发人。内容不对的，请退回修改。",
        rules.permit_review,
        "已审核通过。",
        shows_paper=True,
        turn=True,
        kind="primary",
    ),
    StepRow(
        "issue",
        "签发",
        "签发文书",
        "签发后文书冻结：内容、文号和文件不再改变，隐患以后的变化不影响它。不能撤销，只能作废。",
        rules.permit_issue,
        "已签发",
        asks_password=True,
        shows_paper=True,
        turn=True,
        kind="primary",
        form_label="定稿",
    ),
    StepRow(
        "return",
        "退回",
        "退回修改",
        "退回给起草人修改，起草人会看到理由，改好后重新提交。",
        rules.permit_return,
        "已退回起草人。",
        reason="必填",
        kind="refuse",
    ),
    StepRow(
        "withdraw",
        "撤回",
        "撤回文书",
        "没有签发的文书撤回后不再办理；已取的文号保留，注明未使用的理由。",
        rules.permit_withdraw,
        "已撤回。",
        reason="已取号的必填",
    ),
    StepRow(
        "void",
        "作废",
        "作废文书",
        "作废后文书和文号都保留，标明已作废；核验时会显示。",
        rules.permit_void,
        "已作废。",
        reason="必填",
        asks_password=True,
    ),
)
"""In the order in which the buttons stand."""

BY_NAME: Final = {row.name: row for row in STEPS}

MORE: Final = (("serve", "登记送达", rules.permit_serve), ("scan", "上传签字件", rules.permit_scan))
"""Steps with forms of their own: their pages, words and rules."""


def label_of(row: StepRow, *, is_form: bool) -> str:
    """What the step is called: a form is 定稿, not issued."""
    return row.form_label if is_form and row.form_label else row.label
