"""Numbers as people read them in verdicts, on the page and in a terminal."""

LARGE = 999.95  # from here on, four digits are those before the point
NOISE = 10  # decimals; numbers that differ only after them look alike


def short(value: float) -> str:
    """Returns `1,338`, `0.1234` or `5`: all digits before the point, or else four."""
    if isinstance(value, int) or abs(value) >= LARGE:
        return f"{value:,.0f}"
    return f"{round(value, NOISE) + 0.0:.4g}"  # no zero has a sign
