"""Files and folders become one table, whatever happens on the way."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from affekt.cells import from_csv
from affekt.errors import Refused, UsageError
from affekt.features import Feature, Vector
from affekt.features.backbone import Backbone
from affekt.features.colour_histogram import ColourHistogram
from affekt.features.wang2013 import Wang2013
from affekt.stage import Progress
from affekt.tabulate import shards, tabulate
from tests import patience
from tests.blocks.pictures import Picture, noise, painted
from tests.cli.run import AFFEKT

FEATURE = ColourHistogram(bins=(2, 2, 2))
SMALL = Wang2013(area_px=1_000, blocks=("composition",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures in a folder and one below it, a broken one, and what is none."""
    place = tmp_path / "pictures"
    (place / "inner").mkdir(parents=True)
    for seed, name in enumerate(("b.png", "a.png", "=c.png", "inner/d.png")):
        Image.fromarray(noise(12, 16, seed)).save(place / name)
    (place / "broken.png").write_bytes((place / "a.png").read_bytes()[:200])
    (place / "notes.txt").write_text("no picture")
    (place / ".hidden.png").write_bytes(b"not looked at")
    return place


def test_a_picture_is_a_row_with_the_values_of_the_feature(folder: Path, tmp_path: Path) -> None:
    tabulate([folder / "b.png"], FEATURE, tmp_path / "t.parquet")
    (row,) = pl.read_parquet(tmp_path / "t.parquet").rows(named=True)
    assert row["image_id"] == hashlib.sha256((folder / "b.png").read_bytes()).hexdigest()
    assert (row["path"], row["width_px"], row["height_px"]) == (str(folder / "b.png"), 16, 12)
    assert [row[name] for name in FEATURE.names] == FEATURE.extract(noise(12, 16, 0)).tolist()


def test_rows_have_the_order_of_names_and_what_cannot_be_used_is_told(
    folder: Path, tmp_path: Path
) -> None:
    made = tabulate([folder], FEATURE, tmp_path / "t.parquet")
    rows = pl.read_parquet(tmp_path / "t.parquet")
    names = [str(Path(path).relative_to(folder)) for path in rows["path"]]
    assert names == ["=c.png", "a.png", "b.png", "inner/d.png"]
    assert (made.n_pictures, made.n_others) == (4, 1)
    assert [(Path(one.path).name, one.reason) for one in made.refused] == [
        ("broken.png", "truncated")
    ]


def test_a_file_that_is_named_and_is_no_picture_is_told(folder: Path, tmp_path: Path) -> None:
    made = tabulate([folder / "notes.txt"], FEATURE, tmp_path / "t.parquet")
    assert (made.n_pictures, made.refused[0].reason) == (0, "not-a-picture")
    assert pl.read_parquet(tmp_path / "t.parquet").is_empty()


def test_a_picture_that_is_too_small_for_a_set_is_told(tmp_path: Path) -> None:
    Image.fromarray(noise(4, 40)).save(tmp_path / "flat.png")
    set_ = Wang2013(area_px="original")
    made = tabulate([tmp_path / "flat.png"], set_, tmp_path / "t.parquet")
    assert made.refused[0].reason == "too-small"


def test_a_table_of_text_has_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    tabulate([folder], FEATURE, tmp_path / "t.parquet")
    tabulate([folder], FEATURE, tmp_path / "t.csv")
    header, rows = from_csv((tmp_path / "t.csv").read_text(encoding="utf-8"))
    table = pl.read_parquet(tmp_path / "t.parquet")
    assert header == table.columns
    text = pl.DataFrame(rows).select(pl.col(FEATURE.names).cast(pl.Float32))
    assert text.equals(table.select(FEATURE.names))
    assert [row["path"] for row in rows] == table["path"].to_list()


def test_the_table_says_what_made_it(folder: Path, tmp_path: Path) -> None:
    tabulate([folder], FEATURE, tmp_path / "t.parquet")
    metadata = pl.read_parquet_metadata(tmp_path / "t.parquet")
    assert '"bins":[2,2,2]' in metadata["affekt.feature"]


def test_a_path_that_comes_twice_is_one_row(folder: Path, tmp_path: Path) -> None:
    made = tabulate([folder / "a.png", folder, folder / "a.png"], FEATURE, tmp_path / "t.csv")
    assert made.n_pictures == 4


def test_a_link_that_is_named_is_followed_and_one_below_a_folder_is_not(
    folder: Path, tmp_path: Path
) -> None:
    link = folder / "link.png"
    link.symlink_to(folder / "a.png")
    assert tabulate([link], FEATURE, tmp_path / "one.csv").n_pictures == 1
    made = tabulate([folder], FEATURE, tmp_path / "all.csv")
    assert (str(link), "link", "not followed") in made.refused


def test_the_size_is_that_of_the_upright_picture_also_for_a_net(tmp_path: Path) -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    Image.fromarray(painted(600, 800)).save(tmp_path / "turned.jpg", exif=notes.tobytes())
    tabulate([tmp_path / "turned.jpg"], Backbone(), tmp_path / "t.parquet")
    (row,) = pl.read_parquet(tmp_path / "t.parquet").rows(named=True)
    assert (row["width_px"], row["height_px"]) == (600, 800)


def transparent(path: Path) -> None:
    pixels = np.dstack([painted(30, 40), np.zeros((30, 40), np.uint8)])
    Image.fromarray(pixels).save(path)


def animated(path: Path) -> None:
    white, black = (Image.new("L", (40, 30), level) for level in (255, 0))
    white.save(path, "GIF", save_all=True, append_images=[black, black])


def grey(path: Path) -> None:
    Image.new("L", (40, 30), 255).save(path, "PNG")


def of_16_bits(path: Path) -> None:
    Image.fromarray(np.full((30, 40), 65_535, np.uint16)).save(path, "PNG")


@pytest.mark.parametrize("paint", [transparent, animated, grey, of_16_bits])
def test_what_a_person_sees_white_is_white(paint: Callable[[Path], None], tmp_path: Path) -> None:
    """Alpha lies over white, and of a film the first picture counts."""
    paint(tmp_path / "picture.png")
    tabulate([tmp_path], FEATURE, tmp_path / "t.parquet")
    (row,) = pl.read_parquet(tmp_path / "t.parquet").rows(named=True)
    white = FEATURE.extract(np.full((30, 40, 3), 255, np.uint8))
    assert [row[name] for name in FEATURE.names] == white.tolist()


def test_what_is_there_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "t.csv"
    output.write_text("mine")
    with pytest.raises(Refused, match=r"t\.csv: is there and is not written over"):
        tabulate([folder], FEATURE, output)
    assert output.read_text() == "mine"


def test_the_name_of_the_output_decides_or_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in \.parquet or \.csv"):
        tabulate([folder], FEATURE, tmp_path / "t.xlsx")


def test_a_path_that_does_not_exist_is_told_before_any_work(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.png: does not exist"):
        tabulate([folder, "nowhere.png"], FEATURE, tmp_path / "t.csv")
    with pytest.raises(UsageError, match="there is no file"):
        tabulate([], FEATURE, tmp_path / "t.csv")


class Learned(Feature):
    """A feature with a learned half."""

    @property
    def names(self) -> tuple[str, ...]:
        return ("learned.raw.value",)

    @property
    def is_learned(self) -> bool:
        return True

    def extract(self, picture: Picture) -> Vector:
        return np.zeros(1, np.float32)


def test_what_is_learned_from_training_pictures_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="learns from training pictures, in every fold"):
        tabulate([folder], Learned(), tmp_path / "t.csv")


def test_only_the_table_remains(folder: Path, tmp_path: Path) -> None:
    tabulate([folder], FEATURE, tmp_path / "out" / "t.csv")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["t.csv"]


def made_pictures(place: Path, count: int) -> Path:
    place.mkdir()
    for number in range(count):
        Image.fromarray(noise(12, 16, number)).save(place / f"{number:03d}.png")
    return place


@pytest.mark.slow
def test_several_processes_write_what_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M33."""
    monkeypatch.setattr(shards, "SLOW", 4)
    many = made_pictures(tmp_path / "many", 11)
    (many / "005.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    told: list[Progress] = []
    one = tabulate([many], SMALL, tmp_path / "one.csv", watch=told.append)
    two = tabulate([many], SMALL, tmp_path / "two.csv", workers=2)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert one.refused == two.refused
    assert told[-1] == Progress("features", 11, 11, 1)


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """M33."""
    many = made_pictures(tmp_path / "many", 115)  # two shards
    output, whole = tmp_path / "t.csv", tmp_path / "whole.csv"
    words = ["features", str(many), "--set", "wang2013", "-o", str(output), "--workers", "1"]
    settings = ["--blocks", "composition", "--setting", "area_px=1000"]
    running = subprocess.Popen([*AFFEKT, *words, *settings], start_new_session=True)
    parts = tmp_path / "t.csv.parts"
    until(lambda: any(parts.glob("0*.parquet")))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not output.exists()
    told: list[Progress] = []
    tabulate([many], SMALL, output, watch=told.append)
    assert told[0].done == 100
    tabulate([many], SMALL, whole)
    assert output.read_bytes() == whole.read_bytes()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that a process does."""
    deadline = time.monotonic() + patience.SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_shards_of_other_settings_are_not_taken(folder: Path, tmp_path: Path) -> None:
    seen: list[int] = []

    def stop(progress: Progress) -> None:
        seen.append(progress.done)
        if seen.count(6) == 2:  # in work, and written
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tabulate([folder], ColourHistogram(bins=(3, 1, 1)), tmp_path / "t.csv", watch=stop)
    assert list((tmp_path / "t.csv.parts").glob("*.parquet"))
    tabulate([folder], FEATURE, tmp_path / "t.csv")
    header, _ = from_csv((tmp_path / "t.csv").read_text(encoding="utf-8"))
    assert header[4:] == list(FEATURE.names)
