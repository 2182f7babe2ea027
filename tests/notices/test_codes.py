"""A code can be read out: whatever a person mistypes is noticed, and what is merely written otherwise is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.codes import ALPHABET, clean_code, new_code

codes = st.builds(new_code)
places = st.integers(0, 11)


@given(codes)
def test_a_code_has_three_groups_of_four(code: str) -> None:
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert set(code) <= {*ALPHABET, "-"}
    assert clean_code(code) == code


@given(codes, places, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    plain = code.replace("-", "")
    typed = plain[:place] + other + plain[place + 1 :]
    assert clean_code(typed) == (code if typed == plain else None)


@given(codes, places, places)
def test_two_characters_that_changed_places_are_noticed(code: str, one: int, other: int) -> None:
    letters = list(code.replace("-", ""))
    letters[one], letters[other] = letters[other], letters[one]
    typed = "".join(letters)
    assert clean_code(typed) == (code if typed == code.replace("-", "") else None)


@given(codes)
def test_it_is_understood_however_it_is_written(code: str) -> None:
    plain = code.replace("-", "")
    ways = (
        code.lower(),
        plain,
        f" {plain[:4]} {plain[4:8]}　{plain[8:]} ",
        code.replace("-", "－"),
        code.replace("0", "o").replace("1", "l"),
        code.replace("0", "O").replace("1", "I"),
        "".join(chr(ord(character) + 0xFEE0) for character in plain),
        f"https://register.example.cn/verify/{code}",
    )
    assert {clean_code(way) for way in ways} == {code}


@pytest.mark.parametrize(
    "typed", ["", "K7QM", "U" * 12, "隐" * 12, "0" * 13, "0" * 10_000, "0000-0000-000\x00", "²" * 12]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert clean_code(typed) is None


def test_no_two_codes_are_alike() -> None:
    assert len({new_code() for _ in range(2_000)}) == 2_000
