"""Map: which pictures are laid out and how, the same every time, down to none (M80, M82, P12)."""

import sys
import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl
import pytest

from affekt.errors import MissingExtra, PartError
from affekt.stage import Outcome
from affekt.stages.map import Map
from affekt.tables import MAPPED, PICTURES, STUDIED
from tests.report.mapped import blobs, laid


def pictures(n: int, parts: tuple[str | None, ...] = (None,)) -> pl.DataFrame:
    rows = [
        {
            **dict.fromkeys(PICTURES.columns),
            "image_id": f"p{at:04d}",
            "name": f"{at}.jpg",
            "emotion": "awe",
            "part": parts[at % len(parts)],
        }
        for at in range(n)
    ]
    return pl.DataFrame(rows, schema=PICTURES.types())


def table(outcome: Outcome) -> pl.DataFrame:
    assert isinstance(outcome.table, pl.DataFrame)
    return MAPPED.conform(outcome.table, "map")


def lost(outcome: Outcome) -> dict[str, int]:
    assert isinstance(outcome.dropped, pl.DataFrame)
    return dict(outcome.dropped["reason"].value_counts().sort("reason").iter_rows())


def kinds(n: int, k: int = 3) -> list[int]:
    return [at % k for at in range(n)]


def test_what_a_feature_sees_alike_lies_together() -> None:
    codes = kinds(45)
    found = laid(pictures(45), blobs(codes, 3, 6.0))
    rows = table(found)
    together = [
        np.mean([codes[other] == codes[at] for other in near])
        for at, near in enumerate(rows["near_on_map"])
    ]
    assert np.mean(together) > 0.95
    assert found.notes["method"].startswith("t-SNE by Barnes and Hut's trees, scikit-learn")
    assert (found.notes["components"], found.notes["neighbours"]) == (12, 10)


def test_the_same_pictures_make_the_same_map_in_any_order() -> None:
    """M80: fixed seed; places bit for bit."""
    shown, vectors = pictures(30), blobs(kinds(30), 4)
    one = table(laid(shown, vectors))
    order = np.random.default_rng(1).permutation(30)
    other = table(laid(shown[order], vectors[order]))
    assert one.equals(other)
    assert not one.equals(table(laid(shown, vectors, perplexity=4.0)))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 7])
def test_any_number_of_pictures_makes_a_map_without_a_warning(n: int) -> None:
    """P12: one picture, none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = laid(pictures(n), blobs(kinds(n), 5))
    rows = table(found)
    assert rows.height == n
    assert np.isfinite(rows.select("x", "y").to_numpy()).all()
    assert found.notes["neighbours"] == max(0, (n - 1) // 2)
    assert rows["near"].list.len().to_list() == [found.notes["neighbours"]] * n


@pytest.mark.parametrize("values", [0, 1, 6])
def test_features_that_never_move_put_all_pictures_in_one_place(values: int) -> None:
    """P12: constant features, no values at all."""
    rows = table(laid(pictures(12), np.full((12, values), 3.5)))
    assert set(rows["x"]) | set(rows["y"]) == {0.0}
    assert rows["trust"].to_list() == [1.0] * 12


def test_a_single_value_makes_a_line() -> None:
    rows = table(laid(pictures(9), np.arange(9.0)[:, None]))
    assert np.abs(np.diff(rows["x"].to_numpy())).std() < 1e-9
    assert set(rows["y"]) == {0.0}


def test_a_feature_in_large_units_has_no_louder_say() -> None:
    shown, vectors = pictures(25), blobs(kinds(25), 6)
    louder = vectors * np.where(np.arange(12) == 0, 1000.0, 1.0)
    near = table(laid(shown, vectors))["near"].to_list()
    assert table(laid(shown, louder))["near"].to_list() == near
    assert table(laid(shown, louder, standardise=False))["near"].to_list() != near


def test_a_value_that_is_no_number_is_told() -> None:
    """P12: NaN."""
    with pytest.raises(PartError, match=r"not finite for 1 pictures, first '1\.jpg'"):
        laid(pictures(3), np.array([[1.0], [np.nan], [2.0]]))


def test_only_tested_pictures_are_shown_where_there_are_parts() -> None:
    shown, vectors = pictures(12, ("train", "test", "validate", None)), blobs(kinds(12), 7)
    found = laid(shown, vectors)
    assert table(found)["image_id"].to_list() == ["p0001", "p0005", "p0009"]
    assert lost(found) == {"other-part": 9}
    assert table(laid(shown, vectors, part="all")).height == 12
    assert table(laid(pictures(12), vectors)).height == 12


def test_what_a_net_has_learned_from_is_not_shown_nor_its_near_copies() -> None:
    """M82: they lie with their label because the net was told it."""
    group = pl.when(pl.col("image_id").is_in(["p0003", "p0004"])).then(pl.lit("copies"))
    shown = pictures(8).with_columns(group_id=group)
    seen = [{"image_id": "p0001", "group_id": None, "part": "train"},
            {"image_id": "p0003", "group_id": "copies", "part": "validate"}]  # fmt: skip
    found = laid(shown, blobs(kinds(8), 8), pl.DataFrame(seen, schema=STUDIED.types()))
    assert lost(found) == {"studied": 3}
    assert not {"p0001", "p0003", "p0004"} & set(table(found)["image_id"])


def test_pictures_without_a_vector_are_left_out() -> None:
    found = laid(pictures(8), blobs(kinds(6), 8))
    assert (table(found).height, lost(found)) == (6, {"no-features": 2})


def test_more_pictures_than_are_laid_out_are_drawn_by_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    """M80; a larger draw holds the smaller one."""
    monkeypatch.setattr(Map, "witness", lambda _: "")
    shown, vectors = pictures(30), blobs(kinds(30), 9)
    found = laid(shown, vectors, most=10)
    drawn = set(table(found)["image_id"])
    assert (len(drawn), lost(found)) == (10, {"not-drawn": 20})
    assert drawn < set(table(laid(shown, vectors, most=15))["image_id"])
    assert drawn != set(table(laid(shown, vectors, most=10, seed=1))["image_id"])


@pytest.mark.skipif(not find_spec("openTSNE"), reason="openTSNE is not installed")
def test_many_pictures_are_laid_out_by_opentsne() -> None:
    """M80."""
    shown, vectors = pictures(40), blobs(kinds(40), 10, 6.0)
    found = laid(shown, vectors, most=10)
    assert "openTSNE" in found.notes["method"]
    assert table(found).height == 40
    assert table(found).equals(table(laid(shown, vectors, most=10)))


def test_the_library_that_lays_out_many_is_part_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version(_: str) -> str:
        return "1.0.4"

    monkeypatch.setattr("affekt.stages.map.version", version)
    stage: Any = Map(seed=1)
    assert stage.witness() == "openTSNE 1.0.4"
    assert Map(seed=1, method="quick").witness() == "pacmap 1.0.4, faiss-cpu 1.0.4"


has_pacmap = pytest.mark.skipif(not find_spec("pacmap"), reason="PaCMAP is not installed")


@pytest.mark.slow
@has_pacmap
def test_pacmap_lays_out_any_number_the_same_every_time(caplog: pytest.LogCaptureFixture) -> None:
    """M81: more than ``most`` too; fixed seed, places bit for bit."""
    codes = kinds(60)
    shown, vectors = pictures(60), blobs(codes, 3, 6.0)
    found = laid(shown, vectors, method="quick", most=10)
    rows = table(found)
    together = [
        codes[other] == codes[at] for at, near in enumerate(rows["near_on_map"]) for other in near
    ]
    assert np.mean(together) > 0.9
    assert found.notes["method"].startswith("PaCMAP ")
    assert "perplexity" not in found.notes
    order = np.random.default_rng(1).permutation(60)
    assert rows.equals(table(laid(shown[order], vectors[order], method="quick")))
    assert not rows.equals(table(laid(shown, vectors, method="quick", seed=1)))
    assert caplog.records == []


@pytest.mark.slow
@has_pacmap
@pytest.mark.parametrize("n", [4, 5, 7, 12])
def test_hardly_a_picture_is_laid_out_by_pacmap_without_a_warning(n: int) -> None:
    """M81, P12; copies of one picture too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for vectors in (blobs(kinds(n), 5), blobs(kinds(n), 5).round(-1)):
            rows = table(laid(pictures(n), vectors, method="quick", seed=2**40))
            assert np.isfinite(rows.select("x", "y").to_numpy()).all()


def test_a_quick_map_without_pacmap_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """M81, C17."""
    monkeypatch.setitem(sys.modules, "pacmap", None)
    with pytest.raises(MissingExtra, match=r"pip install 'affekt\[quick\]', or write"):
        laid(pictures(9), blobs(kinds(9), 5), method="quick")
