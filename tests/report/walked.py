"""A report with one map: some of its pictures may be shown, some want a cover, some were tested."""

from pathlib import Path

import numpy as np

from affekt import report, tables
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.mapped import blobs, sides

HOSTILE = "</script><!--<b>.jpg"
N = 24


def pages(folder: Path, only: str | None = "G4") -> Path:
    """Write the report, and give the page of its map.

    Pictures are ``in/00.jpg`` … by number, one of them called `HOSTILE`; those of even number may
    be shown, and every third of these wants a cover. The entry ``net`` was tested on all but the
    last four, twice, and is right where the number is divided by three in its first repeat; the
    entry ``colours`` was not tested. Pictures lie in groups of two.
    """
    world = made.World(folder / "work")
    names = [f"in/{at:02}.jpg" for at in range(N)]
    spots = world.pictures(names)
    labels = [VALENCE2.names[at % 2] for at in range(N)]
    known = [
        {**spots[name], "name": HOSTILE if at == 5 else name, "part": "test"}
        for at, name in enumerate(names)
    ]
    images = [
        {
            **spots[name], "source": "generated", "source_id": name, "title": f"Study {at}",
            "owner": "A. Painter", "tags": ["blood"] if at % 3 == 0 else ["tree"],
            "licence": "cc-by-4.0" if at % 2 == 0 else "all-rights-reserved",
        }
        for at, name in enumerate(names)
    ]  # fmt: skip
    codes = np.array([VALENCE2.names.index(one) for one in labels])
    is_right = np.stack([np.arange(N) % 3 == 0, np.zeros(N, dtype=bool)])
    said = np.where(np.eye(2)[np.where(is_right, codes, 1 - codes)] > 0, 0.75, 0.25)
    tested = slice(0, N - 4)
    cell = made.cell(
        world, labels[tested], said[:, tested], entry="net", taxonomy=VALENCE2,
        known=known[tested], folds=2,
    )  # fmt: skip
    given = made.whole(
        world,
        (cell,),
        taxonomy=VALENCE2,
        build={"dedupe": world.product("dedupe", tables.IMAGES, images)},
        maps=sides(
            world,
            labels,
            {"net": blobs([at % 2 for at in range(N)], 1), "colours": blobs([0] * N, 2)},
            groups=[f"g{at // 2}" for at in range(N)],
            known=known,
            taxonomy=VALENCE2,
        ),
    )
    page = report.write(given, folder / "out", only=only)
    return page.parent / "maps" / "g4-small-1.html"
