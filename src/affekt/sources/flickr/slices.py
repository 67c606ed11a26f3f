"""Cuts a window of time into slices so small that a search shows all they hold.

The slices are disjoint and leave no second out: only the place where the rest begins moves, and
each slice ends where the next one begins.
"""

from typing import NamedTuple


class Slice(NamedTuple):
    """Seconds since 1970, the first and the last of them included."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        """How many seconds it holds."""
        return self.end - self.start + 1


class Cut(NamedTuple):
    """All up to ``end`` is to be asked in so many equal parts."""

    end: int
    parts: int


class Rest(NamedTuple):
    """What is left of a window: from ``at`` on, cut as told; the last cut comes first."""

    at: int
    cuts: tuple[Cut, ...]

    def taken(self, at_least: int) -> "Taken":
        """Give the next slice, and what is left then.

        Neighbouring parts are joined until the slice holds so many seconds.
        """
        cuts, end = list(self.cuts), self.at - 1
        while cuts and (end < self.at or end - self.at + 1 < at_least):
            last, parts = cuts.pop()
            part = -((end - last) // parts)  # seconds of one part, rounded up
            end += part
            if end < last:
                cuts.append(Cut(last, parts - 1))
        return Taken(Slice(self.at, end), Rest(end + 1, tuple(cuts)))

    def recut(self, piece: Slice, parts: int) -> "Rest":
        """Give the rest with a slice put back, to be asked in parts."""
        return Rest(piece.start, (*self.cuts, Cut(piece.end, parts)))


class Taken(NamedTuple):
    """A slice, and what is left behind it."""

    piece: Slice
    rest: Rest


def window(start: int, end: int) -> Rest:
    """Give a whole window, nothing of it taken yet."""
    return Rest(start, (Cut(end, 1),))


def parts_for(piece: Slice, announced: int, wanted: int, floor: int) -> int:
    """Give into how many parts to cut a slice so that each holds about ``wanted`` pictures.

    Below 2 it cannot be cut: no part may be shorter than ``floor`` seconds.
    """
    return min(max(2, -(-announced // wanted)), piece.seconds // floor)
