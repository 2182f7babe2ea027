"""前提: the part of a clause that must be true besides, and is asked before a clause is confirmed.

Standards hang it on a clause (有该情形仍继续使用的), or write it into the sentence (失效的, 未经验收即投入使用的). The
words asked are the clause's own.
"""

from __future__ import annotations

import re
from typing import Final

_STILL_USED: Final = re.compile(r"(?:有?(?:该|上述)情形)?仍(?:然)?(?:继续|在)?(?:使用|生产|运行|作业|运营)|且未停用")
_WITHOUT_FIRST: Final = re.compile(r"未[^，。；、或]{2,24}?即[^，。；]{2,16}|[^，。；、]{0,16}后仍未[^，。；]{2,16}")
# 失效 as what the whole clause says, not as one of the situations it lists
_OUT_OF_ORDER: Final = re.compile(
    r"(缺失或者?失效|失效或者无效|[^，。；、（）或者]{1,16}失效)(?=的?[。，]?$|均判定|[，。](?:有该情形)?仍)"
)
LONGEST: Final = 60


def preconditions_of(text: str) -> tuple[str, ...]:
    """What must be true besides for this clause to hold, each in its own words; empty where it asks nothing more.

    Of a clause that lists situations (；) none is a condition of the others.
    """
    patterns = [_STILL_USED, _OUT_OF_ORDER]
    patterns += [_WITHOUT_FIRST] if "；" not in text else []
    found = [match.group(0) for pattern in patterns for match in pattern.finditer(text)]
    words = dict.fromkeys(part.strip("，。； ").removeprefix("且").removesuffix("的") for part in found)
    kept = [word for word in words if word and not any(word != other and word in other for other in words)]
    return tuple(word[:LONGEST] for word in kept)
