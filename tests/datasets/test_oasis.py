import csv
from collections import Counter
from pathlib import Path

import pytest

from affekt.datasets import Labelled
from affekt.datasets.oasis import Oasis
from affekt.errors import AffektError
from affekt.parts import Place

HEADER = ["ID", "Theme", "Category", "Valence_mean", "Arousal_mean", "file"]
ROWS = [
    ["I1", "Acorns 1", "Object", "4.7", "2.3", "images/Acorns 1.jpg"],
    ["I2", "Acorns 12", "Object", "4.0", "3.1", "images/Acorns 12.jpg"],
    ["I3", "Dog 6", "Animal", "6.1", "4.5", "images/Dog 6.jpg"],
    ["I4", "Fire 2", "Scenery", "2.2", "5.5", "images/Fire 2.jpg"],
]


def copy(root: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    (root / "images").mkdir()
    with (root / "oasis_ratings.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return root


def load(root: Path, **settings: str) -> list[Labelled]:
    return list(Oasis.model_validate({"root": str(root), **settings}).load())


@pytest.mark.parametrize(
    ("target", "labels"),
    [
        ("polarity", ["positive", "negative", "positive", "negative"]),
        ("category", ["object", "object", "animal", "scenery"]),
        ("third", ["pleasant", "neutral", "pleasant", "unpleasant"]),
        (
            "quadrant",
            ["pleasant-calm", "unpleasant-calm", "pleasant-aroused", "unpleasant-aroused"],
        ),
    ],
)
def test_each_target_cuts_the_ratings_as_documented(
    tmp_path: Path, target: str, labels: list[str]
) -> None:
    found = load(copy(tmp_path, ROWS), target=target)
    assert [one.emotion for one in found] == labels


def test_a_valence_in_the_middle_of_the_scale_is_not_positive(tmp_path: Path) -> None:
    assert load(copy(tmp_path, ROWS))[1].emotion == "negative"


@pytest.mark.parametrize("target", ["polarity", "category"])
def test_every_picture_carries_its_mean_ratings(tmp_path: Path, target: str) -> None:
    found = load(copy(tmp_path, ROWS), target=target)
    assert found[3].ratings == {"valence": 2.2, "arousal": 5.5}


def test_the_theme_without_its_number_is_the_group(tmp_path: Path) -> None:
    found = load(copy(tmp_path, ROWS))
    assert [one.group for one in found] == ["Acorns", "Acorns", "Dog", "Fire"]
    assert found[1].name == "Acorns 12"
    assert found[1].read == tmp_path / "images" / "Acorns 12.jpg"


def test_the_order_of_rows_cannot_matter(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = copy(tmp_path / "a", ROWS), copy(tmp_path / "b", ROWS[::-1])
    kept = [[(each.name, each.emotion) for each in load(root)] for root in (one, other)]
    assert kept[0] == kept[1]


def test_the_published_table_without_file_names_is_read_too(tmp_path: Path) -> None:
    copy(tmp_path, [row[:-1] for row in ROWS], HEADER[:-1])
    (tmp_path / "oasis_ratings.csv").rename(tmp_path / "OASIS.csv")
    assert load(tmp_path)[2].read == tmp_path / "images" / "Dog 6.jpg"


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    table = copy(tmp_path, [row[1:] for row in ROWS], HEADER[1:]) / "oasis_ratings.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert len(load(tmp_path)) == 4


@pytest.mark.parametrize(
    ("rows", "header", "sentence"),
    [
        ([], HEADER, "there is no row"),
        (ROWS, ["ID", "Theme", "Kind", "V", "A", "file"], r"\['Category', 'Valence_mean'"),
        ([*ROWS, ROWS[0]], HEADER, "'Acorns 1' stands twice"),
        ([["I1", "Acorns 1", "Object", "", "2"]], HEADER, r"csv:2: the ratings of 'Acorns 1'"),
        ([["I1", "X 1", "Object", "4", "2", "../../secret.jpg"]], HEADER, "leads out of"),
        ([["I1", "X 1", "Object", "4", "2", "/etc/passwd"]], HEADER, "leads out of"),
    ],
)
def test_a_table_that_is_not_oasis_is_refused_with_a_sentence(
    tmp_path: Path, rows: list[list[str]], header: list[str], sentence: str
) -> None:
    with pytest.raises(AffektError, match=sentence):
        load(copy(tmp_path, rows, header))


def test_a_folder_without_table_or_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match=r"oasis_ratings\.csv or OASIS\.csv"):
        load(tmp_path)


def test_a_changed_file_changes_the_witness(tmp_path: Path) -> None:
    dataset = Oasis(root=Place(written=str(copy(tmp_path, ROWS))))
    before = dataset.witness()
    (tmp_path / "images" / "Dog 6.jpg").write_bytes(b"new")
    assert dataset.witness() != before


@pytest.mark.parametrize(
    ("target", "most", "n_most"),
    [
        ("polarity", "positive", 352),
        ("quadrant", "unpleasant-aroused", 144),
        ("third", "pleasant", 187),
        ("category", "person", 195),
    ],
)
def test_the_real_copy_has_the_levels_of_its_specification(
    shared_data: Path, target: str, most: str, n_most: int
) -> None:
    """The majority column: 0.630, 0.258, 0.335, 0.349 of 559; 209 themes."""
    found = load(shared_data / "oasis", target=target)
    counts = Counter(one.emotion for one in found)
    assert (len(found), len({one.group for one in found})) == (559, 209)
    assert counts[most] == max(counts.values()) == n_most
    assert all(isinstance(one.read, Path) and one.read.is_file() for one in found)
