"""Points as whole hundredths: the arithmetic inside scoring; outside, points are Decimals with two places."""

from decimal import Context, Decimal
from functools import lru_cache

# Wide enough for any figure a file can hold, so that nothing is ever rounded in passing.
WIDE = Context(prec=5000)


def cents(points: Decimal) -> int:
    """Return points of at most two places as hundredths."""
    return int(points.scaleb(2, WIDE))


@lru_cache(maxsize=1 << 15)
def points_of(hundredths: int) -> Decimal:
    """Return hundredths as points with two places (kept: the same few hundred figures come up all day)."""
    return Decimal(hundredths).scaleb(-2, WIDE)


def half_up(number: int, divisor: int) -> int:
    """Divide and round to the nearest whole, halves away from zero (ROUND_HALF_UP)."""
    size = (2 * abs(number) + divisor) // (2 * divisor)
    return size if number >= 0 else -size
