"""Distributions of votes where a data set tells them, and how close each entry comes."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

from affekt.measures import distances
from affekt.report.bench import Bench, Panel
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import Cell

Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]
MEASURES: dict[str, Distance] = {
    "KL": distances.kullback_leibler,
    "JS": distances.jensen_shannon,
    "Chebyshev": distances.chebyshev,
    "Clark": distances.clark,
    "Canberra": distances.canberra,
    "cosine": distances.cosine,
    "intersection": distances.intersection,
}


def voted(cell: Cell) -> tuple[Bool[np.ndarray, " row"], Float[np.ndarray, "vote emotion"]]:
    """Give which tests are of pictures with votes on every emotion, and their shares, summing to 1.

    A picture that was asked about one emotion only has no distribution.
    """
    k = len(cell.emotions)
    shares = np.full((cell.n, k), np.nan)
    for at, one in enumerate(cell.pictures["shares"].to_list()):
        if one is not None and len(one) == k and all(share is not None for share in one):
            shares[at] = one
    total = shares.sum(axis=1)
    is_told = np.isfinite(total) & (total > 0) & (shares >= 0).all(axis=1)
    rows = is_told[cell.tested.image]
    at = cell.tested.image[rows]
    return rows, shares[at] / total[at][:, None]


def exhibit(_: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol with votes; no block where no data set tells them."""
    return Exhibit(
        "G26",
        "Distributions of votes",
        "How close the probabilities of each entry come to the shares of people's votes.",
        tuple(table(panel) for panel in bench.panels if voted(panel.cells[0])[0].any()),
    )


def table(panel: Panel) -> Table:
    """Give one row an entry, floors last."""
    named = [(Column(name, "score"), Column(f"{name} 95 %", "score", "95 %")) for name in MEASURES]
    n = len(np.unique(panel.cells[0].tested.image[voted(panel.cells[0])[0]]))
    return Table(
        name=f"g26-{panel.slug}",
        title=f"Distributions of votes on {panel.name}",
        columns=(Column("entry", "text"), Column("n"), *(one for pair in named for one in pair)),
        rows=tuple(_row(cell) for cell in panel.cells),
        notes=(
            f"Means over {n:,} pictures whose votes are known for every emotion. KL (nats), JS "
            "(Jensen-Shannon, bits), Chebyshev, Clark and Canberra: smaller is closer, 0 is equal. "
            "Cosine and intersection: larger is closer, 1 is equal. As in Geng (2016), with JS "
            "beside them.",
            f"Intervals, 95 %: {panel.cells[0].drawing}.",
        ),
        apart=panel.floors,
    )


def _row(cell: Cell) -> Row:
    rows, votes = voted(cell)
    said = cell.tested.probabilities[rows]
    n = int(np.unique(cell.tested.image[rows]).size)
    scores = []
    for measure in MEASURES.values():
        values = np.full(rows.size, math.nan)
        values[rows] = measure(votes, said)
        scores.append(cell.mean_of_rows(values))
    return (cell.entry, n, *(value for one in scores for value in (one.value, one.interval)))
