"""One search as a walk over slices: what each answer means for the next call; asks nobody itself.

A slice is tried with its first page. Does it hold too much, it is cut and the parts are tried; at 5
minutes it is asked licence by licence; and if that does not help either, what the server shows of
it is taken and the slice is told as saturated. Behind a slice that holds little, neighbours join.

The numbers that the server announces are wrong in both directions. So a slice is asked until a page
brings nothing new or is not full, and what came is held against what was announced.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from affekt.errors import SourceError
from affekt.fetch.news import FORECAST, Hear, News, unheard
from affekt.sources._ids import digest
from affekt.sources.flickr import rights
from affekt.sources.flickr.answers import Found
from affekt.sources.flickr.cursor import Cursor, Hand
from affekt.sources.flickr.entries import Photo, Refusal, name_of, row, uploaded
from affekt.sources.flickr.slices import Slice, parts_for

SHOWN = 4000  # pictures that the server shows of one search; further pages repeat
FLOOR_SECONDS = 300  # no slice is cut into shorter ones
FRUITLESS = 100  # calls in a row without a new picture; cutting to the floor takes some forty
Refused = tuple[str, str, str]
log = logging.getLogger(__name__)


class Step(NamedTuple):
    """What one answer gave, and where to go on; None at the end."""

    cursor: Cursor | None
    hits: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Search:
    """How one query is walked through.

    Attributes:
        words: What is searched for, to be named in the log.
        split_above: Pictures above which a slice is cut.
        side_px: Longer side of the size to fetch.
        licences: The licences asked for; none for all.
        calls_per_hour: To foretell how long it takes.
        hear: Told the forecast.
    """

    words: str
    split_above: int
    side_px: int
    licences: tuple[str, ...]
    calls_per_hour: int
    hear: Hear = unheard

    @property
    def wanted(self) -> int:
        """How many pictures a slice should hold: some room below the number that cuts it."""
        return max(1, self.split_above * 2 // 3)

    def ready(self, cursor: Cursor) -> Cursor:
        """Give the cursor with a slice in hand."""
        if cursor.hand is not None:
            return cursor
        piece, rest = cursor.rest.taken(cursor.wide)
        seen = cursor.seen if piece.start <= cursor.seen_until else frozenset[bytes]()
        return replace(cursor, rest=rest, hand=Hand(piece), seen=seen)

    def asked_licences(self, cursor: Cursor) -> str | None:
        """Give the numbers of the licences to ask for in the next call, None for all."""
        assert cursor.hand is not None
        if cursor.hand.licence is not None:
            return cursor.hand.licence
        return ",".join(rights.numbers(self.licences, _names(cursor))) if self.licences else None

    def walked(self, cursor: Cursor, found: Found) -> Step:
        """Give what an answer brings, and where to go on from there.

        Raises:
            SourceError: Going on would not end.
        """
        hand = cursor.hand
        assert hand is not None
        if not cursor.tally.calls:
            self._foretell(found.announced, cursor.per_page)
        tally = replace(cursor.tally, calls=cursor.tally.calls + 1)
        cursor = replace(cursor, tally=tally, fruitless=cursor.fruitless + 1)
        if cursor.fruitless > FRUITLESS:
            raise SourceError(
                f"flickr: {FRUITLESS} calls in a row brought no new picture of {self.words!r}, and "
                f"the server announces {found.announced:,} more; try again another day"
            )
        return self._cut(cursor, hand, found) or self._taken(cursor, hand, found)

    def _cut(self, cursor: Cursor, hand: Hand, found: Found) -> Step | None:
        """Give the way on through the parts of a slice that holds too much; None if it does not."""
        is_tried = hand.page == 1 and hand.licence is None
        if not is_tried or found.announced <= self.split_above or not found.photos:
            return None
        _check_dates(hand.piece, found.photos)
        parts = parts_for(hand.piece, found.announced, self.wanted, FLOOR_SECONDS)
        if parts > 1:
            rest = cursor.rest.recut(hand.piece, parts)
            return Step(replace(cursor, rest=rest, wide=0, hand=None))
        numbers = rights.numbers(self.licences, _names(cursor))
        if len(numbers) > 1:
            first = Hand(hand.piece, numbers[0], numbers[1:], whole=found.announced)
            return Step(replace(cursor, hand=first))
        return None

    def _taken(self, cursor: Cursor, hand: Hand, found: Found) -> Step:
        """Give the pictures of a page that were not there yet, and the way on."""
        hits: list[Mapping[str, Any]] = []
        refused: list[Refused] = []
        new, names = set[bytes](), _names(cursor)
        for place, photo in enumerate(found.photos, start=1):
            name = name_of(photo)
            if name is None:
                refused.append((f"{_told(hand)}, page {hand.page}, entry {place}", "no-id", ""))
            elif (short := digest(name)) not in cursor.seen and short not in new:
                new.add(short)
                made = row(photo, names, self.side_px)
                if isinstance(made, Refusal):
                    refused.append((name, *made))
                else:
                    hits.append(made)
        came = hand._replace(announced=found.announced, came=hand.came + len(new))
        fruitless = 0 if new else cursor.fruitless
        cursor = replace(cursor, hand=came, seen=cursor.seen | new, fruitless=fruitless)
        further = self._further(cursor, came, found, n_new=len(new))
        return further._replace(hits=tuple(hits), refused=(*refused, *further.refused))

    def _further(self, cursor: Cursor, hand: Hand, found: Found, *, n_new: int) -> Step:
        is_last = len(found.photos) < cursor.per_page and hand.page >= found.pages
        if not n_new or is_last:
            if found.photos and not n_new and hand.came < hand.announced:
                log.warning("flickr: page %d of %s repeats earlier ones", hand.page, _told(hand))
            return self._closed(cursor, hand, is_saturated=False)
        if hand.page * found.per_page < SHOWN:
            return Step(replace(cursor, hand=hand._replace(page=hand.page + 1)))
        if hand.announced == hand.came:
            return self._closed(cursor, hand, is_saturated=False)
        last = _last_upload(hand.piece, found.photos)
        if hand.licence is None and last is not None:
            # More is there than was announced, or only one licence is asked for. Pictures come by
            # rising date: the second of the last one is asked again, with what follows.
            rest = cursor.rest.recut(Slice(last, hand.piece.end), 1)
            tally = cursor.tally.plus(hand.came, hand.came, is_saturated=False)
            cursor = replace(cursor, rest=rest, wide=0, hand=None, seen_until=last, tally=tally)
            return Step(cursor)
        return self._closed(cursor, hand, is_saturated=True)

    def _closed(self, cursor: Cursor, hand: Hand, *, is_saturated: bool) -> Step:
        """Give the way on behind a slice, after holding what came against what was announced."""
        refused = _held_against(hand, is_saturated=is_saturated)
        tally = cursor.tally.plus(hand.announced, hand.came, is_saturated=is_saturated)
        cursor = replace(cursor, tally=tally, hand=None, seen_until=hand.piece.end)
        if hand.further:
            came = hand.before + hand.came
            beside = Hand(hand.piece, hand.further[0], hand.further[1:], 1, 0, 0, hand.whole, came)
            return Step(replace(cursor, hand=beside), refused=refused)
        if not cursor.rest.cuts:
            self._sum_up(cursor)
            return Step(None, refused=refused)
        return Step(replace(cursor, wide=self._wide(cursor, hand)), refused=refused)

    def _wide(self, cursor: Cursor, hand: Hand) -> int:
        """Give how many seconds the next slice should have: neighbours that hold little join."""
        if hand.licence is not None or hand.came > self.wanted:
            return hand.piece.seconds // 2
        return hand.piece.seconds * (2 if hand.came < cursor.per_page / 4 else 1)

    def _foretell(self, announced: int, per_page: int) -> None:
        # A slice takes half a page more than its pictures fill; one in two is tried to be cut.
        slices = announced // self.wanted if announced > self.split_above else 0
        calls = 1 + announced // per_page + slices
        hours = f"{calls / self.calls_per_hour:.1f} h at {self.calls_per_hour:,} calls an hour"
        pictures = f"flickr: about {announced:,} pictures of {self.words!r}"
        log.info("%s; about %s calls, %s", pictures, f"{calls:,}", hours)
        self.hear(News(FORECAST, f"{pictures}, {hours}", calls))

    def _sum_up(self, cursor: Cursor) -> None:
        tally = cursor.tally
        log.log(
            logging.WARNING if tally.saturated else logging.INFO,
            "flickr: %r: %s pictures came, %s were announced, in %s slices and %s calls; %s slices "
            "held more than a search shows",
            *(self.words, f"{tally.came:,}", f"{tally.announced:,}", f"{tally.slices:,}"),
            *(f"{tally.calls:,}", f"{tally.saturated:,}"),
        )


def _names(cursor: Cursor) -> dict[str, str]:
    """Give the licences by their numbers, as the server told them."""
    return {**rights.NUMBERS, **(cursor.told or {})}


def _held_against(hand: Hand, *, is_saturated: bool) -> tuple[Refused, ...]:
    """Give what to tell about a slice that brought other than was announced."""
    counts = [(_told(hand), hand.announced, hand.came)]
    if hand.licence is not None and not hand.further:  # pictures under a licence nobody lists
        counts.append((f"{_told(hand._replace(licence=None))}, all licences",
                       hand.whole, hand.before + hand.came))  # fmt: skip
    refused = []
    for name, announced, came in counts:
        reason = "saturated" if is_saturated and name == _told(hand) else "miscounted"
        if announced != came:
            detail = f"{announced:,} announced, {came:,} came"
            refused.append((name, reason, detail))
            level = logging.WARNING if reason == "saturated" else logging.INFO
            log.log(level, "flickr: %s is %s: %s", name, reason, detail)
    return tuple(refused)


def _check_dates(piece: Slice, photos: tuple[Photo, ...]) -> None:
    if not any(piece.start <= (uploaded(photo) or -1) <= piece.end for photo in photos):
        raise SourceError(
            f"flickr: asked for uploads of {_days(piece)}, the server gave others only; it does "
            "not search by date, so check `base` of the source"
        )


def _last_upload(piece: Slice, photos: tuple[Photo, ...]) -> int | None:
    """Give the latest second of a page; None if the slice starts with it, or dates do not rise."""
    seconds = [second for photo in photos if (second := uploaded(photo)) is not None]
    last = seconds[-1] if seconds else -1
    return last if piece.start < last <= piece.end and seconds == sorted(seconds) else None


def _told(hand: Hand) -> str:
    licence = f", licence {hand.licence}" if hand.licence is not None else ""
    return f"uploads of {_days(hand.piece)}{licence}"


def _days(piece: Slice) -> str:
    start, end = (datetime.fromtimestamp(second, UTC) for second in piece)
    return f"{start:%Y-%m-%dT%H:%M:%SZ} to {end:%Y-%m-%dT%H:%M:%SZ}"
