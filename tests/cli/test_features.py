"""`affekt features`: what is printed, and with which code it ends."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.blocks.pictures import noise
from tests.cli.run import Command
from tests.nets.caffe_writer import net, thin_weights


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for seed in range(2):
        Image.fromarray(noise(30, 40, seed)).save(tmp_path / f"{seed}.png")
    return tmp_path


WANG = ("--set", "wang2013", "--setting", "area_px=1000", "--workers", "1")


def test_a_table_of_chosen_blocks_is_written(affekt: Command, pictures: Path) -> None:
    ended = affekt("features", "0.png", "1.png", *WANG, "--blocks", "shape,composition", "-ot.csv")
    assert (ended.code, ended.out) == (0, "t.csv: pictures: 2; values a picture: 6\n")
    assert (pictures / "t.csv").read_text().startswith("path,image_id,width_px,height_px,wang2013.")


def test_a_net_with_weights_of_ones_own_fills_the_table(affekt: Command, pictures: Path) -> None:
    """M20: a path needs no quotes, either."""
    (pictures / "thin.caffemodel").write_bytes(net(thin_weights()))
    given = ("--setting", "net=caffenet", "--setting", "weights=./thin.caffemodel", "--workers=1")
    ended = affekt("features", "0.png", "--set", "backbone", *given, "-o", "t.csv")
    assert (ended.code, ended.out) == (0, "t.csv: pictures: 1; values a picture: 24\n"), ended.err
    assert "caffenet.fc7.0023" in (pictures / "t.csv").read_text()


def test_a_word_needs_no_quotes_that_a_shell_takes_away(affekt: Command, pictures: Path) -> None:
    holistic = ("--set", "yanulevskaya", "--setting", "variant=holistic", "--workers", "1")
    ended = affekt("features", "0.png", *holistic, "-o", "t.csv")
    assert (ended.code, ended.out) == (0, "t.csv: pictures: 1; values a picture: 72\n"), ended.err


def test_pictures_without_values_are_named_and_end_with_1(affekt: Command, pictures: Path) -> None:
    (pictures / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    ended = affekt("features", ".", *WANG, "-o", "t.parquet", "--json")
    document = json.loads(ended.out)
    assert ended.code == 1
    assert set(document) == {"table", "pictures", "values", "refused", "others"}
    assert document["refused"][0]["path"] == "broken.png"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--set", "wang"),
            "feature 'wang': kind: there is no 'wang' among the features; did you mean 'wang2013'",
        ),
        ((*WANG, "--blocks", "itten"), "blocks: there is no block 'itten'; known: colour_pattern"),
        ((*WANG, "--setting", "sign=-1"), "sign: is not a setting of 'wang2013'"),
        ((*WANG, "--setting", "area_px"), "--setting 'area_px' is not understood"),
        (("--set", "backbone", "--blocks", "a"), "blocks: is not a setting of 'backbone'"),
        (("--set", "mylab.mine"), "'mylab.mine' is code outside affekt"),
    ],
    ids=["set", "block", "setting", "spelling", "net", "foreign"],
)
def test_what_is_not_known_is_told_with_what_is(
    words: tuple[str, ...], said: str, affekt: Command, pictures: Path
) -> None:
    """C9."""
    ended = affekt("features", str(pictures), *words, "-o", "t.csv")
    assert ended.code == 2
    assert said in ended.err


def test_what_is_there_is_refused(affekt: Command, pictures: Path) -> None:
    (pictures / "t.csv").write_text("mine")
    assert affekt("features", ".", *WANG, "-o", "t.csv").code == 4
