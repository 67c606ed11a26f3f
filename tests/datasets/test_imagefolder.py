"""Class folders under any taxonomy, parts by folder, groups and parts by a table."""

from pathlib import Path

import pytest

from affekt import plan
from affekt.datasets import Labelled
from affekt.datasets.imagefolder import Imagefolder
from affekt.errors import AffektError
from affekt.parts import Place
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy
from tests.datasets.copies import lay

MOODS = Taxonomy(
    name="moods", emotions=(Emotion(name="calm", keywords=("calm", "still")), Emotion(name="tense"))
)


def load(root: Path, taxonomy: Taxonomy = MIKELS8) -> list[Labelled]:
    return list(Imagefolder(root=Place(written=str(root)), emotions=taxonomy).load())


def test_a_folder_says_the_emotion_of_all_below_it(tmp_path: Path) -> None:
    lay(tmp_path, "fear/b.jpg", "Awe/a.jpg", "fear/of dogs/c.jpg")
    found = load(tmp_path)
    assert [(one.name, one.emotion, one.part) for one in found] == [
        ("Awe/a.jpg", "awe", None),
        ("fear/b.jpg", "fear", None),
        ("fear/of dogs/c.jpg", "fear", None),
    ]
    assert found[0].read == tmp_path / "Awe/a.jpg"


@pytest.mark.parametrize(("folder", "emotion"), [("still", "calm"), ("TENSE", "tense")])
def test_any_taxonomy_names_the_folders_by_names_and_keywords(
    tmp_path: Path, folder: str, emotion: str
) -> None:
    assert load(lay(tmp_path, f"{folder}/a.jpg"), MOODS)[0].emotion == emotion


@pytest.mark.parametrize(
    ("folder", "part"),
    [("train", "train"), ("val", "validate"), ("Valid", "validate"), ("test", "test")],
)
def test_a_folder_above_says_the_part(tmp_path: Path, folder: str, part: str) -> None:
    (one,) = load(lay(tmp_path, f"{folder}/awe/a.jpg"))
    assert (one.name, one.emotion, one.part) == (f"{folder}/awe/a.jpg", "awe", part)


def test_an_emotion_called_as_a_part_is_an_emotion(tmp_path: Path) -> None:
    odd = Taxonomy(name="odd", emotions=(Emotion(name="test"), Emotion(name="awe")))
    (one,) = load(lay(tmp_path, "test/a.jpg"), odd)
    assert (one.emotion, one.part) == ("test", None)


def test_hidden_names_and_what_lies_beside_the_folders_are_left_out(tmp_path: Path) -> None:
    lay(tmp_path, "awe/a.jpg", "awe/.b.jpg", "awe/.c/d.jpg", ".fear/e.jpg", "readme.txt")
    (tmp_path / "empty of any emotion").mkdir()
    assert [one.name for one in load(tmp_path)] == ["awe/a.jpg"]


def test_a_folder_with_files_that_names_no_emotion_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "awe/a.jpg", "love/b.jpg")
    with pytest.raises(AffektError, match=r"love' is named by no emotion of the taxonomy 'mikels8"):
        load(tmp_path)


@pytest.mark.parametrize("column", ["file", "file_name"])
def test_a_table_says_groups_and_parts_and_wins(tmp_path: Path, column: str) -> None:
    lay(tmp_path, "train/awe/a.jpg", "train/awe/b.jpg", "train/awe/c.jpg")
    lines = [f"{column},group,part", "train/awe/a.jpg,g,test", "./train/awe/b.jpg,h,", ""]
    (tmp_path / "metadata.csv").write_text("\n".join(lines))
    assert [(one.group, one.part) for one in load(tmp_path)] == [
        ("g", "test"),
        ("h", "train"),
        (None, "train"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx", "the column 'file' is missing"),
        ("", "the column 'file' is missing"),
        ("file\nawe/b.jpg", r"metadata\.csv:2: 'awe/b.jpg' is no picture in a class folder"),
        ("file\nawe/a.jpg\nawe/a.jpg", r"metadata\.csv:3: 'awe/a.jpg' stands twice"),
        ("file,part\nawe/a.jpg,fold 3", "the part is 'fold 3'; train, test and validate"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(tmp_path: Path, text: str, said: str) -> None:
    lay(tmp_path, "awe/a.jpg")
    (tmp_path / "metadata.csv").write_text(text)
    with pytest.raises(AffektError, match=said):
        load(tmp_path)


def test_a_table_in_another_encoding_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "awe/a.jpg")
    (tmp_path / "metadata.csv").write_bytes("file\nawe/ä.jpg".encode("latin-1"))
    with pytest.raises(AffektError, match="is no CSV in UTF-8"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("setting", "names"), [("", ("calm", "tense")), (', emotions = "mikels8"', MIKELS8.names)]
)
def test_the_taxonomy_is_the_plan_s_or_its_own(
    tmp_path: Path, setting: str, names: tuple[str, ...]
) -> None:
    (tmp_path / "plan.toml").write_text(
        "seed = 1\n"
        '[taxonomy]\nname = "mine"\nemotions = [{ name = "calm" }, { name = "tense" }]\n'
        f'[bench]\ndatasets = [{{ kind = "imagefolder", root = "raw"{setting} }}]\n'
        '[[bench.entries]]\nname = "one"\nfeature = "colour_histogram"\nmodel = "linear_svm"\n'
    )
    bench = plan.read(tmp_path / "plan.toml").bench
    assert bench is not None
    assert bench.datasets["imagefolder"].taxonomy.names == names
