"""IAPS-Subset: the user's pictures beside the user's list of categories."""

from pathlib import Path

import pytest

from affekt.datasets import Labelled
from affekt.datasets.iaps_subset import IapsSubset
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.taxonomy import MIKELS8
from tests.datasets.copies import iaps_subset, lay


def load(root: Path) -> list[Labelled]:
    return list(IapsSubset(root=Place(written=str(root))).load())


def listed(root: Path, text: str, name: str = "categories.csv") -> Path:
    (root / name).write_text(text, encoding="utf-8")
    return root


def test_the_published_counts_are_those_of_the_paper() -> None:
    """B1: Table 1, in the order of its columns."""
    facts = IapsSubset.facts
    assert list(facts.emotions.values()) == [37, 8, 54, 63, 74, 55, 42, 62]
    assert set(facts.emotions) == set(MIKELS8.names)
    assert sum(facts.emotions.values()) == facts.images == 395


def test_the_list_names_the_category_of_each_picture(tmp_path: Path) -> None:
    found = load(iaps_subset(tmp_path))
    assert [(one.name, one.emotion) for one in found] == [
        ("1050", "fear"),
        ("2055.1", "sadness"),
        ("1710", "amusement"),
        ("5199", "contentment"),
    ]
    assert [one.read for one in found] == [
        tmp_path / "1050.jpg",
        tmp_path / "2055.1.JPG",
        tmp_path / "1710.jpg",
        tmp_path / "5199.jpg",
    ]


def test_a_picture_that_is_not_there_is_named_all_the_same(tmp_path: Path) -> None:
    (one,) = load(listed(tmp_path, "1050, Fear"))
    assert one.read == tmp_path / "1050.jpg"
    assert not (tmp_path / "1050.jpg").exists()


@pytest.mark.parametrize("between", [" ", "\t", "   "])
def test_a_text_is_separated_by_spaces_or_tabs(tmp_path: Path, between: str) -> None:
    listed(tmp_path, f"number{between}category\n\n1050{between}fear\n", "categories.txt")
    lay(tmp_path, "images/1050.png")
    (one,) = load(tmp_path)
    assert (one.name, one.emotion, one.read) == ("1050", "fear", tmp_path / "images/1050.png")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists nothing"),
        ("number,category\n", "lists nothing"),
        ("1050,fear,anger", "csv:1: '1050 fear anger' is no number and category"),
        ("1050,fear\n1051,undifferentiated", "csv:2: '1051 undifferentiated' is no number"),
        ("1050,fear\n105,awe", "csv:2: '105 awe' is no number"),
        ("1050,fear\n1050,awe", "csv:2: '1050' stands twice"),
        ("1050,fear\n../1,awe", "csv:2: '../1 awe' is no number"),
    ],
)
def test_a_list_that_cannot_be_used_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AffektError, match=said):
        load(listed(tmp_path, text))


def test_pictures_without_a_list_are_told(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match=r"categories\.csv or categories\.txt with number and"):
        load(lay(tmp_path, "1050.jpg"))


def test_a_list_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "categories.csv").write_bytes(b"1050,\xff\xfe")
    with pytest.raises(AffektError, match="is no text in UTF-8"):
        load(tmp_path)
