"""Emotion6: the published table of valence, arousal and probabilities."""

from pathlib import Path

import pytest

from affekt.datasets import Labelled
from affekt.datasets.emotion6 import Emotion6
from affekt.errors import AffektError
from affekt.parts import Place
from tests.datasets.copies import EMOTION6_HEADER, emotion6

ROW = "joy/2.jpg\t6.5\t3.8\t0\t0\t0\t0.9\t0\t0\t0.1"


def load(root: Path) -> list[Labelled]:
    return list(Emotion6(root=Place(written=str(root))).load())


def tabled(root: Path, *rows: str) -> Path:
    (root / "ground_truth.txt").write_text("\n".join([EMOTION6_HEADER, *rows]))
    return root


def test_the_documented_line_is_read_as_it_is_documented(tmp_path: Path) -> None:
    """The second line of the published table, as its own description explains it."""
    first = load(emotion6(tmp_path))[0]
    assert (first.name, first.emotion) == ("disgust/1.jpg", "disgust")
    assert first.read == tmp_path / "images/disgust/1.jpg"
    assert first.shares == pytest.approx((2 / 15, 0.7, 0, 1 / 15, 0.1, 0, 0), abs=1e-6)
    assert first.ratings == {"valence": 2.5, "arousal": 3.8}


def test_neutral_is_a_label_and_the_folder_is_none(tmp_path: Path) -> None:
    assert [(one.name, one.emotion) for one in load(emotion6(tmp_path))][1] == (
        "joy/7.jpg",
        "neutral",
    )


def test_two_emotions_that_tie_give_no_label(tmp_path: Path) -> None:
    assert load(emotion6(tmp_path))[2].emotion is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("\t0.1", ""), r"txt:3: has 9 cells between tabs; file, valence, arousal and 7"),
        (("0.9", "0.5"), r"txt:3: the probabilities sum to 0\.6; 1 is needed"),
        (("0.9", "-0.9"), "txt:3: .* numbers from 0 are needed"),
        (("0.9", "nan"), "txt:3: .* numbers from 0 are needed"),
        (("6.5", "0.5"), r"txt:3: '0\.5 3\.8' stands where numbers from 1 to 9 are needed"),
        (("3.8", "high"), "txt:3: '6.5 high' stands where"),
        (("joy/2", "../../2"), r"txt:3: '\.\./\.\./2\.jpg' names no file in"),
        (("joy/2", "joy\0/2"), "txt:3: .* names no file in"),
        (("joy/2", "joy/1"), r"txt:3: 'joy/1\.jpg' stands twice"),
    ],
)
def test_a_line_that_cannot_be_is_told(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    tabled(tmp_path, ROW.replace("joy/2", "joy/1"), ROW.replace(*change))
    with pytest.raises(AffektError, match=said):
        load(tmp_path)


def test_a_table_without_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="lists no picture"):
        load(tabled(tmp_path))
