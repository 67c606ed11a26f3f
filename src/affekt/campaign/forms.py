"""The versions of the qualification test, and the pictures that one attempt at it shows."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from affekt.campaign.audit import note
from affekt.campaign.live import Live
from affekt.campaign.settings import Test
from affekt.errors import NotTaken, UsageError
from affekt.parts import canonical
from affekt.rank import ranked

NEWEST = """SELECT id, version, settings FROM tests WHERE campaign = :campaign
    ORDER BY version DESC LIMIT 1"""
PICTURES = text("SELECT image_id, emotion FROM test_pictures WHERE test = :test ORDER BY image_id")
ADD = text(
    """INSERT INTO tests (campaign, version, settings, is_frozen, made_at)
    VALUES (:campaign, :version, :settings, FALSE, :now) RETURNING id"""
)
ADD_PICTURE = text(
    "INSERT INTO test_pictures (test, image_id, emotion) VALUES (:test, :image_id, :emotion)"
)
FREEZE = text("UPDATE tests SET is_frozen = TRUE WHERE id = :test")
SEEN = text(
    """SELECT q.image_id FROM attempt_questions q JOIN attempts a ON a.id = q.attempt
        WHERE a.worker = :worker
    UNION SELECT i.image_id FROM cards c JOIN assignments a ON a.id = c.assignment
        JOIN items i ON i.id = c.item WHERE a.worker = :worker
    UNION SELECT i.image_id FROM votes v JOIN items i ON i.id = v.item WHERE v.worker = :worker"""
)


class Version(NamedTuple):
    """One version of the test; from the first attempt at it nothing in it changes (C6)."""

    id: int
    version: int
    settings: Test
    choices: tuple[str, ...]


def make_test(live: Live, pool: Sequence[tuple[str, str]]) -> int:
    """Make a version of the test from pictures with known emotion, and give its number.

    The same pictures under the same settings are the version that is there. Earlier attempts keep
    theirs.

    Args:
        live: The campaign; its ``asking.test`` becomes part of the version.
        pool: Picture and emotion; ``n_questions`` of them are drawn for each attempt.

    Raises:
        UsageError: The pool is too small, names a picture twice, or an emotion nobody can choose.
    """
    choices = live.asking.test.choices or live.emotions
    _check(live, pool, choices)
    return live.database.write(lambda to: _make(to, live, sorted(pool), choices))


def newest(connection: Connection, live: Live) -> Version:
    """Give the version that new attempts are at.

    Raises:
        NotTaken: ``closed`` where the campaign has no test.
    """
    found = connection.execute(text(NEWEST), {"campaign": live.number}).first()
    if found is None:
        raise NotTaken("closed", "the test is not ready yet; come back later")
    return version_of(found)


def version_of(row: Any) -> Version:
    """Give a version from its row: ``id, version, settings``."""
    told = json.loads(row.settings)
    settings = Test.model_validate(told["test"])
    return Version(int(row.id), int(row.version), settings, tuple(told["choices"]))


def draw(
    connection: Connection, live: Live, version: Version, worker: int, purpose: str
) -> list[str]:
    """Give the pictures of one attempt in their order: none that this person has seen (C4).

    Raises:
        NotTaken: ``no pictures`` where too few are left.
    """
    connection.execute(FREEZE, {"test": version.id})
    seen = {row[0] for row in connection.execute(SEEN, {"worker": worker})}
    rows = connection.execute(PICTURES, {"test": version.id})
    emotion_of = {row.image_id: row.emotion for row in rows if row.image_id not in seen}
    order = ranked(emotion_of, live.seed, purpose)
    n = version.settings.n_questions
    if len(order) < n:
        raise NotTaken("no pictures", "there are too few pictures left that you have not seen")
    if version.settings.stratify:
        order = ranked(_balanced(order, emotion_of)[:n], live.seed, f"{purpose} order")
    return order[:n]


def _balanced(order: Sequence[str], emotion_of: dict[str, str]) -> list[str]:
    """Give pictures so that every beginning holds as many of each emotion as possible."""
    turn: Counter[str] = Counter()
    turns = {}
    for image in order:
        turn[emotion_of[image]] += 1
        turns[image] = turn[emotion_of[image]]
    return sorted(order, key=lambda image: turns[image])


def _check(live: Live, pool: Sequence[tuple[str, str]], choices: Sequence[str]) -> None:
    images = Counter(image for image, _ in pool)
    twice = [image for image, n in images.items() if n > 1]
    strange = sorted({emotion for _, emotion in pool} - set(choices))
    if twice:
        raise UsageError(f"test: the picture {twice[0]!r} is there twice; name each once")
    if strange:
        raise UsageError(
            f"test: nobody can choose {strange[0]!r}; allowed are {', '.join(choices)}"
        )
    if len(pool) < live.asking.test.n_questions:
        raise UsageError(
            f"test: {len(pool)} pictures are fewer than n_questions = "
            f"{live.asking.test.n_questions}; add pictures or ask fewer"
        )


def _make(
    to: Connection, live: Live, pool: Sequence[tuple[str, str]], choices: Sequence[str]
) -> int:
    told = {"test": live.asking.test.model_dump(mode="json"), "choices": list(choices)}
    settings = canonical(told).decode()
    if to.dialect.name == "postgresql":
        lock = "SELECT id FROM campaigns WHERE id = :campaign FOR UPDATE"
        to.execute(text(lock), {"campaign": live.number})
    last = to.execute(text(NEWEST), {"campaign": live.number}).first()
    if last is not None and last.settings == settings:
        there = [tuple(row) for row in to.execute(PICTURES, {"test": last.id})]
        if sorted(there) == list(pool):
            return int(last.version)
    version = int(last.version) + 1 if last is not None else 1
    names = {"campaign": live.number, "version": version, "settings": settings}
    test = to.execute(ADD, {**names, "now": live.now()}).scalar_one()
    rows = [{"test": test, "image_id": image, "emotion": emotion} for image, emotion in pool]
    to.execute(ADD_PICTURE, rows)
    after = {"version": version, "pictures": len(rows)}
    note(to, live, "affekt", "make test", f"campaign {live.number}", "", None, after)
    return version
