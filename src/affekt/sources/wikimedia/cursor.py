"""Where asking goes on, and what is known in part until the server has told the rest."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from affekt.parts import canonical
from affekt.sources._ids import digest
from affekt.sources.wikimedia.asking import SHOWN, Reading

MOST_EMPTY = 300  # answers in a row without one whole record; 50 files need about 60 at most
Record = dict[str, Any]


class Step(NamedTuple):
    """What an answer leads to.

    Attributes:
        cursor: Where asking goes on; None at the end.
        whole: The records that are complete now.
        is_cut: The server has more than it shows.
    """

    cursor: "Cursor | None"
    whole: tuple[Record, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place in the answers to one query.

    The server tells of the pages of one batch in several answers; what it has told so far is held
    here, so that nothing is asked twice after a crash in the middle of a batch.

    Attributes:
        limit: Pages asked for at a time.
        word: Which of the questions of a query is being asked, from 0.
        go_on: What the server said to go on with.
        held: Records told of in part.
    """

    limit: int
    word: int = 0
    go_on: Mapping[str, str] = field(default_factory=dict)
    held: tuple[Record, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """Give the cursor of a text."""
        told = json.loads(text)
        return cls(told["limit"], told["word"], told["go_on"], tuple(told["held"]))

    def text(self) -> str:
        """Give it as text."""
        return canonical(
            {"limit": self.limit, "word": self.word, "go_on": self.go_on, "held": list(self.held)}
        ).decode()

    def behind(self, reading: Reading, limit: int, *, n_words: int) -> Step:
        """Give what follows when an answer has been read."""
        known = merged((*self.held, *reading.pages))
        if reading.go_on and not reading.is_whole:
            return Step(Cursor(limit, self.word, reading.go_on, known), ())
        if reading.go_on and _offset(reading.go_on) + limit <= SHOWN:
            return Step(Cursor(limit, self.word, reading.go_on), known)
        further = self.further(limit, n_words=n_words)
        return Step(further, known, is_cut=further is None and reading.go_on is not None)

    def further(self, limit: int, *, n_words: int) -> "Cursor | None":
        """Give the place where the next question begins; None behind the last."""
        return Cursor(limit, self.word + 1) if self.word + 1 < n_words else None


class Memory:
    """What came in this run: a server that goes round in circles would be asked for ever."""

    def __init__(self) -> None:
        self._came: set[bytes] = set()
        self._n_empty = 0

    def knows(self, cursor: Cursor, step: Step) -> bool:
        """Tell whether a step from a place leads to nothing new, and remember it."""
        self._n_empty = 0 if step.whole else self._n_empty + 1
        keys = {digest(step.cursor.text())} if step.cursor else set()
        if step.whole:
            names = sorted(str(record.get("pageid")) for record in step.whole)
            keys.add(digest(f"{cursor.word} {' '.join(names)}"))
        is_known = bool(keys & self._came) or self._n_empty > MOST_EMPTY
        self._came |= keys
        return is_known


def _offset(go_on: Mapping[str, str]) -> int:
    text = go_on.get("gsroffset", "0")
    return int(text) if text.isdecimal() else 0


def merged(records: Iterable[Record]) -> tuple[Record, ...]:
    """Give one record a page, with all that several answers said of it, in the server's order."""
    found: dict[str, Record] = {}
    for record in records:
        one = found.setdefault(str(record.get("pageid") or record.get("title")), {})
        for name, value in record.items():
            one[name] = _joined(one[name], value) if name in one else value
    return tuple(sorted(found.values(), key=_rank))


def _joined(old: Any, new: Any) -> Any:
    """Give two tellings as one: lists grow by what is new, of all else the first telling stands."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return old
    return old + [one for one in new if one not in old]


def _rank(record: Record) -> tuple[int, int, str]:
    """Order of the search where it is told; the order inside an answer has no meaning."""
    index, number = record.get("index"), record.get("pageid")
    return (
        index if isinstance(index, int) else 0,
        number if isinstance(number, int) else 0,
        str(record.get("title")),
    )
