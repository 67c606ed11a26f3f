"""Maps of small made pictures, as the stage makes them, and as a plan would ask for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from affekt import tables
from affekt.plan import Mapped
from affekt.stage import Outcome
from affekt.stages.map import Map
from affekt.store import Product
from affekt.taxonomy import MIKELS8, Taxonomy
from tests.report.made import World, filled, sha


@dataclass(frozen=True)
class NoDesk:
    """A desk on which nothing lies."""

    history: tuple[Mapping[str, Any], ...] = ()


def laid(
    pictures: pl.DataFrame,
    vectors: np.ndarray,
    *studied: pl.DataFrame,
    **settings: Any,
) -> Outcome:
    """Run the stage on pictures and a vector for each of the first of them."""
    ids = pictures["image_id"].head(len(vectors))
    rows = pl.DataFrame(
        {"image_id": ids, "vector": vectors.astype(np.float32).tolist()},
        schema=tables.FEATURES.types(),
    )
    desk: Any = NoDesk()
    return Map(**{"seed": 2016, **settings}).run(desk, pictures, rows, *studied)


def sides(
    world: World,
    labels: Sequence[str],
    vectors: Mapping[str, np.ndarray],
    *,
    groups: Sequence[str] | None = None,
    known: Sequence[Mapping[str, Any]] = (),
    taxonomy: Taxonomy = MIKELS8,
    number: int = 1,
) -> tuple[Mapped, ...]:
    """Map pictures by the vectors of one or two entries."""
    rows = [
        {"image_id": sha(f"mapped {at}"), "name": f"{at}.jpg", "emotion": label,
         "group_id": groups[at] if groups else None, "is_generated": False,
         **(known[at] if known else {})}
        for at, label in enumerate(labels)
    ]  # fmt: skip
    pictures = world.product("load", tables.PICTURES, rows)
    table = filled(tables.PICTURES, rows)
    order = {row["image_id"]: at for at, row in enumerate(rows)}
    found = []
    for entry, matrix in vectors.items():
        sorted_ = matrix[[order[one] for one in table["image_id"]]] if len(matrix) else matrix
        mapped = product(world, laid(table, sorted_), entry)
        found.append(Mapped(number, "small", entry, taxonomy, pictures, mapped))
    return tuple(found)


def product(world: World, outcome: Outcome, entry: str) -> Product:
    """Write what the stage gave."""
    assert isinstance(outcome.table, pl.DataFrame)
    assert isinstance(outcome.dropped, pl.DataFrame)
    lost = outcome.dropped.with_columns(detail=pl.lit(None, pl.String))
    return world.product(
        "map", tables.MAPPED, outcome.table.to_dicts(), lost, {"entry": entry}, outcome.notes
    )


def blobs(codes: Sequence[int], seed: int, apart: float = 3.0) -> np.ndarray:
    """Vectors of 12 values, those of one code around one centre."""
    dice = np.random.default_rng(seed)
    centres = apart * dice.normal(size=(max(codes, default=0) + 1, 12))
    return np.asarray(centres[list(codes)] + dice.normal(size=(len(codes), 12)))
