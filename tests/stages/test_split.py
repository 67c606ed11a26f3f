"""The cut: shares kept as far as groups go round, and never through a group."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.stages.split import Split, cut
from affekt.taxonomy import MIKELS8
from tests.stages.people import checked, desk, images, labels, name

SPLIT = Split(taxonomy=MIKELS8, seed=2016)
Groups = dict[int, int]


def run(
    folder: Path, emotions: list[str], groups: Groups | None = None, stage: Split = SPLIT
) -> tuple[pl.DataFrame, list[str]]:
    outcome = stage.run(desk(folder), labels(emotions), images(list(emotions), groups))
    table, dropped = checked(stage, outcome, len(emotions))
    assert dropped.is_empty()
    return table, outcome.notes["fallbacks"]


def parts(table: pl.DataFrame) -> dict[str, int]:
    return dict(table["part"].value_counts().iter_rows())


def test_eighty_fifteen_and_five_of_a_hundred(tmp_path: Path) -> None:
    """G3."""
    table, _ = run(tmp_path, ["awe"] * 100)
    assert parts(table) == {"train": 80, "test": 15, "validate": 5}


def test_the_papers_set_gives_its_test_part_but_for_rounding() -> None:
    """K1: 15 % of 23,308, inside each emotion, is 3,492 to 3,500; 3,490 follows from no rule."""
    kept = [4_942, 1_266, 3_151, 5_374, 1_658, 2_963, 1_032, 2_922]
    tested = [
        sum(
            part == "test"
            for part in cut([str(n) for n in range(all_)], [1] * all_, SPLIT.shares()).values()
        )
        for all_ in kept
    ]
    assert 3_492 <= sum(tested) <= 3_500


def test_the_papers_set_cut_at_once_gives_its_share_but_for_rounding(tmp_path: Path) -> None:
    """K1, G3, G12: the split rule is a setting; 15 % of 23,308 is 3,496.2, no rule gives 3,490."""
    at_once = SPLIT.model_copy(update={"stratified": False})
    order = [str(at) for at in range(23_308)]
    assert list(cut(order, [1] * 23_308, at_once.shares()).values()).count("test") == 3_497
    emotions = ["awe"] * 70 + ["fear"] * 30
    table, fallbacks = run(tmp_path, emotions, stage=at_once)
    assert parts(table) == {"train": 80, "test": 15, "validate": 5}
    tested = table.filter(pl.col("part") == "test").join(labels(emotions), on="image_id")
    assert dict(tested["emotion"].value_counts().iter_rows()) != {"awe": 10, "fear": 5}
    assert fallbacks == []


def test_every_emotion_reaches_every_part(tmp_path: Path) -> None:
    table, fallbacks = run(tmp_path, ["awe"] * 40 + ["fear"] * 4)
    found = table.join(labels(["awe"] * 40 + ["fear"] * 4), on="image_id")
    assert set(found.filter(pl.col("emotion") == "fear")["part"]) == {"train", "test", "validate"}
    assert not any(sentence.startswith(("awe", "fear")) for sentence in fallbacks)


@pytest.mark.parametrize(
    ("pictures", "held", "told"),
    [
        (0, {}, "fear: no picture was kept"),
        (1, {"train": 1}, "fear: 1 group for 3 parts, so test and validate hold none"),
        (2, {"train": 1, "test": 1}, "fear: 2 groups for 3 parts, so validate hold none"),
    ],
)
def test_an_emotion_with_hardly_a_picture_falls_back_and_says_so(
    tmp_path: Path, pictures: int, held: dict[str, int], told: str
) -> None:
    """B61."""
    table, fallbacks = run(tmp_path, ["fear"] * pictures)
    assert parts(table) == held
    assert any(sentence.startswith(told) for sentence in fallbacks)


def test_a_group_larger_than_a_part_stays_whole_and_is_told(tmp_path: Path) -> None:
    """B61."""
    table, fallbacks = run(tmp_path, ["awe"] * 20, groups=dict.fromkeys(range(12), 0))
    assert table.group_by("group_id").agg(pl.col("part").n_unique())["part"].to_list() == [1] * 9
    assert any("a group of 12 near copies is larger" in sentence for sentence in fallbacks)


def test_a_group_with_two_emotions_stays_on_one_side(tmp_path: Path) -> None:
    table, _ = run(tmp_path, ["awe", "fear"] * 10, groups={at: at // 2 for at in range(20)})
    assert set(table.group_by("group_id").agg(pl.col("part").n_unique())["part"]) == {1}


def test_a_part_of_nothing_is_left_out(tmp_path: Path) -> None:
    no_tuning = Split(taxonomy=MIKELS8, seed=1, train=0.75, test=0.25, validate=0)
    assert parts(run(tmp_path, ["awe"] * 8, stage=no_tuning)[0]) == {"train": 6, "test": 2}


def test_another_seed_cuts_elsewhere(tmp_path: Path) -> None:
    other = Split(taxonomy=MIKELS8, seed=7)
    emotions = ["awe"] * 60
    assert not run(tmp_path, emotions)[0].equals(run(tmp_path, emotions, stage=other)[0])


def test_the_cut_is_the_same_in_every_version(tmp_path: Path) -> None:
    """Golden: if this moves, results on old and new releases cannot be compared."""
    table, _ = run(tmp_path, ["awe"] * 10)
    part_of = dict(table.select("image_id", "part").iter_rows())
    others = {at: part_of[name(at)] for at in range(10) if part_of[name(at)] != "train"}
    assert others == {4: "test", 5: "validate"}


def test_nothing_kept_is_nothing_split(tmp_path: Path) -> None:
    table, fallbacks = run(tmp_path, [])
    assert table.is_empty()
    assert len(fallbacks) == len(MIKELS8)


@given(
    st.lists(st.sampled_from(["awe", "fear", "anger"]), min_size=1, max_size=40),
    st.dictionaries(st.integers(0, 39), st.integers(0, 39), max_size=20),
    st.integers(0, 5),
)
def test_splits_are_complete_and_never_cut_a_group(
    tmp_path_factory: pytest.TempPathFactory, emotions: list[str], groups: Groups, seed: int
) -> None:
    stage = Split(taxonomy=MIKELS8, seed=seed)
    table, _ = run(tmp_path_factory.mktemp("split"), emotions, groups, stage)
    assert table.height == len(emotions)
    assert table["part"].is_in(["train", "test", "validate"]).all()
    assert set(table.group_by("group_id").agg(pl.col("part").n_unique())["part"]) == {1}


@given(st.lists(st.integers(1, 9), min_size=3, max_size=60))
def test_three_groups_are_enough_for_three_parts(sizes: list[int]) -> None:
    order = [str(at) for at in range(len(sizes))]
    assert set(cut(order, sizes, SPLIT.shares()).values()) == {"train", "test", "validate"}


def test_shares_that_do_not_sum_to_one_are_refused_with_all_names() -> None:
    """B02."""
    with pytest.raises(
        ValidationError, match=r"train = 0\.8, test = 0\.25 and validate|sum to 1\.1; make them"
    ):
        Split(taxonomy=MIKELS8, seed=1, test=0.25)


def test_its_example_cuts_as_the_paper(tmp_path: Path) -> None:
    """G3."""
    assert Split.example().shares() == {"train": 0.80, "test": 0.15, "validate": 0.05}
