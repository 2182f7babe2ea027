"""What is wrong with a text, for whoever edits it; and the refusal of a text that cannot be filled."""

from __future__ import annotations

from dataclasses import dataclass

from core.refusals import Invalid


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: its line in the whole text, counted from 1, and a sentence that says what to do."""

    line: int
    sentence: str

    def told(self) -> str:
        """The fault with its line, as one sentence."""
        return f"第 {self.line} 行：{self.sentence}"


class TemplateRefused(Invalid):
    """A text that is not right was to be filled; the sentence says where and what to do."""

    def __init__(self, said: str) -> None:
        super().__init__(f"文书模板不能用。{said}请在「文书模板」中改正，或恢复为系统文字。")
