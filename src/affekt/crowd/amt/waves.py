"""Which questions go into which batch: open ones that want votes and are in no batch already."""

from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from affekt.amt.ledger import Ledger
from affekt.amt.publishing import DONE, Batch
from affekt.rank import rank_of

if TYPE_CHECKING:
    from affekt.journal.votes import Votes


def next_wave(
    ledger: Ledger, journal: "Votes", wanted: pl.Series, *, size: int, seed: int
) -> list[Batch]:
    """Give the batches of the next wave, in which classes are mixed by the seed.

    All questions of a batch want as many votes as it has places, so that none is surplus. A
    question that waits for the votes of an earlier batch is in none.
    """
    rows = ledger.rows("batch")
    waits = {name for row in rows.values() if row["state"] != DONE for name in row["items"]}
    wave = 1 + max((int(key.partition("-")[0]) for key in rows), default=0)
    found = journal.open_questions().filter(pl.col("question_id").is_in(wanted.implode()))
    listed = found.select("question_id", "places").iter_rows()
    places = {name: n for name, n in listed if n > 0 and name not in waits}
    order = sorted(places, key=lambda name: (-places[name], rank_of(name, seed, f"wave {wave}")))
    made: list[Batch] = []
    for count, names in groupby(order, places.__getitem__):
        together = list(names)
        for at in range(0, len(together), size):
            made.append(Batch(f"{wave}-{len(made)}", tuple(together[at : at + size]), count))
    return made
