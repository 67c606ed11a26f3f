"""Pictures whose answer is known: some with the emotion, some without it, at random places."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, text

from affekt.campaign.batch import Piece
from affekt.campaign.live import Live
from affekt.campaign.places import lock
from affekt.errors import UsageError
from affekt.rank import rank_of, share_of
from affekt.tables import QUESTIONS

ADD = text(
    """INSERT INTO items (campaign, question_id, image_id, emotion, role, group_id, truth, source,
        source_id, gold, apart, votes, yes, no, log_odds, skips, state)
    VALUES (:campaign, :question_id, :image_id, :emotion, 'gold', :group_id, :truth, :source,
        :source_id, :gold, :apart, 0, 0, 0, 0, 0, 'active') ON CONFLICT DO NOTHING"""
)
UNSEEN = text(
    """SELECT i.id, i.question_id, i.emotion, i.gold, i.apart FROM items i
    WHERE i.campaign = :campaign AND i.gold IS NOT NULL AND i.state = 'active'
        AND i.emotion IN :emotions
        AND NOT EXISTS (SELECT 1 FROM slots h WHERE h.campaign = :campaign AND h.apart = i.apart
            AND h.worker = :worker AND h.state IN ('leased', 'voted'))
        AND NOT EXISTS (SELECT 1 FROM passes p WHERE p.item = i.id AND p.worker = :worker)
        AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.item = i.id AND v.worker = :worker)
    ORDER BY i.id"""
).bindparams(bindparam("emotions", expanding=True))
# Everybody may answer gold, so each who does gets a slot of their own.
LEASE = text(
    """INSERT INTO slots (campaign, item, number, rank, emotion, apart, opened, state, worker,
        assignment)
    SELECT i.campaign, i.id, (SELECT COALESCE(max(s.number), 0) + 1 FROM slots s
            WHERE s.item = i.id), 0, i.emotion, i.apart, 0, 'leased', :worker, :assignment
    FROM items i WHERE i.id = :item RETURNING id"""
)


def add_gold(live: Live, questions: pl.DataFrame) -> None:
    """Add pictures whose answer is known: YES where ``truth`` is the emotion asked, else NO.

    They are shown as all others are, count for no label, and judge workers (C28, I8).

    Args:
        live: The campaign.
        questions: Schema `affekt.tables.QUESTIONS`.

    Raises:
        UsageError: A question has no ``truth``.
    """
    unknown = questions.filter(pl.col("truth").is_null())
    if not unknown.is_empty():
        raise UsageError(
            f"gold: the picture {unknown['image_id'][0]!r} has no known emotion; say what it is, "
            "or leave it out"
        )
    rows = questions.select(
        *QUESTIONS.columns,
        campaign=pl.lit(live.number),
        apart=pl.coalesce("group_id", "image_id"),
        gold=pl.col("truth") == pl.col("emotion"),
    ).to_dicts()
    if rows:
        live.database.write(lambda to: to.execute(ADD, rows) and None)


def gold_for(
    to: Connection,
    live: Live,
    worker: int,
    emotions: Sequence[str],
    aparts: Sequence[str],
    token: str,
) -> Mapping[int, Piece]:
    """Give place in the batch → gold, each place with the chance of ``gold_rate``.

    The two answers alternate while there are both, so that nobody passes by always saying one.
    ``aparts`` are the pictures of the batch as it is, of which none is dealt as gold too.
    """
    at = [
        place
        for place in range(len(aparts))
        if share_of(f"{token}\n{place}", live.seed, "gold") < live.asking.gold_rate
    ]
    if not at:
        return {}
    names = {"campaign": live.number, "worker": worker, "emotions": list(emotions) or [""]}
    unseen: list[Any] = sorted(
        to.execute(UNSEEN, names).all(), key=lambda one: rank_of(f"{token}\n{one.id}", live.seed)
    )
    by_answer: list[list[Any]] = [
        [one for one in unseen if bool(one.gold) is answer] for answer in (True, False)
    ]
    by_answer.sort(key=lambda some: rank_of(f"{token}\n{some[0].id if some else 0}", live.seed))
    placed: dict[int, Piece] = {}
    seen = set(aparts)
    for place in at:
        gold = _next(by_answer, seen)
        if gold is None:
            break
        seen.add(gold.apart)
        placed[place] = Piece(gold.id, None, gold.emotion)
        by_answer.reverse()
    return placed


def lease_gold(
    to: Connection, worker: int, assignment: int, items: Iterable[int]
) -> dict[int, int]:
    """Lease some gold to a worker, and give item → slot."""
    wanted = sorted(items)
    if wanted:
        lock(to, wanted)  # two workers would number their slots alike
    names = {"worker": worker, "assignment": assignment}
    return {one: int(to.execute(LEASE, {**names, "item": one}).scalar_one()) for one in wanted}


def _next(by_answer: list[list[Any]], seen: set[str]) -> Any | None:
    """Take the first gold of a picture that is not in the batch, of the answer whose turn it is."""
    for some in by_answer:
        while some:
            gold = some.pop(0)
            if gold.apart not in seen:
                return gold
    return None
