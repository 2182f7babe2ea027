"""What a text may say: a whitelist over the parsed tree. Whatever is not named here is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

from notices.texts.faults import Fault
from notices.texts.filters import FILTERS
from notices.texts.names import ITEM, ITEM_PARTS, ITEMS, nearest
from notices.texts.tokens import HOW

_CHINESE = re.compile(r"[㐀-鿿]{1,20}")
_LOOP: Final = f"循环只能写成 {{% for {ITEM} in {ITEMS} %}}…{{% endfor %}}，不能套循环。"


def tree_faults(tree: nodes.Template, known: frozenset[str] | None) -> list[Fault]:
    """Everything in the tree that may not be there; `known` are the names that may, None: any Chinese word."""
    return list(_Walk(known).blocks(tree.body, in_loop=False))


class _Walk:
    """One walk through a tree; `in_loop` says whether 项 has a meaning there."""

    def __init__(self, known: frozenset[str] | None) -> None:
        self._known = known

    def blocks(self, body: list[nodes.Node], *, in_loop: bool) -> Iterator[Fault]:
        for node in body:
            yield from self._block(node, in_loop)

    def _block(self, node: nodes.Node, in_loop: bool) -> Iterator[Fault]:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    yield from self._value(part, in_loop)
        elif isinstance(node, nodes.If):
            yield from self._condition(node.test, in_loop)
            for body in (node.body, node.elif_, node.else_):
                yield from self.blocks(list(body), in_loop=in_loop)
        elif isinstance(node, nodes.For):
            yield from self._loop(node, in_loop)
        else:
            yield Fault(node.lineno, f"这里的写法不能用。{HOW}")

    def _loop(self, node: nodes.For, in_loop: bool) -> Iterator[Fault]:
        target, source = node.target, node.iter
        right = isinstance(target, nodes.Name) and target.name == ITEM
        right = right and isinstance(source, nodes.Name) and source.name == ITEMS
        if not right or in_loop or node.else_ or node.test is not None or node.recursive:
            yield Fault(node.lineno, _LOOP)
            return
        yield from self.blocks(node.body, in_loop=True)

    def _condition(self, node: nodes.Node, in_loop: bool) -> Iterator[Fault]:
        if isinstance(node, nodes.And | nodes.Or):
            yield from self._condition(node.left, in_loop)
            yield from self._condition(node.right, in_loop)
        elif isinstance(node, nodes.Not):
            yield from self._condition(node.node, in_loop)
        elif isinstance(node, nodes.Compare):
            yield from self._comparison(node, in_loop)
        else:
            yield from self._value(node, in_loop)

    def _comparison(self, node: nodes.Compare, in_loop: bool) -> Iterator[Fault]:
        if len(node.ops) != 1 or node.ops[0].op not in ("eq", "ne"):
            yield Fault(node.lineno, "比较只能用一个 == 或 !=。请拆成几个条件，用 and、or 连起来。")
            return
        yield from self._operand(node.expr, in_loop)
        yield from self._operand(node.ops[0].expr, in_loop)

    def _operand(self, node: nodes.Node, in_loop: bool) -> Iterator[Fault]:
        if not isinstance(node, nodes.Const):
            yield from self._value(node, in_loop)

    def _value(self, node: nodes.Node, in_loop: bool) -> Iterator[Fault]:
        if isinstance(node, nodes.Filter):
            yield from self._filter(node, in_loop)
        elif isinstance(node, nodes.Getattr):
            yield from self._item_part(node, in_loop)
        elif isinstance(node, nodes.Name):
            yield from self._name(node, in_loop)
        else:
            yield Fault(node.lineno, f"这里的写法不能用。{HOW}")

    def _filter(self, node: nodes.Filter, in_loop: bool) -> Iterator[Fault]:
        if node.name not in FILTERS:
            yield Fault(node.lineno, f"没有「{node.name}」这种格式。可以用的是{'、'.join(FILTERS)}。")
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
            yield Fault(node.lineno, f"格式只写名字，例如 {{{{ 名称|{node.name} }}}}。")
        else:
            yield from self._value(node.node, in_loop)

    def _item_part(self, node: nodes.Getattr, in_loop: bool) -> Iterator[Fault]:
        if not (isinstance(node.node, nodes.Name) and node.node.name == ITEM):
            yield Fault(node.lineno, f"只有「{ITEM}」后面能加点，例如 {{{{ {ITEM}.描述 }}}}。")
        elif not in_loop:
            yield Fault(node.lineno, f"「{ITEM}」只能用在循环里。{_LOOP}")
        elif node.attr not in ITEM_PARTS:
            yield Fault(node.lineno, _unknown(f"{ITEM}.{node.attr}", node.attr, tuple(ITEM_PARTS), f"{ITEM}."))

    def _name(self, node: nodes.Name, in_loop: bool) -> Iterator[Fault]:
        if node.name == ITEMS:
            yield Fault(node.lineno, f"「{ITEMS}」是清单，不能直接写出。{_LOOP}")
        elif node.name == ITEM:
            yield Fault(node.lineno, f"「{ITEM}」后面要写明哪一栏，例如 {{{{ {ITEM}.描述 }}}}。")
        elif self._known is None:
            if not _CHINESE.fullmatch(node.name):
                yield Fault(node.lineno, f"没有「{node.name[:20]}」这个名称。")
        elif node.name not in self._known:
            yield Fault(node.lineno, _unknown(node.name, node.name, tuple(sorted(self._known)), ""))


def _unknown(shown: str, wanted: str, known: tuple[str, ...], prefix: str) -> str:
    near = nearest(wanted, known)
    way = f"是不是「{prefix}{near}」？" if near else "请从名称表中选。"
    return f"没有「{shown[:20]}」这个名称。{way}"
