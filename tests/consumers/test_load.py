"""Releases and exports load in the libraries of others; `release check` sees what they miss.

Each reader gets a fresh cache, its offline switches, and an audit hook that ends it at the first
attempt to reach a network.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from affekt.datasets.release.check import check
from affekt.exports.formats import check as exported
from affekt.exports.formats.export import export
from affekt.taxonomy import MIKELS8
from tests.consumers import spoilt
from tests.consumers.environment import interpreter, read
from tests.datasets.published import Original, Project
from tests.exports.formats.small import VOTED, mixed

RELEASE = "release"
READERS = {
    "datasets": RELEASE, "mlcroissant": RELEASE, "polars": RELEASE, "pandas": RELEASE,
    "imagefolder": "imagefolder", "class_folders": "class-folders", "webdataset": "webdataset",
    "datasets_webdataset": "webdataset", "frictionless": "datapackage",
}  # fmt: skip
SCHEMAS = ("datacite", "citation")
pytestmark = pytest.mark.slow


class Loaded(NamedTuple):
    """What the readers saw in sound folders and in spoilt ones, and where these lie."""

    sound: Mapping[str, list[list[Any]]]
    spoilt: Mapping[str, list[list[Any]]]
    folders: Mapping[str, Path]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A release of which everything is said, and its exports."""
    place = tmp_path_factory.mktemp("made")
    project = Project(place, mixed())
    made = project.release(
        version="1.0.0",
        description="Small.",
        creators=("Maker, Ann", "Lab"),
        doi="10.5281/zenodo.1",
    ).files
    assert made is not None
    forms = sorted(set(READERS.values()) - {RELEASE})
    return {RELEASE: made} | {
        form: export(made, form, place / "exports" / form).folder for form in forms
    }


@pytest.fixture(scope="module")
def loaded(folders: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """All readers in one process: their libraries take longer to import than to read."""
    interpreter()
    place = tmp_path_factory.mktemp("spoilt")
    wrong = {
        reader: spoilt.copy(reader, folders[of], place / reader) for reader, of in READERS.items()
    }
    jobs = [(reader, folders[of]) for reader, of in READERS.items()]
    more = [(reader, folders[RELEASE]) for reader in ("croissant_records", *SCHEMAS)]
    seen = read([*jobs, *more, *wrong.items()], tmp_path_factory.mktemp("cache"))
    names = [*READERS, "croissant_records", *SCHEMAS]
    return Loaded(
        dict(zip(names, seen, strict=False)),
        dict(zip(wrong, seen[len(names) :], strict=True)),
        wrong,
    )


def truth(release: Path) -> list[list[Any]]:
    """Id, label, split and hash of every picture, from the table of labels."""
    frame = pl.read_csv(release / "annotations/labels.csv").filter("shipped").sort("image_id")
    return [
        [row["image_id"], row["label"], row["split"], row["image_id"]] for row in frame.to_dicts()
    ]


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_gets_every_picture_with_label_split_and_bytes(
    reader: str, loaded: Loaded, folders: Mapping[str, Path]
) -> None:
    """R50, R51, R60, R61."""
    wanted = truth(folders[RELEASE])
    counts = json.loads((folders[RELEASE] / "manifest.json").read_text())["counts"]
    assert sorted(loaded.sound[reader]) == wanted
    assert len(wanted) == counts["released"]


def test_every_record_of_the_other_record_sets_is_read(
    loaded: Loaded, folders: Mapping[str, Path]
) -> None:
    """R50, R61: emotions, splits, and the votes joined to the pictures they are on."""
    records = loaded.sound["croissant_records"]
    assert [one[1] for one in records if one[0] == "emotions"] == list(MIKELS8.names)
    assert [one[1] for one in records if one[0] == "splits"] == ["train", "validation", "test"]
    asked = pl.read_csv(folders[RELEASE] / "annotations/asked.csv").select(
        "question_id", "image_id", "outcome"
    )
    votes = pl.read_parquet(folders[RELEASE] / "annotations/votes.parquet")
    wanted = votes.join(asked, on="question_id").rows()
    links = pl.read_parquet(folders[RELEASE] / "links/*.parquet")
    assert [one[1] for one in records if one[0] == "linked"] == links["image_id"].to_list()
    found = [tuple(one[1:]) for one in records if one[0] == "votes"]
    assert sorted(map(str, found)) == sorted(map(str, wanted))
    assert len(found) == VOTED


@pytest.mark.parametrize("reader", SCHEMAS)
def test_a_paper_holds_the_schema_of_its_form(reader: str, loaded: Loaded) -> None:
    """R53: DataCite 4.5 and CFF 1.2.0; the reader raises where it is broken."""
    assert loaded.sound[reader] == []


@pytest.mark.parametrize("reader", READERS)
def test_what_a_reader_lets_through_is_found(reader: str, loaded: Loaded) -> None:
    """R61: a row or picture taken out, a byte flipped, a label changed."""
    folder = loaded.folders[reader]
    found = exported.check(folder) if exported.is_export(folder) else check(folder, workers=1)
    assert loaded.spoilt[reader]
    assert spoilt.CODES[reader] in {one.code for one in found}


def test_sha256sum_finds_every_file_as_it_was(folders: Mapping[str, Path]) -> None:
    """R55: releases and exports alike."""
    codes = {
        name: subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet", "CHECKSUMS.sha256"],
            cwd=folder,
            check=False,
        ).returncode
        for name, folder in folders.items()
    }
    assert codes == dict.fromkeys(folders, 0)


def test_500_photographs_load_in_every_reader(shared_data: Path, tmp_path: Path) -> None:
    """R13, R61: real photographs, every record read."""
    interpreter()
    photographs = sorted((shared_data / "oasis" / "images").glob("*.jpg"))[:500]
    parts = ("train", "train", "train", "test", "validate")
    originals = [
        Original(
            path.read_bytes(), emotion=("awe", "fear")[at % 2], licence="cc0", part=parts[at % 5]
        )
        for at, path in enumerate(photographs)
    ]
    release = Project(tmp_path, originals).release(workers=2).files
    assert release is not None
    shards = export(release, "webdataset", tmp_path / "shards").folder
    jobs = [(reader, release) for reader in ("datasets", "mlcroissant", "polars", "pandas")]
    seen = read([*jobs, ("webdataset", shards)], tmp_path / "cache")
    wanted = truth(release)
    assert [sorted(one) == wanted for one in seen] == [True] * 5
    assert len(wanted) >= 500
    whole = ["sha256sum", "--check", "--strict", "--quiet", "CHECKSUMS.sha256"]
    assert subprocess.run(whole, cwd=release, check=False).returncode == 0
