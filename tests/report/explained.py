"""Explained answers about made pictures, as the stage would keep them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from affekt import tables
from affekt.plan import Explained
from affekt.store import Product
from affekt.taxonomy import VALENCE2, Taxonomy
from tests.report import made
from tests.report.made import World

HOW = {"layer": "head", "right": 8, "wrong": 8, "measured": 50, "greyed": 0.2, "seed": 2016}


def answers(
    world: World,
    known: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    said: Sequence[str],
    *,
    side: int = 7,
    how: Mapping[str, Any] = HOW,
    taxonomy: Taxonomy = VALENCE2,
    changes: Mapping[str, Any] | None = None,
) -> Explained:
    """One explanation: labels, and what was said; maps are drawn, or changed for all."""
    ids = [str(one.get("image_id", made.sha(f"explained {at}"))) for at, one in enumerate(known)]
    pictures = [
        {"image_id": image_id, "name": image_id[:6], "is_generated": False, **one, "emotion": label}
        for image_id, one, label in zip(ids, known, labels, strict=True)
    ]
    dice, rows, places = np.random.default_rng(5), [], {True: 0, False: 0}
    for image_id, label, answer in zip(ids, labels, said, strict=True):
        maps = dice.normal(size=(3, side * side)).tolist()
        rows.append(
            {
                "image_id": image_id, "emotion": answer, "probability": 0.75,
                "is_right": label == answer, "place": places[label == answer],
                "map": maps[0], "map_shuffled": maps[1], "map_all_shuffled": maps[2],
                "without_marked": 0.5, "without_random": 0.625, **(changes or {}),
            }
        )  # fmt: skip
        places[label == answer] += 1
    notes = {"tested": len(rows), "tested_right": places[True], "greatest_gap": 3e-8}
    explained = world.product(
        "explain", tables.EXPLAINED, rows, recipe={"how": {**HOW, **how}}, notes=notes
    )
    loaded = world.product("load", tables.PICTURES, pictures)
    return Explained(1, "small", "net, logistic", "kfold", taxonomy, loaded, explained)


def of_build(build: Mapping[str, Product]) -> list[dict[str, Any]]:
    """Tell of each picture of a build what a data set would."""
    spots = ("image_id", "shard", "row_group", "row")
    return [{name: row[name] for name in spots} for row in build["dedupe"].table().to_dicts()]
