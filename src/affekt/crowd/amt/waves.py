"""Which questions go into which batch: open ones that want votes and are in no batch already."""

from itertools import groupby

import polars as pl

from affekt.amt.ledger import Ledger
from affekt.amt.publishing import DONE, Batch
from affekt.journal.votes import Votes
from affekt.rank import rank_of


def next_wave(
    ledger: Ledger, journal: Votes, wanted: pl.Series, *, size: int, seed: int
) -> list[Batch]:
    """Give the batches of the next wave, in which classes are mixed by the seed.

    All questions of a batch want as many votes as it has places, so that none is surplus. A
    question that waits for the votes of an earlier batch is in none.
    """
    rows = ledger.rows("batch")
    waits = {name for row in rows.values() if row["state"] != DONE for name in row["items"]}
    wave = 1 + max((int(key.partition("-")[0]) for key in rows), default=0)
    found = open_places(journal).filter(pl.col("question_id").is_in(wanted.implode()))
    places = {name: n for name, n in found.iter_rows() if n > 0 and name not in waits}
    order = sorted(places, key=lambda name: (-places[name], rank_of(name, seed, f"wave {wave}")))
    made: list[Batch] = []
    for count, names in groupby(order, places.__getitem__):
        listed = list(names)
        for at in range(0, len(listed), size):
            made.append(Batch(f"{wave}-{len(made)}", tuple(listed[at : at + size]), count))
    return made


def open_places(journal: Votes) -> pl.DataFrame:
    """Give for each open question how many more votes may be asked for at once."""
    found = journal.open_questions()
    if "places" not in found.columns:
        found = found.with_columns(places=journal.quota - pl.col("votes"))
    return found.select("question_id", "places")
