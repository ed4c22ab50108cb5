"""How values read. A number that is not there is a dash, never a zero."""

import math

NONE = "–"


def is_absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def percent(value: float | None, digits: int = 2) -> str:
    return NONE if is_absent(value) else f"{value:.{digits}f}"


def as_stated(value: float | None) -> str:
    """With no more digits than the paper gives."""
    return NONE if is_absent(value) else f"{value:g}"


def duration(seconds: float | None) -> str:
    """`3 m 12 s`, as the paper writes times."""
    if seconds is None or is_absent(seconds):
        return NONE
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or f"{seconds:.1f} s"


def microseconds(value: float | None) -> str:
    if value is None or is_absent(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def integer(value: float | None) -> str:
    return NONE if value is None or is_absent(value) else f"{round(value):,}"


def images(count: float | None) -> str:
    """A mean over seeds need not be whole."""
    if count is None or is_absent(count):
        return NONE
    return integer(count) if count == round(count) else f"{count:,.1f}"


def kilobytes(value: float | None) -> str:
    """Two decimals, as the paper prints them; 1 KB = 1000 bytes."""
    return NONE if is_absent(value) else f"{value:,.2f}"


def megabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1e6:.2f}"
