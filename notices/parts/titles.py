"""Titles of several lines: balanced, and broken between words (GB/T 9704 7.3.1: 词意完整，排列对称，长短适宜)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from notices.fonts import FontBook
from notices.parts.breaking import break_lines, pieces
from notices.parts.cleaning import one_line
from notices.parts.paragraph import Lines, Paragraph, TextStyle

MOST_LINES = 6
# Words of titles. Longer ones first, so that 通知书 is not read as 通知.
_VOCABULARY = """
    安全生产委员会办公室 安全生产委员会 委员会 办公室 应急管理局 管理局 监督管理局 市场监督 消防救援
    支队 大队 总队 人民政府 街道办事处 有限责任公司 股份有限公司 有限公司 分公司 公司 集团 工厂
    化工厂 合作社 重庆市 关于 对于 有关 进一步 重大 一般 事故 隐患 重大事故隐患 安全 生产 安全生产
    整改 整治 治理 排查 挂牌 督办 解除 挂牌督办 通知书 通知 通报 告知书 告知 决定书 决定 指令书
    责令 限期 意见书 意见 复查 检查 记录 现场 处理 措施 申请书 申请 审批表 审批 审查 验收 延期
    恢复 约谈 答复书 举报 核查 移送书 送达 回证 报告 情况 统计表 销号 清单 督办函 化工 机械 铸造
    矿业 建设 工程 建筑 食品 制造 科技 实业 物流 能源 危险化学品 烟花爆竹 第一 第二 第三 第四
    季度 上半年 下半年 全年 年度 期间 专项 行动 工作 问题 以及
"""
_WORDS = sorted(_VOCABULARY.split(), key=len, reverse=True)
_WORD = re.compile("|".join(_WORDS))
# A line gladly begins before these, and gladly ends after those.
_GLAD_START = ("关于", "重大", "解除", "挂牌", "安全生产", "整改", "隐患", "有关")
_GLAD_END = ("公司", "办公室", "委员会", "政府", "局", "支队", "大队", "》", "、", "市", "区", "县", "街道办事处")
_TORN, _UNLOVED, _GLAD = 3.0, 1.0, 0.0
UNEVEN = 2.0


@dataclass(frozen=True, slots=True)
class Title:
    """A centred title; `style` gives its size and leading."""

    book: FontBook
    text: str
    style: TextStyle

    def lay(self, width: float) -> Lines:
        """As few lines as hold it, of about one length, each ending where a word ends."""
        style = self.style
        em = self.book.widths(style.role, style.tracking).__getitem__
        text = one_line(self.text)
        lines = break_lines(text, width / style.size, em)
        if 1 < len(lines) <= MOST_LINES:
            parts = list(pieces(text))
            wide = [sum(map(em, part)) for part in parts]
            text = balanced(parts, wide, len(lines), width / style.size) or text
        return replace(Paragraph(self.book, text, style).lay(width), keeps_next=True)


def balanced(parts: Sequence[str], wide: Sequence[float], count: int, room: float) -> str:
    """The parts in `count` lines, ended by \\n, of the lowest cost; empty where they don't fit so."""
    costs = _break_costs(parts)
    ideal = sum(wide) / count
    starts = [0.0]
    for width in wide:
        starts.append(starts[-1] + width)
    # best[k][j]: the lowest cost of the first j parts in k lines, and where the last of these lines begins
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(count):
        best.append(_one_more_line(best[-1], starts, costs, ideal, room))
    if len(parts) not in best[count]:
        return ""
    ends = [len(parts)]
    for row in range(count, 0, -1):
        ends.append(best[row][ends[-1]][1])
    return "\n".join("".join(parts[start:end]) for start, end in pairwise(reversed(ends)))


def _one_more_line(
    before: dict[int, tuple[float, int]],
    starts: Sequence[float],
    costs: Sequence[float],
    ideal: float,
    room: float,
) -> dict[int, tuple[float, int]]:
    found: dict[int, tuple[float, int]] = {}
    for start, (cost, _) in before.items():
        for end in range(start + 1, len(starts)):
            width = starts[end] - starts[start]
            if width > room:
                break
            total = cost + ((width - ideal) / ideal) ** 2 * UNEVEN + costs[end]
            if end not in found or total < found[end][0]:
                found[end] = (total, start)
    return found


def _break_costs(parts: Sequence[str]) -> list[float]:
    """What it costs to end a line before each part; at the end of the text nothing."""
    text = "".join(parts)
    inside: set[int] = set()
    edges: set[int] = set()
    for word in _WORD.finditer(text):
        inside.update(range(word.start() + 1, word.end()))
        edges.update((word.start(), word.end()))
    costs, at = [], 0
    for part in parts:
        costs.append(_TORN if at in inside else _cost(text, at, at in edges))
        at += len(part)
    return [*costs, 0.0]


def _cost(text: str, at: int, at_edge: bool) -> float:
    if text.startswith(_GLAD_START, at) or text.endswith(_GLAD_END, 0, at):
        return _GLAD
    if text.startswith(("的", "）", "》"), at):
        return _TORN
    return _UNLOVED / 2 if at_edge else _UNLOVED
