"""The draw: so many an emotion, nested, and apart from what must stay apart."""

from pathlib import Path
from random import Random

import daft
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.errors import UsageError
from affekt.rank import rank_of
from affekt.stages import sample
from affekt.stages.sample import Sample
from affekt.taxonomy import MIKELS8
from tests.stages.people import checked, desk, images, name


def in_daft(frame: pl.DataFrame) -> daft.DataFrame:
    return daft.from_arrow(frame.to_arrow())


def stage(per_emotion: int = 2, **settings: object) -> Sample:
    given = {"taxonomy": MIKELS8, "seed": 2016, "per_emotion": per_emotion, **settings}
    return Sample.model_validate(given)


def draw(
    one: Sample, pictures: pl.DataFrame, folder: Path, *excluding: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    outcome = one.run(desk(folder), in_daft(pictures), *(in_daft(table) for table in excluding))
    return checked(one, outcome, pictures.height)


def test_so_many_are_drawn_of_every_emotion(tmp_path: Path) -> None:
    """E4."""
    asked, dropped = draw(stage(3), images(["awe", "fear"] * 10), tmp_path)
    assert dict(asked["emotion"].value_counts().iter_rows()) == {"awe": 3, "fear": 3}
    assert set(dropped["reason"]) == {"not-drawn"}
    assert set(asked["role"]) == {"task"}


def test_the_fear_added_later_leaves_the_first_draw_as_it_was(tmp_path: Path) -> None:
    """E5: the paper's 2,000 further fear pictures."""
    pictures = images(["awe", "fear"] * 20)
    first, _ = draw(stage(4), pictures, tmp_path)
    longer, _ = draw(stage(4, more={"fear": 3}), pictures, tmp_path)
    assert first.join(longer, on=first.columns, how="anti", nulls_equal=True).is_empty()
    assert longer.height - first.height == 3
    added = longer.join(first, on="question_id", how="anti")
    assert set(added["emotion"]) == {"fear"}


def test_a_new_picture_never_reshuffles_the_others(tmp_path: Path) -> None:
    before, _ = draw(stage(5), images(["awe"] * 20), tmp_path)
    after, _ = draw(stage(5), images(["awe"] * 21), tmp_path)
    assert before.join(after, on="image_id", how="anti").height <= 1


def test_too_few_pictures_are_all_taken_and_the_notes_say_what_is_missing(tmp_path: Path) -> None:
    """G6: contentment had only 16,000."""
    one = stage(5)
    pictures = images(["contentment"] * 3 + ["awe"] * 9)
    outcome = one.run(desk(tmp_path), in_daft(pictures))
    assert outcome.notes["drawn"]["contentment"] == 3
    assert outcome.notes["shortfall"]["contentment"] == 2
    assert "awe" not in outcome.notes["shortfall"]


def test_a_picture_without_a_weak_label_is_not_asked_about(tmp_path: Path) -> None:
    asked, dropped = draw(stage(5), images([None, "awe", "boredom"]), tmp_path)
    assert asked["emotion"].to_list() == ["awe"]
    assert dropped["reason"].to_list() == ["no-weak-label"] * 2


def test_the_noisy_draw_keeps_apart_from_what_was_asked_and_its_near_copies(tmp_path: Path) -> None:
    """G5, K16."""
    pictures = images(["awe"] * 12, groups={at: at // 2 * 2 for at in range(12)})
    asked, _ = draw(stage(3), pictures, tmp_path)
    noisy, dropped = draw(stage(99, role="noisy"), pictures, tmp_path, asked)
    assert set(noisy["group_id"]).isdisjoint(asked["group_id"])
    assert set(noisy["role"]) == {"noisy"}
    apart = set(dropped.filter(pl.col("reason") == "excluded")["image_id"])
    assert apart == set(
        pictures.filter(pl.col("group_id").is_in(asked["group_id"].implode()))["image_id"]
    )


def test_drawing_nothing_is_allowed(tmp_path: Path) -> None:
    asked, dropped = draw(stage(0), images(["awe"] * 3), tmp_path)
    assert (asked.height, dropped.height) == (0, 3)


def test_no_pictures_give_no_questions(tmp_path: Path) -> None:
    asked, dropped = draw(stage(5), images([]), tmp_path)
    assert (asked.height, dropped.height) == (0, 0)


def test_truth_and_group_go_along_with_the_question(tmp_path: Path) -> None:
    pictures = images(["awe"], groups={0: 7}).with_columns(truth=pl.lit("fear"))
    asked, _ = draw(stage(), pictures, tmp_path)
    assert asked.select("truth", "group_id").rows() == [("fear", name(7))]


def test_a_question_names_the_picture_as_its_source_does(tmp_path: Path) -> None:
    named = {"source": pl.lit("folder-2"), "source_id": pl.lit("awe/café.jpg")}
    asked, _ = draw(stage(), images(["awe"]).with_columns(**named), tmp_path)
    assert asked.select("source", "source_id").rows() == [("folder-2", "awe/café.jpg")]


def test_the_draw_is_the_same_in_every_version(tmp_path: Path) -> None:
    """Golden: if this moves, every plan asks about other pictures."""
    asked, _ = draw(stage(3), images(["awe"] * 12), tmp_path)
    numbers = [at for at in range(12) if name(at) in set(asked["image_id"])]
    assert numbers == [4, 7, 10]
    assert asked["question_id"].min() == "2e7f0bf0283466db7937e35e6f18d562"


def test_the_pieces_in_which_a_table_comes_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D8: most of the web is not drawn, and never in memory at once."""
    pictures = images(["awe", "fear", None] * 20)
    whole = draw(stage(3), pictures, tmp_path)
    monkeypatch.setattr(sample, "PIECE", 4)
    shuffled = pictures.sample(fraction=1, shuffle=True, seed=1)
    several = daft.from_arrow([piece.to_arrow() for piece in shuffled.iter_slices(7)])
    outcome = stage(3).run(desk(tmp_path), several)
    kept, dropped = checked(stage(3), outcome, pictures.height)
    assert kept.equals(whole[0])
    assert dropped.equals(whole[1])
    assert dropped["detail"].drop_nulls().unique().len() == 17


def test_another_seed_draws_other_pictures(tmp_path: Path) -> None:
    pictures = images(["awe"] * 50)
    one, _ = draw(stage(10), pictures, tmp_path)
    other, _ = draw(stage(10, seed=7), pictures, tmp_path)
    assert set(one["image_id"]) != set(other["image_id"])


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["awe", "fear", None]), min_size=1, max_size=30), st.randoms())
def test_the_draw_does_not_depend_on_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, emotions: list[str | None], random: Random
) -> None:
    folder = tmp_path_factory.mktemp("sample")
    pictures = images(emotions)
    order = list(range(len(emotions)))
    random.shuffle(order)
    assert draw(stage(), pictures[order], folder)[0].equals(draw(stage(), pictures, folder)[0])


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"feer": 2}, "more names the unknown emotion 'feer'; did you mean 'fear'?"),
        ({"fear": -2}, "more.fear is -2; 0 or a larger number is allowed"),
    ],
)
def test_more_of_what_is_not_there_is_refused(more: dict[str, int], sentence: str) -> None:
    """B01, B02."""
    with pytest.raises(ValidationError, match=sentence):
        stage(2, more=more)


def test_the_most_it_can_ask_is_known_before(tmp_path: Path) -> None:
    assert stage(4, more={"fear": 3}).most() == 8 * 4 + 3
    assert Sample.example().most() == 16


def owned(owners: list[str | None], source: str = "flickr") -> pl.DataFrame:
    """Give pictures of awe with these owners, known by their numbers at the source."""
    pictures = images(["awe"] * len(owners))
    rows = pl.DataFrame(
        {"image_id": [name(at) for at in range(len(owners))], "owner_id": owners},
        schema_overrides={"owner_id": pl.String},
    )
    told = pictures.drop("owner_id", "source").join(rows, on="image_id")
    return told.with_columns(source=pl.lit(source)).select(pictures.columns)


def owners_of(asked: pl.DataFrame, pictures: pl.DataFrame) -> dict[str | None, int]:
    rows = asked.join(pictures.select("image_id", "owner_id"), on="image_id")
    return dict(rows["owner_id"].value_counts().iter_rows())


def test_no_owner_has_more_pictures_drawn_than_allowed(tmp_path: Path) -> None:
    pictures = owned(["busy"] * 30 + ["calm"] * 2 + [None] * 5)
    asked, dropped = draw(stage(99, per_owner=3), pictures, tmp_path)
    assert owners_of(asked, pictures) == {"busy": 3, "calm": 2, None: 5}
    assert dropped["reason"].to_list() == ["owner-has-enough"] * 27


def test_an_owner_is_another_one_at_another_source(tmp_path: Path) -> None:
    one = owned(["7"] * 4)
    other = owned([None] * 4 + ["7"] * 4, "openverse").filter(pl.col("owner_id").is_not_null())
    pictures = pl.concat([one, other]).sort("image_id")
    asked, _ = draw(stage(99, per_owner=2), pictures, tmp_path)
    assert asked["source"].value_counts().sort("source").rows() == [("flickr", 2), ("openverse", 2)]


def test_an_owner_is_limited_for_each_emotion_alone(tmp_path: Path) -> None:
    pictures = images(["awe", "fear"] * 5).with_columns(
        source=pl.lit("flickr"), owner=pl.lit("busy")
    )
    asked, _ = draw(stage(99, per_owner=2), pictures, tmp_path)
    assert dict(asked["emotion"].value_counts().iter_rows()) == {"awe": 2, "fear": 2}


@pytest.mark.slow
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=40), st.integers(1, 4))
@settings(max_examples=25)
def test_draws_nest_and_take_the_first_of_each_owner(
    tmp_path_factory: pytest.TempPathFactory, owners: list[str | None], most: int
) -> None:
    pictures, folder = owned(owners), tmp_path_factory.mktemp("draw")
    drawn = [
        set(draw(stage(n, per_owner=most), pictures, folder)[0]["image_id"]) for n in (2, 5, 40)
    ]
    assert drawn[0] <= drawn[1] <= drawn[2]
    ranks = {name(at): rank_of(name(at), 2016, "sample") for at in range(len(owners))}
    expected = set()
    for owner in set(owners):
        mine = sorted(
            (name(at) for at in range(len(owners)) if owners[at] == owner), key=ranks.__getitem__
        )
        expected |= set(mine if owner is None else mine[:most])
    assert drawn[2] == expected


def again(folder: Path, text: str) -> Sample:
    path = folder / "likely-wrong.csv"
    path.write_text(text, encoding="utf-8")
    return stage(again={"written": str(path)})


def test_listed_pictures_are_asked_about_again_and_no_others(tmp_path: Path) -> None:
    """Issue 6, item 5: likely wrong labels go back to the crowd, as new questions."""
    pictures = images(["awe", "fear", "awe", None])
    first, _ = draw(stage(9), pictures, tmp_path)
    one = again(tmp_path, f"image_id,label\n{name(1)},fear\n{name(3)},awe\n")
    asked, dropped = draw(one, pictures, tmp_path)
    told = dict(asked.select("image_id", "emotion").iter_rows())
    assert told == {name(1): "fear", name(3): "awe"}
    assert set(dropped["reason"]) == {"not-listed"}
    assert not set(asked["question_id"]) & set(first["question_id"])
    assert one.most() == 2


def test_a_list_without_labels_asks_about_the_weak_ones(tmp_path: Path) -> None:
    pictures = images(["awe", None, "fear"])
    one = again(tmp_path, f"image_id\n{name(0)}\n{name(1)}\n")
    asked, dropped = draw(one, pictures, tmp_path)
    assert asked["emotion"].to_list() == ["awe"]
    assert set(dropped["reason"]) == {"no-weak-label", "not-listed"}


def test_the_table_of_the_report_is_such_a_list(tmp_path: Path) -> None:
    """The name that the build knows wins over the one in its release."""
    head = 'picture,label,suggested,"p, label","p, suggested",image_id,original_id'
    row = f"a,awe,fear,0.1,0.8,{'f' * 64},{name(0)}"
    asked, _ = draw(again(tmp_path, f"{head}\n{row}\n"), images(["awe"]), tmp_path)
    assert asked["image_id"].to_list() == [name(0)]


def test_what_must_stay_apart_is_not_asked_about_again(tmp_path: Path) -> None:
    pictures = images(["awe", "fear"])
    apart, _ = draw(stage(1), images(["awe"]), tmp_path)
    one = again(tmp_path, f"image_id\n{name(0)}\n{name(1)}\n")
    asked, dropped = draw(one, pictures, tmp_path, apart)
    assert asked["image_id"].to_list() == [name(1)]
    assert dropped["reason"].to_list() == ["excluded"]


def test_an_empty_list_asks_nothing(tmp_path: Path) -> None:
    asked, dropped = draw(again(tmp_path, "image_id\n"), images(["awe"]), tmp_path)
    assert asked.is_empty()
    assert dropped["reason"].to_list() == ["not-listed"]


def test_a_changed_list_is_another_draw(tmp_path: Path) -> None:
    one = again(tmp_path, f"image_id\n{name(0)}\n")
    before = one.witness()
    again(tmp_path, f"image_id\n{name(1)}\n")
    assert before != one.witness()
    assert stage().witness() == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read"),
        ("picture\nx\n", "has the columns ['picture']; 'image_id' is needed"),
        (f"image_id,label\n{name(0)},ave\n", "did you mean 'awe'?"),
        (f"image_id,label\n{name(0)},awe\n{name(0)},fear\n", "two labels of"),
        ("image_id,label\n,awe\n", "an empty image_id"),
        ("image_id\nelsewhere\n", "none of the 1 pictures listed is among the 1 of this plan"),
    ],
)
def test_a_list_that_cannot_be_asked_says_why(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    one = again(tmp_path, text or "")
    if text is None:
        (tmp_path / "likely-wrong.csv").unlink()
    with pytest.raises(UsageError) as trouble:
        draw(one, images(["awe"]), tmp_path)
    assert sentence in str(trouble.value)
