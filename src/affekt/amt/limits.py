"""What one value on the wire may be, as a sentence when it is not.

boto3 checks that a field is there and of the right type; sizes, patterns and ranges it leaves to
the service.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

DOCUMENT_BYTES = 65_535
DAY = 86_400
YEAR = 365 * DAY
MONEY = re.compile(r"[0-9]+(\.[0-9]{0,2})?")


class Kind(Protocol):
    """What a value may be."""

    def problem(self, value: Any) -> str:
        """Say what is wrong with a value and what is allowed; ``""`` when nothing is."""


@dataclass(frozen=True)
class Text:
    """A text of so many characters, or bytes in UTF-8."""

    most: int = 100_000
    least: int = 0
    pattern: str = ""
    in_bytes: bool = False

    def problem(self, value: Any) -> str:
        if not isinstance(value, str):
            return f"is {value!r}; a text is expected"
        size = len(value.encode(errors="replace")) if self.in_bytes else len(value)
        unit = "bytes" if self.in_bytes else "characters"
        if not self.least <= size <= self.most:
            return f"has {size:,} {unit}; {self.least:,} to {self.most:,} are allowed"
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"is {value!r}; it must match {self.pattern}"
        return ""


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, both included."""

    least: int = -(2**31)
    most: int = 2**31 - 1

    def problem(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"is {value!r}; a whole number is expected"
        if not self.least <= value <= self.most:
            return f"is {value:,}; {self.least:,} to {self.most:,} are allowed"
        return ""


@dataclass(frozen=True)
class Money:
    """An amount of dollars, written with at most two decimals."""

    def problem(self, value: Any) -> str:
        if not isinstance(value, str) or not MONEY.fullmatch(value):
            return f"is {value!r}; dollars are written as text with at most two decimals, '0.10'"
        return ""


@dataclass(frozen=True)
class Word:
    """One of some words."""

    known: tuple[str, ...]

    def problem(self, value: Any) -> str:
        if value in self.known:
            return ""
        return f"is {value!r}; one of {', '.join(self.known)} is expected"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problem(self, value: Any) -> str:
        return "" if isinstance(value, bool) else f"is {value!r}; true or false is expected"


@dataclass(frozen=True)
class Time:
    """Seconds since 1970 on the wire, a `datetime` before."""

    def problem(self, value: Any) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(value, datetime) or is_number:
            return ""
        return f"is {value!r}; a time is expected"


@dataclass(frozen=True)
class Many:
    """A list."""

    of: Kind
    most: int = 1_000
    least: int = 0

    def problem(self, value: Any) -> str:
        if not isinstance(value, Sequence) or isinstance(value, str):
            return f"is {value!r}; a list is expected"
        if not self.least <= len(value) <= self.most:
            return f"has {len(value):,} entries; {self.least:,} to {self.most:,} are allowed"
        found = ((at, self.of.problem(one)) for at, one in enumerate(value))
        return next((f"[{at}] {text}" for at, text in found if text), "")


class Fields:
    """A table; a name that ends in ``!`` must be given.

    >>> Fields({"Age!": Whole(0, 99)}).problem({})
    'has no Age; it must be given'
    """

    def __init__(self, fields: Mapping[str, Kind]) -> None:
        self.kinds = {name.removesuffix("!"): kind for name, kind in fields.items()}
        self.needed = frozenset(name[:-1] for name in fields if name.endswith("!"))

    def problem(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return f"is {value!r}; a table is expected"
        odd = sorted(value.keys() - self.kinds.keys())
        if odd:
            return f"has the unknown field {odd[0]!r}; known: {', '.join(sorted(self.kinds))}"
        lacks = sorted(self.needed - value.keys())
        if lacks:
            return f"has no {lacks[0]}; it must be given"
        found = ((name, self.kinds[name].problem(one)) for name, one in value.items())
        return next((f"{name} {text}" for name, text in found if text), "")


def dollars(text: str) -> Decimal:
    """Give the amount that a text on the wire stands for.

    Raises:
        ValueError: It stands for none, or for parts of a cent.
    """
    problem = Money().problem(text)
    if problem:
        raise ValueError(f"the amount {problem}")
    return Decimal(text)
