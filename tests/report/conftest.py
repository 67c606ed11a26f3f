"""One report of everything, shared by the tests that only look at it."""

from pathlib import Path

import numpy as np
import pytest

from affekt import report
from affekt.features.backbone import Backbone
from affekt.features.shortcuts import VALUES, Shortcuts
from affekt.models.prior import Prior
from affekt.plan import Entry
from affekt.taxonomy import MIKELS8
from tests.report import explained, made, mapped

SPOT = ("image_id", "shard", "row_group", "row")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of both lines: one failed cell, a map, explained answers, filters of a net."""
    folder = tmp_path_factory.mktemp("report")
    world = made.World(folder / "work")
    build = made.build(world)
    images = build["dedupe"].table().head(30).to_dicts()
    known = [{name: row[name] for name in SPOT} for row in images]
    codes = [at % 3 for at in range(len(known))]
    labels = [str(row["emotion"]) for row in images]
    vectors = {"net": mapped.blobs(codes, 1), "colours": mapped.blobs(codes, 2)}
    cells = [
        made.seen(world, one, np.random.default_rng(3).normal(size=(96, len(VALUES))))
        if one.entry == "colours"
        else one
        for one in made.benchmark(world)
    ]
    given = made.whole(
        world,
        (*cells, made.failed()),
        build=build,
        maps=mapped.sides(world, labels, vectors, known=known),
        explanations=(
            explained.answers(
                world, known[:6], labels[:6], [*labels[:3], *["fear"] * 3], taxonomy=MIKELS8
            ),
        ),
        entries=tuple(
            Entry(name=name, feature=feature, model=Prior(strategy="majority"))
            for name, feature in (("net", Backbone()), ("colours", Shortcuts()))
        ),
    )
    return report.write(given, folder / "out")
