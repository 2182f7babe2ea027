"""Money: integer fen inside, yuan with two decimals on paper, 万元 where forms say so."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MAX_FEN = 10**15  # ten trillion yuan: beyond it, somebody typed a telephone number


def fen_from_wan(text: str) -> int | None:
    """Fen from an amount in 万元 as typed (39.6 → 39 600 000 fen); None where it is no amount."""
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0:
        return None
    fen = int((amount * 1_000_000).quantize(Decimal(1), ROUND_HALF_UP))
    return fen if fen <= MAX_FEN else None


def wan(fen: int) -> Decimal:
    """The amount in 万元, exact, at least two decimals."""
    amount = Decimal(fen) / 1_000_000
    return amount.quantize(Decimal("0.01")) if fen % 10_000 == 0 else amount.normalize()


def wan_text(fen: int | None) -> str:
    """39.60 万元, or a dash where there is no amount."""
    return "—" if fen is None else f"{wan(fen):f} 万元"
