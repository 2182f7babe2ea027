"""The form of a comment."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import SelectMultipleField

from accounts.forms.base import offered as choices
from hazards.forms.parts import HazardForm, text


class CommentForm(HazardForm):
    """What is said, and who is told of it."""

    text = text(
        "评论",
        longest=1000,
        needed="请写明内容。",
        description="能看到这条隐患的人都能看到评论，写下后不能删改。请勿写举报人的情况。写「@姓名」或在下面勾选，可以告知对方。",
    )
    people = SelectMultipleField("告知", coerce=str)

    def offer_people(self, people: Mapping[int, str]) -> None:
        """Whom it may mention."""
        self.people.choices = choices((str(person), name) for person, name in people.items())

    @property
    def mentioned(self) -> frozenset[int]:
        """Whoever was ticked."""
        return frozenset(int(value) for value in self.people.data or ())
