"""Photographs that were never taken, of any number, each told from its number alone.

Their upload dates rise with their numbers by arithmetic, so that a search by date among millions
needs no list. All people, titles and words are made up.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple
from zlib import crc32

PICTURES = "https://live.staticflickr.com"
SIDES = {"s": 240, "n": 320, "m": 500, "z": 640, "c": 800, "l": 1024, "h": 1600, "k": 2048}
MORE_WORDS = (
    "harbour", "meadow", "lantern", "staircase", "teapot", "fog", "orchard", "umbrella", "kite",
    "tram", "puddle", "attic", "market", "moss", "bridge", "candle", "window", "gravel",
)  # fmt: skip
PEOPLE = ("Odo Quill", "Mirel Tann", "Pex Arbo", "Ilvy Rusk", "Jonna Veld", "Tam Orrin", "")
ODD_TITLES = (
    "two\nlines\x07\x1b[31m", "\u202egnikool rorrim", "<b onload=x>bold</b> & plain",
    "🎈🎈🎈", '=cmd|"x"!A1', "\ud83d half a pair", "",
)  # fmt: skip
MASK = (1 << 64) - 1


class Burst(NamedTuple):
    """From number ``first`` on, so many photographs were uploaded within so many seconds."""

    first: int
    n_photos: int
    seconds: int


@dataclass(frozen=True)
class Catalogue:
    """All photographs that one search finds, by rising date of upload.

    Attributes:
        word: What is searched for.
        count: How many there are.
        start: First second of upload.
        end: Last second of upload.
        seed: Decides everything else.
        bursts: Where many come at once.
        odd_every: One in so many photographs is odd: tags or owner missing, strange titles, a
            licence nobody knows, sizes without a picture, no size at all, a video; 0 for none.
        pictures: Address of the host of the files.
    """

    word: str
    count: int
    start: int
    end: int
    seed: int = 1
    bursts: tuple[Burst, ...] = ()
    odd_every: int = 0
    pictures: str = PICTURES

    def date(self, number: int) -> int:
        """Give the second of upload; there are more of them in later years."""
        date = self._steady(number)
        for first, n_photos, seconds in self.bursts:
            if number >= first:
                inside = min(number - first, n_photos) * (seconds - 1) // n_photos
                burst = self._steady(first) + inside
                date = burst if number < first + n_photos else max(date, burst)
        return date

    def between(self, start: int, end: int) -> range:
        """Give the numbers uploaded in these seconds, first and last included."""
        everything = range(self.count)
        first = bisect_left(everything, start, key=self.date)
        return range(first, bisect_left(everything, end + 1, lo=first, key=self.date))

    def name(self, number: int) -> str:
        """Give the id; every fiftieth photograph is found by other words too."""
        shared = number % 50 == 7
        return str(5 * 10**10 + (number if shared else self._base + number))

    def licence(self, number: int) -> str:
        """Give the number of the licence; half of all rights are reserved."""
        if self._oddity(number) == 4:
            return "42"
        dice = _mixed(self.seed + 2, number) % 34
        return str(max(0, dice - 17))

    def photo(self, number: int) -> dict[str, Any]:
        """Give one entry as the API writes it: some numbers are text, some are not."""
        dice, date = _mixed(self.seed, number), self.date(number)
        name, secret = self.name(number), f"{dice & 0xFFFFFFFFFF:010x}"
        owner = f"{100 + dice % 4000}{dice % 97:02}@N0{dice % 8 + 1}"
        words = [MORE_WORDS[(dice >> shift) % len(MORE_WORDS)] for shift in (8, 16, 24, 32)]
        person = PEOPLE[dice % len(PEOPLE)]
        entry: dict[str, Any] = {
            "id": name if dice % 2 else int(name),
            "owner": owner,
            "secret": secret,
            "server": "65535",
            "farm": 66,
            "title": f"{words[0].capitalize()} and {words[1]}, {number}",
            "ispublic": 1, "isfriend": 0, "isfamily": 0,
            "license": self.licence(number) if dice % 3 else int(self.licence(number)),
            "description": {"_content": f"A <i>{words[2]}</i> by the {words[3]} &amp; more.<br />"},
            "dateupload": str(date) if dice % 4 else date,
            "datetaken": f"{datetime.fromtimestamp(date - dice % 10**6, UTC):%Y-%m-%d %H:%M:%S}",
            "datetakengranularity": ("0", 0, "4", "6")[dice % 4],
            "datetakenunknown": "0" if dice % 5 else "1",
            "ownername": person,
            "tags": " ".join([self.word, *words]),
            "machine_tags": "" if dice % 9 else f"camera:model=toy{dice % 7}",
            "media": "photo",
            "media_status": "ready",
            "pathalias": person.split(" ")[0].lower() if dice % 3 == 0 else (None, "")[dice % 2],
            "safety_level": "0" if dice % 2 else 0,
        }  # fmt: skip
        entry |= self._sizes(name, secret, dice)
        oddity = self._oddity(number)
        return entry if oddity is None else self._odd(entry, oddity, number)

    def _sizes(self, name: str, secret: str, dice: int) -> dict[str, Any]:
        longer = (400, 700, 1024, 3000, 4000)[dice % 5]
        is_wide = dice % 7 != 0
        found: dict[str, Any] = {}
        for suffix, side in SIDES.items():
            if side <= longer:
                sides = (side, side * 3 // 4) if is_wide else (side * 3 // 4, side)
                found[f"url_{suffix}"] = f"{self.pictures}/65535/{name}_{secret}_{suffix}.jpg"
                found[f"width_{suffix}"], found[f"height_{suffix}"] = (
                    map(str, sides) if dice % 2 else sides
                )
        if dice % 4 == 0:
            found["url_o"] = f"{self.pictures}/65535/{name}_{dice >> 50:x}_o.jpg"
            found["o_width"], found["o_height"] = str(longer), str(longer * 3 // 4)
        return found

    def _oddity(self, number: int) -> int | None:
        """Give which of ten oddities a photograph has, in turn; None when it has none."""
        is_odd = self.odd_every and number % self.odd_every == self.odd_every - 1
        return number // self.odd_every % 10 if is_odd else None

    def _odd(self, entry: dict[str, Any], oddity: int, number: int) -> dict[str, Any]:
        bare = {name: value for name, value in entry.items() if not name.startswith("url_")}
        gone = f"{self.pictures}/images/photo_unavailable.png"
        oddities: tuple[dict[str, Any], ...] = (
            {name: value for name, value in entry.items() if name not in ("tags", "machine_tags")},
            {name: value for name, value in entry.items() if name not in ("owner", "ownername")},
            entry | {"tags": None, "owner": None, "pathalias": None, "description": None},
            entry | {"tags": " ".join(f"tag{place}" for place in range(5000))},
            entry | {"title": ODD_TITLES[number % len(ODD_TITLES)]},
            entry | {"url_m": gone, "url_z": gone},
            bare,
            entry | {"media": "video"},
            entry | {f"{side}_{suffix}": "0" for side in ("width", "height") for suffix in SIDES},
            entry | {"datetaken": "0000-00-00 00:00:00", "title": {"_content": "In a box"}},
        )
        return oddities[oddity]

    @cached_property
    def _base(self) -> int:
        return (crc32(self.word.encode()) % 900 + 1) * 10**7

    def _steady(self, number: int) -> int:
        return self.start + int((self.end - self.start) * ((number + 0.5) / self.count) ** 0.6)


def wrongly(total: int, share: float, asked: Mapping[str, str]) -> int:
    """Give a total that is wrong by up to a share, in the same way for the same call."""
    dice = crc32(repr(sorted(asked.items())).encode()) % 2001 - 1000
    return max(0, total + round(total * share * dice / 1000))


def _mixed(seed: int, number: int) -> int:
    """Give 64 well mixed bits of two numbers (Steele et al. 2014, SplitMix)."""
    mixed = ((seed << 40) + number + 1) * 0x9E3779B97F4A7C15 & MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & MASK
    return mixed ^ mixed >> 31
