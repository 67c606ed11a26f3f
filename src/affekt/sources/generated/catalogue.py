"""Which pictures the source holds, what is said of each, and which faults are planted."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from affekt.rank import rank_of, ranked
from affekt.sources.generated.moods import MOODS

ACCOUNTS = 24  # made-up owners
COPIES = ("exact-copy", "re-encoded-copy", "resized-copy")
BROKEN = ("empty-file", "text-file", "truncated-file", "wrong-extension", "bomb-header")


class Rates(NamedTuple):
    """How many of a hundred painted pictures get each fault, as shares 0–1; no picture gets two."""

    exact_copies: float
    reencoded_copies: float
    resized_copies: float
    two_emotions: float
    wrong_labels: float
    broken_files: float


@dataclass(frozen=True)
class Entry:
    """One picture as the source answers it.

    Attributes:
        name: What the source calls it.
        painted_as: Name of the painting it shows; its own but for copies.
        emotion: What it was painted for.
        asked: Emotion whose query returns it.
        tags: Words given by made-up people.
        fault: What is planted, ``""`` for nothing.
        of: Copies: name of the original. Two emotions: the second. Wrong labels: the first.
    """

    name: str
    painted_as: str
    emotion: str
    asked: str
    tags: tuple[str, ...]
    fault: str = ""
    of: str | None = None

    @property
    def owner(self) -> str:
        """Account that published it; no person's name."""
        return f"generated-{rank_of(self.name, 0, 'owner') % ACCOUNTS + 1:02d}"


@lru_cache(maxsize=8)
def catalogue(seed: int, per_emotion: int, rates: Rates) -> dict[str, Entry]:
    """Give every picture by name, sorted.

    A painting keeps its name and looks when there are more of them; only which get a fault is
    drawn anew.
    """
    paintings = {
        _name(seed, f"{emotion}/{number}"): emotion
        for emotion in MOODS
        for number in range(per_emotion)
    }
    order = ranked(paintings, seed, "faults")
    entries: list[Entry] = []
    place = 0
    for kind, rate in zip(Rates._fields, rates, strict=True):
        count = round(rate * len(order))
        for turn, name in enumerate(order[place : place + count]):
            entries.extend(_faulty(kind, turn, _plain(seed, name, paintings[name]), seed))
        place += count
    entries.extend(_plain(seed, name, paintings[name]) for name in order[place:])
    return {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}


def _name(seed: int, what: str) -> str:
    return sha256(f"{seed}\nname\n{what}".encode()).hexdigest()[:12] + ".jpg"


def _plain(seed: int, name: str, emotion: str) -> Entry:
    words = ranked(MOODS[emotion].tags, seed, name)[: 2 + rank_of(name, seed, "tags") % 3]
    return Entry(name, name, emotion, emotion, (emotion, *words))


def _faulty(kind: str, turn: int, entry: Entry, seed: int) -> list[Entry]:
    """Give what the source holds instead of a picture without fault: for copies, both."""
    name, emotion, words = entry.name, entry.emotion, entry.tags[1:]
    others = [one for one in MOODS if one != emotion]
    other = others[rank_of(name, seed, "other") % len(others)]
    if kind == "two_emotions":
        tags = (emotion, *words, other)
        return [Entry(name, name, emotion, emotion, tags, "two-emotions", other)]
    if kind == "wrong_labels":
        return [Entry(name, name, emotion, other, (other, *words), "wrong-label", emotion)]
    if kind == "broken_files":
        return [Entry(name, name, emotion, emotion, entry.tags, BROKEN[turn % len(BROKEN)])]
    fault = COPIES[Rates._fields.index(kind)]
    return [
        entry,
        Entry(_name(seed, f"{fault}/{name}"), name, emotion, emotion, entry.tags, fault, name),
    ]
