"""What affekt does with links, as a program: ``python -m benchmarks._fetch_ours LINKS OUT``.

The stage `clean` on a table of links: fetch, decode whole in children, hash, shelf, journal.
``OUT/ends.json`` tells what each link ended in, by its place in the list.
"""

import argparse
import json
from pathlib import Path

import daft
import polars as pl

from affekt.fetch.manners import Manners
from affekt.parts import Place
from affekt.pictures.shelf import Shelf
from affekt.sources.links import Links
from affekt.stage import Desk
from affekt.stages.clean import Clean
from affekt.store.rows import in_polars
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8


def table_of(urls: list[str]) -> pl.DataFrame:
    """Give links as what a source found."""
    columns = {"source_id": [str(number) for number in range(len(urls))], "url": urls}
    told = {"source": "links", "query": "", "is_generated": False}
    rest = {name: None for name in FOUND.columns if name not in {*columns, *told}}
    frame = pl.DataFrame(columns).with_columns(
        pl.lit(value).alias(name) for name, value in {**told, **rest}.items()
    )
    typed = [pl.col(name).cast(kind) for name, kind in FOUND.types().items()]
    return FOUND.conform(frame.select(typed), "links")


def main() -> None:
    """Fetch all links."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("links", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--manners", default="{}")
    parser.add_argument("--side", type=int)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    found = table_of(json.loads(given.links.read_text()))
    stage = Clean(
        sources=(Links(path=Place(written=str(given.links))),),
        taxonomy=MIKELS8,
        fetch=Manners.model_validate_json(given.manners),
        store_side_px=given.side,
        processes=given.processes,
    )
    folders = {name: given.out / name for name in ("shelf", "journal", "scratch")}
    for folder in folders.values():
        folder.mkdir()
    desk = Desk(Shelf(folders["shelf"]), folders["journal"], folders["scratch"])
    outcome = stage.run(desk, daft.from_arrow(found.to_arrow()))
    ends: dict[str, str | None] = dict.fromkeys(in_polars(outcome.table)["source_id"])
    if outcome.dropped is not None:
        ends |= dict(in_polars(outcome.dropped).select("source_id", "reason").iter_rows())
    (given.out / "ends.json").write_text(json.dumps(ends))


if __name__ == "__main__":
    main()
