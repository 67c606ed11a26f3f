"""Counts of the web's side of a line: they add up, and agree with what the manifests say."""

from pathlib import Path

import polars as pl
import pytest

from affekt.census import counts, links, origins, tags
from affekt.census.rows import Standing, standing
from affekt.census.write import shown, taken, write
from affekt.store import Product
from affekt.tables import CLEAN, FOUND, IMAGES
from affekt.taxonomy import MIKELS8
from tests.report.made import World

ALL = ("collect", "clean", "dedupe", "sample")


def hit(name: str, emotion: str | None, **more: object) -> dict[str, object]:
    about = {"source": "flickr", "source_id": name, "query": emotion or "", "emotion": emotion}
    return {**about, "url": f"https://live.example/{name}", "is_generated": False, **more}


def lost(schema: str, *rows: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [(*row, None) for row in rows],
        schema=dict.fromkeys([*schema.split(), "reason", "detail"], pl.String),
        orient="row",
    )


FOUND_ROWS = [
    hit("a", "awe", tags=["Awe", "sea"]),
    hit("b", "awe", tags=["awe", "#fear"], url="http://dead.example:81/b"),
    hit("c", "fear", tags=["fear", "sea"], licence="cc-by-2.0", owner="Ann"),
    hit("d", "fear", tags=None, licence=None, owner="Ann", source="links"),
    hit("e", None, tags=["sea"], owner="Bob", uploaded_at="2012-05-01T00:00:00Z"),
    hit("f", "fear", tags=["FEAR"], url="https://[2001:db8::1]/f"),
]


def picture(name: str) -> dict[str, object]:
    row = next(row for row in FOUND_ROWS if row["source_id"] == name)
    return {**row, "image_id": name * 64, "width_px": 30, "height_px": 20, "n_bytes": 600}


@pytest.fixture
def steps(tmp_path: Path) -> dict[str, Product]:
    """Six found, one refused; b names two emotions, f is gone; d is a copy of c."""
    world = World(tmp_path)
    at_clean = lost(
        "source source_id query reason",
        ("flickr", "b", "awe", "two-emotions"),
        ("flickr", "f", "fear", "gone"),
    )
    at_dedupe = lost("image_id source source_id reason", ("d" * 64, "links", "d", "exact-copy"))
    refused = lost("source source_id query reason", ("links", "line 7", "", "bad-row"))
    kept = [picture(name) for name in "acde"]
    return {
        "collect": world.product("collect", FOUND, FOUND_ROWS, refused),
        "clean": world.product("clean", CLEAN, kept, at_clean),
        "dedupe": world.product(
            "dedupe", IMAGES, [row for row in kept if row["source_id"] != "d"], at_dedupe
        ),
    }


@pytest.fixture
def files(steps: dict[str, Product]) -> Standing:
    return standing(steps)


def test_kept_and_dropped_of_a_step_are_what_came_in(files: Standing) -> None:
    """D4: sums reconcile exactly, for every source and emotion."""
    counted = counts.counts(files)
    group = ["source", "emotion"]
    kept = counted.filter(pl.col("outcome") == "kept")
    for before, step in (("collect", "clean"), ("clean", "dedupe")):
        came_in = kept.filter(pl.col("step") == before).select(*group, "pictures")
        went_on = counted.filter(pl.col("step") == step).group_by(group).agg(pl.sum("pictures"))
        assert came_in.sort(group).equals(went_on.sort(group))


def test_every_outcome_is_counted_where_it_belongs(files: Standing) -> None:
    counted = counts.counts(files).filter(pl.col("outcome") != "kept")
    assert counted.rows() == [
        ("collect", "links", None, "bad-row", 1),
        ("clean", "flickr", "awe", "two-emotions", 1),
        ("clean", "flickr", "fear", "gone", 1),
        ("dedupe", "links", "fear", "exact-copy", 1),
    ]


def test_figure_2_has_every_emotion_of_every_source(files: Standing) -> None:
    """C7: what is left after the copies are gone; a source of which nothing is left shows so."""
    drawn = counts.figure_2(counts.counts(files), MIKELS8.names)
    assert drawn.height == 2 * 8
    some = drawn.filter(pl.col("emotion").is_in(["awe", "fear"]))
    assert some.rows() == [
        ("flickr", "awe", 1, 0.5),
        ("flickr", "fear", 1, 0.5),
        ("links", "awe", 0, None),
        ("links", "fear", 0, None),
    ]


def test_tags_that_name_an_emotion_are_counted_by_picture(files: Standing) -> None:
    """C8: before anything is dropped, so that the effect of the rule can be seen."""
    pairs = tags.cooccurrence(files, MIKELS8).filter(pl.col("pictures") > 0)
    assert pairs.rows() == [
        ("awe", "awe", 2, 1.0),
        ("awe", "fear", 1, 0.5),
        ("fear", "fear", 2, pytest.approx(2 / 3)),
    ]


def test_an_emotion_without_pictures_has_no_share(files: Standing) -> None:
    pairs = tags.cooccurrence(files, MIKELS8)
    assert pairs.height == 64
    assert pairs.filter(emotion="anger")["share"].to_list() == [None] * 8


def test_common_tags_come_most_frequent_first(files: Standing) -> None:
    assert tags.common(files).filter(emotion="fear").rows() == [
        ("fear", 1, "fear", 2),
        ("fear", 2, "sea", 1),
    ]


def test_licences_say_what_may_be_passed_on(files: Standing) -> None:
    assert origins.of_licences(files).rows() == [
        ("flickr", "awe", None, "reference", 1),
        ("flickr", "fear", "cc-by-2.0", "bytes", 1),
        ("flickr", None, None, "reference", 1),
    ]


def test_owners_are_counted_and_not_named(files: Standing) -> None:
    assert origins.of_owners(files).rows() == [("flickr", 3, 2, 1, 0.5, 0.5, 0.5)]


def test_years_and_sizes(files: Standing) -> None:
    assert origins.of_years(files).rows() == [("flickr", 2012, 1), ("flickr", None, 2)]
    assert origins.of_sizes(files).row(0) == ("flickr", 0.05, 20, 30, 600)


def test_failures_are_told_apart_by_what_can_be_done(files: Standing) -> None:
    assert links.failures(files).rows() == [
        ("flickr", "final", "gone", 1),
        ("flickr", "rule", "two-emotions", 1),
    ]


def test_link_health_counts_what_was_asked_for_by_server(files: Standing) -> None:
    """What a rule dropped was never asked for; an address in brackets is a host too."""
    assert links.servers(files).rows() == [
        ("live.example", 4, 4, 0, 0, 0, 1.0),
        ("[2001:db8::1]", 1, 0, 1, 0, 0, 0.0),
    ]


def test_people_are_shown_one_row_an_emotion_and_no_empty_table(steps: dict[str, Product]) -> None:
    told = shown(taken(steps, MIKELS8))
    assert told["pictures left, by emotion and source"].row(1) == ("awe", 1, 0)
    assert told["licences of what is left"].rows() == [
        ("flickr", "cc-by-2.0", "bytes", 1),
        ("flickr", None, "reference", 2),
    ]
    assert shown(taken({"collect": steps["collect"]}, MIKELS8)).keys() == {
        "pictures left, by emotion and source"
    }


@pytest.mark.parametrize("stand", [(), ("collect",), ("collect", "clean")])
def test_a_line_that_is_not_done_gives_empty_tables(
    steps: dict[str, Product], stand: tuple[str, ...], tmp_path: Path
) -> None:
    some = {name: steps[name] for name in stand}
    folder = write(taken(some, MIKELS8), {}, tmp_path / "statistics")
    assert pl.read_parquet(folder / "licences.parquet").height == 0
    assert (folder / "statistics.json").read_text().startswith("{")
