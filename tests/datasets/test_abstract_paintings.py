from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from affekt.datasets import Labelled
from affekt.datasets.abstract_paintings import COLUMNS, VALUES, VOTES, AbstractPaintings
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.taxonomy import MIKELS8

HEADER = "'','Amusement','Anger','Awe','Content','Disgust','Excitement','Fear','Sad'"
ROWS = ("'abstract_0001.jpg',1,0,6,4,0,2,1,0", "'abstract_0002.jpg',0,5,0,0,5,0,1,0")


def load(root: Path) -> list[Labelled]:
    return list(AbstractPaintings(root=Place(written=str(root))).load())


def published(root: Path, *rows: str, header: str = HEADER) -> Path:
    (root / VOTES).write_text("\r\n".join((header, *rows, "")), encoding="utf-8")
    return root


def passed_on(root: Path, features: np.ndarray, labels: np.ndarray) -> Path:
    savemat(root / VALUES, {"features": features, "labels": labels})
    return root


def test_the_emotion_with_most_votes_is_the_label_and_shares_are_kept(tmp_path: Path) -> None:
    """B2: people voted over the eight categories."""
    first = load(published(tmp_path, *ROWS))[0]
    assert (first.name, first.read) == ("abstract_0001.jpg", tmp_path / "abstract_0001.jpg")
    assert first.emotion == "awe"
    assert first.shares is not None
    shares = dict(zip(MIKELS8.names, first.shares, strict=True))
    assert shares["awe"] == pytest.approx(6 / 14)
    assert shares["contentment"] == pytest.approx(4 / 14)


def test_a_tie_has_no_label(tmp_path: Path) -> None:
    assert load(published(tmp_path, *ROWS))[1].emotion is None


def test_without_pictures_the_values_stand_for_them(tmp_path: Path) -> None:
    features, labels = np.array([[0.1, 0.9], [0.5, 0.5]]), np.full((2, 8), 0.1)
    labels[0, 3], labels[1, :2] = 0.3, 0.2
    found = load(passed_on(tmp_path, features, labels))
    assert [(one.name, one.read) for one in found] == [
        ("painting 001", None),
        ("painting 002", None),
    ]
    assert found[0].values == (0.1, 0.9)
    assert [one.emotion for one in found] == ["contentment", None]
    assert sum(one or 0 for one in found[0].shares or ()) == pytest.approx(1)


def test_pictures_come_before_values(tmp_path: Path) -> None:
    passed_on(tmp_path, np.zeros((1, 2)), np.eye(8)[:1])
    assert load(published(tmp_path, *ROWS))[0].read is not None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("'b.jpg',1,2", "has 3 cells; a file name and 8 counts"),
        ("'b.jpg',1,0,0,0,0,0,0,x", "numbers from 0 are needed"),
        ("'b.jpg',0,0,0,0,0,0,0,0", "not all may be 0"),
        ("'b.jpg',inf,0,0,0,0,0,0,0", "name nothing"),
        ("'b.jpg',-1,0,0,0,0,0,0,5", "numbers from 0 are needed"),
        ("'../b.jpg',1,0,0,0,0,0,0,5", "names no file"),
        ("'abstract_0001.jpg',1,0,0,0,0,0,0,5", "stands twice"),
    ],
)
def test_a_row_that_cannot_be_is_told_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(AffektError, match=f"{VOTES}:3: .*{said}"):
        load(published(tmp_path, ROWS[0], row))


def test_a_table_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / VOTES).write_bytes(HEADER.encode() + b"\n'caf\xe9.jpg',1,0,0,0,0,0,0,0")
    with pytest.raises(AffektError, match="is no text in UTF-8"):
        load(tmp_path)


def test_other_columns_are_told(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="the columns are"):
        load(published(tmp_path, *ROWS, header="name,Joy"))


@pytest.mark.parametrize(
    ("features", "labels", "said"),
    [
        (np.zeros((2, 3)), np.ones((3, 8)), "one row a painting"),
        (np.zeros((2, 3)), np.ones((2, 7)), "8 shares"),
        (np.full((2, 3), np.nan), np.ones((2, 8)), "not finite"),
        (np.zeros((2, 3)), -np.ones((2, 8)), "below 0"),
    ],
)
def test_matrices_that_cannot_be_are_told(
    tmp_path: Path, features: np.ndarray, labels: np.ndarray, said: str
) -> None:
    with pytest.raises(AffektError, match=said):
        load(passed_on(tmp_path, features, labels))


@pytest.mark.parametrize("data", [b"", b"MATLAB 5.0 MAT-file" + b"\0" * 200, b"\x80\x04K\x01."])
def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / VALUES).write_bytes(data)
    with pytest.raises(AffektError, match="cannot be read as a MATLAB file"):
        load(tmp_path)


def test_the_real_copy_has_229_paintings_without_a_tie_in_the_stated_counts(
    shared_data: Path,
) -> None:
    """B1, B4: Table 1 of the paper has one contentment less."""
    found = load(shared_data / "abstract_paintings")
    counts = Counter(one.emotion for one in found)
    assert [counts[name] for name in COLUMNS.values()] == [25, 3, 15, 64, 18, 36, 36, 32]
    assert (len(found), counts[None]) == (280, 51)
    assert {len(one.values or ()) for one in found} == {142}
