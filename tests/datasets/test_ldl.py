"""Flickr_LDL and Twitter_LDL: one form, a table of votes with pictures beside it."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from affekt.datasets import Dataset
from affekt.datasets.flickr_ldl import FlickrLdl
from affekt.datasets.twitter_ldl import TwitterLdl
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.stages.load import Load
from affekt.store import Store
from tests.datasets.copies import LDL_HEADER, ldl

both = pytest.mark.parametrize("part", [FlickrLdl, TwitterLdl])


def of(part: type[Dataset], root: Path) -> Dataset:
    return part(root=Place(written=str(root)))


def tabled(root: Path, *lines: str) -> Path:
    (root / "ground_truth.txt").write_text("\n".join(lines))
    return root


@both
def test_most_votes_are_the_label_and_a_tie_is_none(part: type[Dataset], tmp_path: Path) -> None:
    first, second = of(part, ldl(tmp_path)).load()
    assert (first.name, first.emotion, second.emotion) == ("7500.jpg", "contentment", None)
    assert first.read == tmp_path / "images/7500.jpg"
    assert first.shares == pytest.approx((0, 4 / 11, 6 / 11, 0, 0, 1 / 11, 0, 0))


def test_columns_are_read_by_their_names(tmp_path: Path) -> None:
    header = "images-name Sadness Awe Contentment Excitement Anger Disgust Fear Amusement"
    (one,) = of(FlickrLdl, tabled(tmp_path, header, "1.jpg 9 0 0 0 0 0 0 2")).load()
    assert one.emotion == "sadness"
    assert one.shares == pytest.approx((2 / 11, 0, 0, 0, 0, 0, 0, 9 / 11))


def test_votes_without_pictures_are_loaded_as_missing(tmp_path: Path) -> None:
    tabled(tmp_path, LDL_HEADER, "1.jpg 0 4 6 0 0 1 0 0", "2.jpg 4 0 3 4 0 0 0 0")
    store = Store(tmp_path / "work")
    with store.writing():
        made = store.make(Load(dataset=of(TwitterLdl, tmp_path)))
    assert made.table().is_empty()
    assert made.dropped()["reason"].to_list() == ["missing", "missing"]
    assert made.manifest["notes"]["difference"] == (
        "this copy names 2 pictures, 10,045 are published"
    )


@both
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "the first line names the columns"),
        ([LDL_HEADER], "the first line names the columns"),
        (["1.jpg 0 4 6 0 0 1 0 0"], "images-name and amusement, awe"),
        ([LDL_HEADER, "1.jpg 0 4 6"], "txt:2: has 4 words; a file name and 8 counts"),
        ([LDL_HEADER, "1.jpg 0 0 0 0 0 0 0 0"], "txt:2: the votes '0 0 .*' name nothing"),
        ([LDL_HEADER, "1.jpg 0 -4 6 0 0 1 0 0"], "txt:2: .* numbers from 0 are needed"),
        ([LDL_HEADER, *["1.jpg 0 4 6 0 0 1 0 0"] * 2], r"txt:3: '1\.jpg' stands twice"),
        ([LDL_HEADER, "../1.jpg 0 4 6 0 0 1 0 0"], "txt:2: .* names no file in"),
    ],
)
def test_a_table_that_cannot_be_is_told(
    part: type[Dataset], tmp_path: Path, lines: list[str], said: str
) -> None:
    with pytest.raises(AffektError, match=said):
        list(of(part, tabled(tmp_path, *lines)).load())


def test_the_real_votes_give_the_stated_counts_and_ties(tmp_path: Path, shared_data: Path) -> None:
    """The rows of Flickr_LDL as a repository passes them on, in five files without a first line."""
    folds = sorted((shared_data / "flickr_ldl_votes").glob("fold*.txt"))
    rows = [line for fold in folds for line in fold.read_text().splitlines()]
    found = list(of(FlickrLdl, tabled(tmp_path, LDL_HEADER, *rows)).load())
    assert len(found) == FlickrLdl.facts.images == 11_150
    assert Counter(one.emotion for one in found)[None] == 1030
    votes = 11 * np.array([one.shares for one in found], float).sum(axis=0)
    assert votes.round().tolist() == [13684, 14202, 52707, 11214, 3028, 7732, 9487, 10596]
    assert not FlickrLdl.facts.difference(Counter(one.emotion for one in found))
