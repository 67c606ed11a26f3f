"""`affekt predict`: what is written, what is told, and with which code it ends (S3, S7)."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import affekt
from tests import nasty, patience
from tests.cli.run import AFFEKT, Ran, here
from tests.predicting.conftest import Made

WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "safetensors"):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
from affekt.cli import main
main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures, and something else."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "one.jpg").write_bytes(nasty.jpeg())
    (tmp_path / "raw" / "two.png").write_bytes(nasty.png(nasty.painting(seed=3)))
    (tmp_path / "raw" / "notes.txt").write_text("mine")
    return tmp_path


def predict(made: Made, folder: Path, *words: str) -> Ran:
    return here("predict", made.folder, *words, "--jobs=1", cwd=folder)


def test_every_file_gets_a_row_and_the_bad_one_ends_with_1(made: Made, folder: Path) -> None:
    ran = predict(made, folder, "raw")
    assert ran.code == 1, ran.err
    rows = pl.read_csv(io.StringIO(ran.out))
    assert rows["path"].to_list() == ["raw/notes.txt", "raw/one.jpg", "raw/two.png"]
    assert rows["reason"].to_list() == ["not-a-picture", None, None]
    found = affekt.load(made.folder).predict([folder / "raw" / "one.jpg"])
    assert rows["label"][1] == found.labels[0]
    assert rows.row(1)[2:10] == pytest.approx(found.probabilities[0], rel=1e-5)
    assert "pictures: 3; predicted: 2; without an answer: not-a-picture 1" in ran.err
    assert "no temperature was fitted" in ran.err


def test_with_json_a_row_is_an_object(made: Made, folder: Path) -> None:
    """C7"""
    ran = predict(made, folder, "raw/one.jpg", "raw/two.png", "--json", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["path"] for one in rows] == ["raw/one.jpg", "raw/two.png"]
    assert sum(rows[0]["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_a_file_is_told_by_a_document(name: str, made: Made, folder: Path) -> None:
    """C7, S7"""
    ran = predict(made, folder, "raw", "-o", name, "--json", "--stats")
    assert ran.code == 1
    assert (ran.document["table"], ran.document["pictures"]) == (name, 3)
    assert ran.document["reasons"] == {"not-a-picture": 1}
    assert ran.document["temperature"] is None
    assert ran.document["stats"]["net_seconds"] > 0
    assert ran.document["stats"]["decoding_seconds"] > 0
    assert "pictures/s, on CPU" in ran.err
    assert len((folder / name).read_bytes()) > 100
    assert predict(made, folder, "raw", "-o", name).code == 4  # never written over


def test_a_list_comes_on_standard_input(
    made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO(b"raw/two.png\nnone.png\nraw\n"))
    monkeypatch.setattr(sys, "stdin", given)
    ran = predict(made, folder, "raw/one.jpg", "-", "--json", "-q")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["path"].removeprefix("raw/") for one in rows] == [
        "one.jpg", "two.png", "none.png", "notes.txt", "one.jpg", "two.png",
    ]  # fmt: skip
    assert rows[2]["reason"] == "unreadable"


def test_every_nasty_file_is_answered_or_explained(made: Made, tmp_path: Path) -> None:
    """B77"""
    folder = nasty.folder(tmp_path / "raw")
    bad = {name: one for name, one in nasty.bad().items() if one.reason != "decode-timeout"}
    for name, one in bad.items():
        (folder / f"bad-{name}").write_bytes(one.data)
    ran = predict(made, tmp_path, "raw", "-o", "t.parquet")
    assert ran.code == 1, ran.err
    told = dict(pl.read_parquet(tmp_path / "t.parquet").select("path", "reason").rows())
    assert len(told) == len(list(folder.iterdir()))
    for name, one in bad.items():
        assert told[f"raw/bad-{name}"] in (one.reason, None), name
    assert all(told[f"raw/{name}"] is None for name in nasty.NAMES)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("raw", "--format", "parquet"), 2, "Parquet is written to a file only"),
        (("raw", "--format", "csv", "--json"), 2, "--json prints JSON lines"),
        (("raw", "-o", "t.txt"), 2, "t.txt: its name does not end in .csv, .jsonl, .parquet"),
        (("empty",), 2, "there is no file in what was named"),
        (("-", "-"), 2, "give it once"),
        (("raw", ""), 2, "an empty name came where a picture is needed"),
        ((), 2, "Missing argument"),
    ],
    ids=["parquet", "json", "suffix", "empty", "lists", "no name", "nothing"],
)
def test_what_cannot_be_done_is_told(
    words: tuple[str, ...], code: int, said: str, made: Made, folder: Path
) -> None:
    """C9"""
    (folder / "empty").mkdir()
    ran = predict(made, folder, *words)
    assert ran.code == code
    assert said in ran.err
    assert "error" in ran.document if "--json" in words else not ran.out
    assert not (folder / "t.txt").exists()


def test_a_place_that_cannot_be_written_is_told(made: Made, folder: Path) -> None:
    """B09"""
    ran = predict(made, folder, "raw/one.jpg", "-o", "raw/notes.txt/t.csv")
    wanted = "raw/notes.txt/t.csv: cannot be written (File exists); nothing of it is kept"
    assert (ran.code, wanted in ran.err) == (5, True)


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "document"])
def test_a_full_disk_behind_standard_output_is_told(more: tuple[str, ...], folder: Path) -> None:
    """B09"""
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*AFFEKT, "parts", "models", *more], cwd=folder, stdout=full,
            stderr=subprocess.PIPE, text=True, check=False, timeout=patience.SECONDS,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr[:31]) == (5, "standard output: no space left;")
    assert ran.stderr.count("\n") == 1


def test_another_form_is_written_where_it_is_asked_for(made: Made, folder: Path) -> None:
    assert predict(made, folder, "raw/one.jpg", "-o", "t.txt", "--format", "jsonl").code == 0
    assert json.loads((folder / "t.txt").read_text())["path"] == "raw/one.jpg"


def test_what_is_no_net_ends_with_2_and_what_was_changed_with_4(copied: Path, folder: Path) -> None:
    """B79"""
    assert here("predict", "raw", "raw", cwd=folder).code == 2
    (copied / "README.md").write_text("changed")
    ran = here("predict", copied, "raw", "--json", cwd=folder)
    assert (ran.code, ran.document["error"]["kind"]) == (4, "Refused")


@pytest.mark.slow
def test_neither_pytorch_nor_a_plan_is_needed(made: Made, folder: Path) -> None:
    """M50, M7"""
    run = [sys.executable, "-c", WITHOUT, "predict", str(made.folder), "raw/one.jpg", "--jobs=1"]
    ran = subprocess.run(
        run, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False,
        timeout=patience.SECONDS,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") == 2
