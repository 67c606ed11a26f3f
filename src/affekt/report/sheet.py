"""Tables as CSV: raw numbers, RFC 4180, and text that no spreadsheet takes for a formula."""

import csv
import io
import math

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.report.exhibits import Kind, Table
from affekt.report.text import Value

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def safe(text: str) -> str:
    """Give text that opens as text in a spreadsheet; an apostrophe taken off gives it back.

    >>> safe("=1+1"), safe("fear")
    ("'=1+1", 'fear')
    """
    return "'" + text if text.startswith(FORMULA) else text


def table(given: Table) -> str:
    """Give the CSV: shares stay shares (0–1), an interval becomes two columns, missing is empty."""
    pairs = [
        any(isinstance(row[at], Interval) for row in given.rows) for at in range(len(given.columns))
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [clean(column.name) for column in given.columns]
    writer.writerow(
        [
            safe(name)
            for whole, pair in zip(names, pairs, strict=True)
            for name in ([f"{whole} low", f"{whole} high"] if pair else [whole])
        ]
    )
    for row in given.rows:
        cells = zip(row, given.columns, pairs, strict=True)
        writer.writerow(
            [word for value, column, pair in cells for word in _words(value, column.kind, pair)]
        )
    return out.getvalue()


def _words(value: Value, kind: Kind, pair: bool) -> list[str]:
    if isinstance(value, Interval):
        return [_number(end, kind) for end in value]
    word = safe(clean(value)) if isinstance(value, str) else _number(value, kind)
    return [word, ""] if pair else [word]


def _number(value: float | None, kind: Kind) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.0f}" if kind == "count" and float(value).is_integer() else f"{value:.6g}"
