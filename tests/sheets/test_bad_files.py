"""Every bad file ends with one sentence, after bounded work."""

from __future__ import annotations

import re

import pytest

from core.sheets import STANDARD, BadFile, open_sheets
from core.sheets.work import Work
from tests.sheets.bad_files import BAD, Bad

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.label)
def test_a_bad_file_ends_with_one_sentence_after_bounded_work(bad: Bad) -> None:
    work = Work()
    with pytest.raises(BadFile) as refusal:
        open_sheets(bad.data(), bad.name, work=work)
    sentence = refusal.value.sentence
    assert bad.words in sentence
    assert _CHINESE.search(sentence)
    assert sentence.endswith("。")
    assert not re.search(r"[\n\x00-\x1f\u200b-\u200f\u202a-\u202e]", sentence)
    assert len(sentence) < 130
    assert work.unpacked < 20_000_000
    assert work.marks <= STANDARD.marks
    assert work.cells <= 100_000


def test_there_are_enough_of_them_and_each_is_another() -> None:
    assert len(BAD) >= 40
    assert len({bad.label for bad in BAD}) == len(BAD)
    made = [(bad.data(), bad.name) for bad in BAD]
    assert len(set(made)) == len(made)
