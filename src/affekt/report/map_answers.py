"""What the entries of a map said of its pictures, one prediction a picture."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Int

from affekt.foreign import clean
from affekt.report import tested
from affekt.report.map_columns import NOTHING
from affekt.report.published import Tests


class Answer(NamedTuple):
    """Predictions of one entry under one protocol, each of a picture's first test.

    Attributes:
        codes: Of the most probable emotion, of equals the first; `NOTHING`: not tested.
        percent: Its probability; `NOTHING`: not tested.
        repeat: In which it was tested, from 0; `NOTHING`: not tested.
        fold: Of that repeat, from 0.
    """

    name: str
    codes: Int[np.ndarray, " picture"]
    percent: Int[np.ndarray, " picture"]
    repeat: Int[np.ndarray, " picture"]
    fold: Int[np.ndarray, " picture"]


def answers(
    tests: Sequence[Tests], dataset: str, entries: Sequence[str], image_ids: Sequence[str]
) -> Iterator[Answer]:
    """Give the answers of each entry of a map, under every protocol that tested it there.

    A picture that several folds tested is told as the first did, lowest repeat, then lowest fold: a
    mean over models is no prediction that anybody made. An entry that was not tested on the data
    set gives none.
    """
    for entry in dict.fromkeys(entries):
        for one in tests:
            about = one.about
            # A leaky entry has a stamp on its name, a map has not.
            is_of = clean(about.entry) in (entry, clean(about.remarks.stamped(entry)))
            if about.dataset == dataset and is_of:
                yield _answer(one, image_ids)


def _answer(one: Tests, image_ids: Sequence[str]) -> Answer:
    emotions = one.about.emotions
    first = tested.usable(one.rows, emotions).sort("image_id", "repeat", "fold")
    first = first.unique("image_id", keep="first", maintain_order=True)
    best = pl.col("probabilities")
    told = first.select(
        "image_id",
        "repeat",
        "fold",
        code=best.list.arg_max().cast(pl.Int64),
        percent=(100 * best.list.max()).round().cast(pl.Int64),
    )
    rows = pl.DataFrame({"image_id": image_ids}).join(
        told, on="image_id", how="left", maintain_order="left"
    )
    columns = (
        rows[name].fill_null(NOTHING).to_numpy().astype(np.int64)
        for name in ("code", "percent", "repeat", "fold")
    )
    return Answer(f"{clean(one.about.entry)}, {clean(one.about.protocol)}", *columns)
