"""Where a search has come to, as one text; with it asking goes on after any interruption."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from affekt.sources._ids import packed, unpacked
from affekt.sources.flickr.slices import Cut, Rest, Slice, window


class Hand(NamedTuple):
    """The slice that is being asked page by page.

    Attributes:
        piece: Its seconds.
        licence: Number of the one licence asked for, None for all.
        further: Licences still to be asked for in the same seconds.
        page: The page to ask for next, from 1.
        announced: How many pictures the server last said it holds.
        came: How many it has given.
        whole: How many the server announced in the same seconds for all licences together.
        before: How many the licences asked for before this one have given.
    """

    piece: Slice
    licence: str | None = None
    further: tuple[str, ...] = ()
    page: int = 1
    announced: int = 0
    came: int = 0
    whole: int = 0
    before: int = 0


@dataclass(frozen=True)
class Tally:
    """What all slices together have brought."""

    calls: int = 0
    slices: int = 0
    announced: int = 0
    came: int = 0
    saturated: int = 0

    def plus(self, announced: int, came: int, *, is_saturated: bool) -> "Tally":
        """Give it with one more slice."""
        return Tally(
            self.calls,
            self.slices + 1,
            self.announced + announced,
            self.came + came,
            self.saturated + is_saturated,
        )


@dataclass(frozen=True)
class Cursor:
    """All that decides what is asked next.

    Attributes:
        rest: What of the window is not yet asked for.
        per_page: Pictures a page; that of the first call, whatever is set later.
        wide: Seconds the next slice should hold at least.
        hand: The slice in hand, None between two.
        seen: Digests of the ids that came with the slice in hand, and …
        seen_until: … the second up to which they are kept.
        told: Licences as the server names them, where that differs; None before it was asked.
        fruitless: Calls in a row that brought no new picture.
        tally: What has come so far.
    """

    rest: Rest
    per_page: int
    wide: int = 0
    hand: Hand | None = None
    seen: frozenset[bytes] = frozenset()
    seen_until: int = -1
    told: Mapping[str, str] | None = None
    fruitless: int = 0
    tally: Tally = Tally()

    @classmethod
    def begin(cls, start: int, end: int, per_page: int) -> "Cursor":
        """Give the cursor before the first call."""
        return cls(window(start, end), per_page)

    def text(self) -> str:
        """Give it as text."""
        content = dict(vars(self))
        content["seen"] = packed(self.seen)
        content["tally"] = vars(self.tally)
        return json.dumps(content, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """Give it back from its text."""
        content = json.loads(text)
        at, cuts = content.pop("rest")
        hand = content.pop("hand")
        return cls(
            rest=Rest(at, tuple(Cut(*cut) for cut in cuts)),
            seen=unpacked(content.pop("seen")),
            hand=None if hand is None else _hand(*hand),
            tally=Tally(**content.pop("tally")),
            **content,
        )


def _hand(piece: list[int], licence: str | None, further: list[str], *numbers: int) -> Hand:
    return Hand(Slice(*piece), licence, tuple(further), *numbers)
