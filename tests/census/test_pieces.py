"""A census of tables read in pieces is that of whole tables (D8), held against naive lines."""

from collections import Counter
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from affekt.census import origins, rows, tags, tally
from affekt.census.write import taken
from affekt.store import Product
from affekt.tables import CLEAN, FOUND, IMAGES, QUESTIONS
from affekt.taxonomy import MIKELS8
from tests.report.made import World, gone, question, sha

WORDS = ("fear", "#Fear", "awe", "AWE", "sea", "Sea", "stranger", "ＡＷＥ", "sky", "boat")


def found() -> list[dict[str, Any]]:
    """Three hundred pictures, some found by several queries, whose tags are drawn."""
    dice = np.random.default_rng(2016)
    hits: list[dict[str, Any]] = []
    for number in range(300):
        name, source = sha(str(number))[:8], ("flickr", "links")[number % 3 == 0]
        about = {
            "source": source, "source_id": name, "url": f"http://{number % 40}.example/{name}",
            "owner": (None, "Ann", "Bob", f"{number}")[number % 4], "is_generated": False,
            "licence": (None, "cc-by-2.0")[number % 2], "uploaded_at": f"{2005 + number % 9}-01-01",
            "width_px": int(dice.integers(64, 6_000)), "height_px": int(dice.integers(64, 6_000)),
            "n_bytes": int(dice.integers(900, 90_000)), "image_id": sha(name),
        }  # fmt: skip
        for query in ("awe", "fear", "dread")[: 1 + number % 3]:
            emotion = None if number % 50 == 7 else "fear" if query == "dread" else query
            some = [str(word) for word in dice.choice(WORDS, int(dice.integers(0, 6)))]
            hits.append({**about, "query": query, "emotion": emotion, "tags": some or None})
    return hits


def first_of(hits: list[dict[str, Any]], *key: str) -> list[dict[str, Any]]:
    """One row for each value of the key, the first."""
    return list({tuple(row[name] for name in key): row for row in reversed(hits)}.values())


def dropped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.exclude("reason", "detail"))


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Product]:
    """A line whose every step drops some rows."""
    world, hits = World(tmp_path_factory.mktemp("pieces")), found()
    clean = first_of(hits, "source", "source_id")[::2]
    kept = {(row["source_id"], row["query"]) for row in clean}
    lost = [row for row in hits if (row["source_id"], row["query"]) not in kept]
    reasons = [("gone", "two-emotions", "busy")[at % 3] for at in range(len(lost))]
    at_clean = pl.DataFrame(lost).select(FOUND.key).with_columns(
        reason=pl.Series(reasons), detail=pl.lit(None, pl.String)
    )  # fmt: skip
    images = [{**row, "group_id": row["image_id"]} for row in clean if hash_of(row) % 5]
    asked = [question(row) for row in images if hash_of(row) % 3]
    return {
        "collect": world.product("collect", FOUND, hits),
        "clean": world.product("clean", CLEAN, clean, dropped(at_clean)),
        "dedupe": world.product(
            "dedupe", IMAGES, images, dropped(gone(CLEAN, clean, images, "exact-copy"))
        ),
        "sample": world.product(
            "sample", QUESTIONS, asked, dropped(gone(IMAGES, images, asked, "not-drawn"))
        ),
    }


def hash_of(row: dict[str, Any]) -> int:
    return int(str(row["image_id"])[:6], 16)


@pytest.mark.slow
@pytest.mark.parametrize(("n_rows", "n_sums"), [(1, 1_000_000), (40, 3), (7, 20), (10_000, 1)])
def test_tables_do_not_depend_on_the_pieces(
    steps: dict[str, Product], monkeypatch: pytest.MonkeyPatch, n_rows: int, n_sums: int
) -> None:
    whole = taken(steps, MIKELS8)
    monkeypatch.setattr(rows, "ROWS", n_rows)
    monkeypatch.setattr(tally, "MOST", n_sums)
    pieces = taken(steps, MIKELS8)
    assert whole.keys() == pieces.keys()
    for name, table in whole.items():
        assert_frame_equal(table, pieces[name], check_exact=True)


def test_dropped_rows_have_the_emotion_they_were_found_for(
    steps: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "ROWS", 9)
    lost = pl.concat(rows.dropped(rows.standing(steps), "clean", "source_id", "emotion"))
    key = steps["clean"].dropped().join(steps["collect"].table(), on=FOUND.key, how="left")
    assert_frame_equal(lost, key.select("reason", "source_id", "emotion"), check_row_order=False)


def test_common_tags_are_those_of_naive_lines(steps: dict[str, Product]) -> None:
    hits = steps["collect"].table().drop_nulls("emotion").to_dicts()
    pictures = first_of(hits, "source", "source_id", "emotion")
    counts = Counter(
        (row["emotion"], tag)
        for row in pictures
        for tag in {word.lower() for word in row["tags"] or ()}
    )
    told = tags.common(rows.standing(steps))
    assert {(emotion, tag): n for emotion, _, tag, n in told.rows()} == counts


def test_quantiles_and_owners_are_those_of_whole_columns(steps: dict[str, Product]) -> None:
    images = steps["dedupe"].table().sort("source")
    each = images.group_by("source").agg(pl.col("n_bytes").quantile(0.25, "lower").cast(pl.Int64))
    told = origins.of_sizes(rows.standing(steps)).filter(quantile=0.25)
    assert_frame_equal(told.select("source", "n_bytes"), each, check_row_order=False)
    owned = images.drop_nulls("owner").group_by("source", "owner").len()
    most = owned.group_by("source").agg(
        top_10=pl.col("len")
        .sort(descending=True)
        .head((pl.len() * 0.1).ceil().cast(pl.Int64))
        .sum()
        / pl.col("len").sum()
    )
    shares = origins.of_owners(rows.standing(steps)).select("source", "top_10")
    assert_frame_equal(shares, most, check_row_order=False)
