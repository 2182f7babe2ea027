"""Forms of what a person keeps of the list: a filter under a name, and the columns."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField

from accounts.forms.base import Form
from accounts.forms.base import offered as choices
from hazards.columns import MORE, MOST_MORE, USUAL, Columns, chosen, keys_of
from hazards.forms.parts import line
from hazards.operations.saved_filters import LONGEST_NAME


class FilterForm(Form):
    """Name, shared or not, and whether the list opens with it."""

    name = line("名称", LONGEST_NAME, needed="请填名称。")
    shared = BooleanField(
        "共享给本单位的人", description="同一单位的人在隐患列表上方都能看到，各人看到的隐患仍按各自的权限。"
    )
    default = BooleanField("打开隐患列表时先用它")


class ColumnsForm(Form):
    """Which columns the list shows at the desk."""

    usual = SelectMultipleField("常用的列", choices=choices(USUAL.items()), validate_choice=False)
    more = SelectMultipleField(
        "更多的列", choices=choices((key, column.head) for key, column in MORE.items()), validate_choice=False
    )

    def put(self, columns: Columns) -> None:
        """Show what is chosen."""
        self.usual.data, self.more.data = list(columns.usual), list(columns.more)

    def complete(self) -> bool:
        """At least one column, and not more than fit beside the description."""
        if not self.usual.data and not self.more.data:
            self.usual.errors = ["请至少选一列。"]
            return False
        if len(self.more.data or ()) <= MOST_MORE:
            return True
        self.more.errors = [f"最多另选 {MOST_MORE} 列，现在选了 {len(self.more.data)} 列。请去掉几列。"]
        return False

    @property
    def columns(self) -> Columns | None:
        """The choice; None where it is the usual one."""
        wanted = chosen([*(self.usual.data or ()), *(self.more.data or ())])
        return None if keys_of(wanted) == keys_of(Columns()) else wanted
