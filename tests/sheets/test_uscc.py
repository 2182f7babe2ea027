"""Unified social credit codes (GB 32100-2015)."""

from __future__ import annotations

import pytest

from core.uscc import check_character, has_uscc_shape, is_valid_uscc, normal_uscc

TRUE_CODES = ("91350100M000100Y43", "91110000101623741K", "11500241009138858T")


@pytest.mark.parametrize("code", TRUE_CODES)
def test_a_true_code_is_valid(code: str) -> None:
    assert is_valid_uscc(code)
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize("code", TRUE_CODES)
def test_any_other_last_character_is_not_valid(code: str) -> None:
    others = set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[17]}
    assert not any(is_valid_uscc(code[:17] + other) for other in others)


@pytest.mark.parametrize("code", TRUE_CODES)
@pytest.mark.parametrize("place", range(16))
def test_two_swapped_neighbours_are_not_valid(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid_uscc(swapped) == (swapped == code)


@pytest.mark.parametrize("text", ["", "0", "9135010", "91350100M000100Y4S", "91350100M000100Y434", "九一三五" * 5])
def test_a_text_of_another_shape_is_not_valid(text: str) -> None:
    assert not has_uscc_shape(text)
    assert not is_valid_uscc(text)


def test_a_code_is_stored_half_width_and_upper_case() -> None:
    assert normal_uscc(" ９１３５０１００m000100y43\n") == "91350100M000100Y43"


def test_a_body_of_another_length_has_no_check_character() -> None:
    with pytest.raises(ValueError, match="seventeen"):
        check_character("913")
