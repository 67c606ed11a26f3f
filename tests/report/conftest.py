"""One report of everything, shared by the tests that only look at it."""

from pathlib import Path

import pytest

from affekt import report
from affekt.features.backbone import Backbone
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
    given = made.whole(
        world,
        (*made.benchmark(world), made.failed()),
        build=build,
        maps=mapped.sides(world, labels, vectors, known=known),
        explanations=(
            explained.answers(
                world, known[:6], labels[:6], [*labels[:3], *["fear"] * 3], taxonomy=MIKELS8
            ),
        ),
        entries=(Entry(name="net", feature=Backbone(), model=Prior(strategy="majority")),),
    )
    return report.write(given, folder / "out")
