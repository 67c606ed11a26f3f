"""Words and numbers as a reader sees them: names of files, lists in a sentence, aligned numbers."""

import hashlib
import math
import re

from affekt.foreign import clean
from affekt.measures.intervals import Interval

NOTHING = "–"
SMALLEST_P = 0.001  # p-values below it are not told apart on the page; a file has their digits


Value = str | int | float | Interval | None


def slug(text: str) -> str:
    """Give a file name for any text; a short hash joins when letters were lost.

    >>> slug("oasis"), slug("</script>")
    ('oasis', 'script-6c9656')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
    if plain and plain == text:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:6]}".lstrip("-")


def count(number: float) -> str:
    """Give a count with thousands; one decimal when outcomes were averaged or ties were shared.

    >>> count(3490), count(1120.25)
    ('3,490', '1,120.2')
    """
    return f"{number:,.0f}" if abs(number - round(number)) < 1e-9 else f"{number:,.1f}"


def percent(share: float, decimals: int = 1) -> str:
    """Give a share as percent.

    >>> percent(0.3209)
    '32.1 %'
    """
    return f"{100 * share:.{decimals}f} %"


def show(value: Value, kind: str) -> str:
    """Give one cell as text; what is not there, or no number, is a dash.

    >>> show(1024.0, "number"), show(-0.00001, "score"), show(-0.25, "points")
    ('1,024', '0.000', '−25.0')
    """
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return NOTHING
    if isinstance(value, Interval):
        return _interval(value, kind)
    if not math.isfinite(value):
        return NOTHING
    if kind == "count":
        return count(value)
    if kind == "chance" and value < SMALLEST_P:
        return f"< {SMALLEST_P}"
    return f"{_number(value, kind)} %" if kind == "percent" else _number(value, kind)


def _interval(value: Interval, kind: str) -> str:
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return NOTHING
    to = "to" if value.low < 0 else "–"  # a dash beside a minus sign is hard to read
    return f"{_number(value.low, kind)} {to} {_number(value.high, kind)}"


def _number(value: float, kind: str) -> str:
    """Give a share as percent or as it is, with a minus sign that is no hyphen, and no −0."""
    if kind == "number":  # in a unit of its own: four digits
        plain = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    else:
        plain = f"{100 * value:.1f}" if kind in ("percent", "points") else f"{value:.3f}"
    return plain.replace("-", "−" if plain.strip("-0.") else "")


def listed(words: list[str]) -> str:
    """Join words as in a sentence.

    >>> listed(["awe", "fear", "anger"])
    'awe, fear and anger'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
