"""ArtPhoto: the file name is the label."""

from collections import Counter
from pathlib import Path

import pytest

from affekt.datasets import Labelled
from affekt.datasets.artphoto import INSIDE, Artphoto
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.taxonomy import MIKELS8
from tests.datasets.copies import artphoto, lay


def load(root: Path) -> list[Labelled]:
    return list(Artphoto(root=Place(written=str(root))).load())


def test_the_published_counts_are_those_of_the_paper() -> None:
    """B1: Table 1, in the order of its columns."""
    facts = Artphoto.facts
    assert list(facts.emotions.values()) == [101, 77, 102, 70, 70, 105, 115, 166]
    assert set(facts.emotions) == set(MIKELS8.names)
    assert sum(facts.emotions.values()) == facts.images == 806


def test_every_emotion_is_read_off_the_file_name_by_its_full_and_its_short_word(
    tmp_path: Path,
) -> None:
    found = load(artphoto(tmp_path))
    assert Counter(one.emotion for one in found) == {
        **dict.fromkeys(MIKELS8.names, 1),
        "sadness": 2,
        "contentment": 2,
    }
    assert found[0] == Labelled(
        "amusement_0023.jpg", tmp_path / INSIDE / "amusement_0023.jpg", "amusement"
    )


def test_the_photographs_may_lie_in_root_itself(tmp_path: Path) -> None:
    lay(tmp_path, "awe_0001.jpg", "Fear_0002.JPG", "readme.txt", "Thumbs.db")
    assert [one.emotion for one in load(tmp_path)] == ["fear", "awe"]


def test_a_photograph_that_names_no_emotion_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "awe_0001.jpg", "love_0002.jpg")
    with pytest.raises(AffektError, match=r"love_0002\.jpg' names no emotion; amusement, awe"):
        load(tmp_path)


def test_a_folder_without_such_names_is_told(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match=r"named by their emotion, such as amusement_0023\.jpg"):
        load(lay(tmp_path, "holiday.jpg"))
