"""Templates as this house compiles them: what is printed is escaped, and not wrapped as well.

Jinja escapes a text into an object that says it is safe, only to join it with the others at once: for a list of fifty
rows that took longer than everything else. Whatever is not a plain text goes the usual way.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from markupsafe import _escape_inner, escape  # type: ignore[attr-defined]  # what `escape` calls itself


def install(app: Flask) -> None:
    """Have templates compiled in this way."""
    app.jinja_env.code_generator_class = Compiler
    app.jinja_env.written = written  # type: ignore[attr-defined]  # read by the compiled templates


def written(value: Any) -> str:
    """A value as a page prints it."""
    return _escape_inner(value) if type(value) is str else escape(value)


class Compiler(CodeGenerator):
    """Writes `environment.written(…)` where Jinja's own writes `escape(…)`."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")
