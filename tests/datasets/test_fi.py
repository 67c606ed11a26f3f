"""FI: class folders, and the lists of votes where a copy has them."""

import csv
from pathlib import Path

import pytest

from affekt.datasets import Labelled
from affekt.datasets.fi import Fi
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.taxonomy import MIKELS8
from tests.datasets.copies import fi, lay


def load(root: Path) -> list[Labelled]:
    return list(Fi(root=Place(written=str(root))).load())


def voted(root: Path, *lines: str, name: str = "awe_votes.csv") -> Path:
    (root / name).write_text("\n".join(lines))
    return lay(root, "awe/a.jpg")


def test_the_published_counts_are_those_of_the_paper() -> None:
    """F: Table 2, the row of kept pictures, in the order of its columns."""
    facts = Fi.facts
    assert list(facts.emotions.values()) == [4942, 1266, 3151, 5374, 1658, 2963, 1032, 2922]
    assert set(facts.emotions) == set(MIKELS8.names)
    assert sum(facts.emotions.values()) == facts.images == 23_308


def test_another_copy_is_told_with_both_counts_and_the_known_ones() -> None:
    found: dict[str | None, int] = {"fear": 909}
    for name in MIKELS8.names:
        found.setdefault(name, Fi.facts.emotions[name])
    assert Fi.facts.difference(found) == (
        "this copy names 23,185 pictures, 23,308 are published; fear 909 of 1,032; "
        "copies of 23,185, 22,683 are known"
    )


def test_without_lists_the_class_folder_is_the_label(tmp_path: Path) -> None:
    lay(tmp_path, "amusement/1.jpg", "Sadness/2.jpg", "readme.txt")
    assert [(one.name, one.emotion, one.shares) for one in load(tmp_path)] == [
        ("Sadness/2.jpg", "sadness", None),
        ("amusement/1.jpg", "amusement", None),
    ]


def test_lists_keep_what_three_people_confirmed_and_tell_its_share(tmp_path: Path) -> None:
    """E6, E7: three yes count; the asked emotion alone is known."""
    found = load(fi(tmp_path))
    assert [(one.name, one.emotion) for one in found] == [
        ("awe/123_a b.jpg", "awe"),
        ("awe/gone.jpg", "awe"),
        ("fear/9.jpg", "fear"),
    ]
    assert found[0].read == tmp_path / "awe/123_a b.jpg"
    awe = MIKELS8.names.index("awe")
    assert [one.shares[awe] for one in found[:2] if one.shares] == [3 / 5, 4 / 4]
    assert found[0].shares is not None
    assert [share for share in found[0].shares if share is not None] == [3 / 5]


def test_a_listed_picture_without_a_file_is_named_all_the_same(tmp_path: Path) -> None:
    assert load(fi(tmp_path))[1].read == tmp_path / "awe/gone.jpg"


def test_lists_may_lie_in_the_folder_agg(tmp_path: Path) -> None:
    (tmp_path / "agg").mkdir()
    voted(tmp_path, "1,http://x.example/a.jpg,0,5", name="agg/awe_votes.csv")
    assert [one.name for one in load(tmp_path)] == ["awe/a.jpg"]


def test_a_link_that_stands_twice_is_named_twice(tmp_path: Path) -> None:
    line = "1,http://x.example/a.jpg,0,5"
    assert [one.name for one in load(voted(tmp_path, line, line))] == ["awe/a.jpg", "awe/a.jpg (2)"]


def test_lists_whose_pictures_are_all_elsewhere_are_told(tmp_path: Path) -> None:
    voted(tmp_path, "1,http://x.example/other.jpg,0,5")
    with pytest.raises(AffektError, match="none of the 1 pictures that the lists of votes keep"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("http://x.example/a.jpg,0,5", "csv:1: has 3 cells; four are needed"),
        ("1,http://x.example/a.jpg,no,yes", "csv:1: 'no yes' stands where numbers from 0"),
        ("1,http://x.example/,0,5", "csv:1: '' names no file"),
        ("1,http://x.example/..%2F..%2Fa.jpg,0,5", "csv:1: '../../a.jpg' names no file"),
    ],
)
def test_a_line_that_cannot_be_is_told(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(AffektError, match=said):
        load(voted(tmp_path, line))


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "awe_votes.csv").mkdir()
    with pytest.raises(AffektError, match=r"awe_votes\.csv: cannot be read"):
        load(tmp_path)


def test_a_list_that_is_no_csv_is_told(tmp_path: Path) -> None:
    before = csv.field_size_limit(1_000)  # of the whole process, which others may have raised
    try:
        with pytest.raises(AffektError, match=r"awe_votes\.csv: is no CSV \(field larger"):
            load(voted(tmp_path, "x" * 2_000))
    finally:
        csv.field_size_limit(before)


def test_the_parts_of_class_folders_are_kept(tmp_path: Path) -> None:
    lay(tmp_path, "train/awe/1.jpg", "test/awe/2.jpg")
    assert [one.part for one in load(tmp_path)] == ["test", "train"]
