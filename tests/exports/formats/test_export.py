"""A release in the forms of others: what is in each, and that it is whole, equal and checked."""

import hashlib
import json
import shutil
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from affekt import cells
from affekt.cli import FORMS as OFFERED
from affekt.datasets.release.write import checksums
from affekt.errors import Damaged, Refused, UsageError
from affekt.exports.formats import webdataset
from affekt.exports.formats.check import check, is_export
from affekt.exports.formats.export import FORMS, export
from affekt.taxonomy import MIKELS8
from tests.cli.run import here
from tests.datasets.published import Project, files_of
from tests.datasets.test_release_check import Row, change
from tests.exports.formats.small import mixed


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Project(tmp_path_factory.mktemp("exported"), mixed()).release().files
    assert made is not None
    return made


@pytest.fixture(scope="module")
def exports(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every form of it; tests that change one take a copy."""
    place = tmp_path_factory.mktemp("exports")
    return {form: export(release, form, place / form).folder for form in FORMS}


@pytest.fixture
def labels(release: Path) -> list[dict[str, Any]]:
    """The table of labels, in the order of ids, of what is inside."""
    rows = pl.read_csv(release / "annotations/labels.csv").filter("shipped")
    return rows.sort("image_id").to_dicts()


def pictures(folder: Path) -> dict[str, str]:
    """File name → hash of each picture that lies in a folder as a file."""
    found = [path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".png")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def names_in(shard: Path) -> list[str]:
    with tarfile.open(shard) as file:
        return file.getnames()


def test_the_command_offers_every_form() -> None:
    assert tuple(FORMS) == OFFERED


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_sound_and_says_what_it_is(form: str, exports: Mapping[str, Path]) -> None:
    """R60: credits, licences and how to load it go with the pictures."""
    assert is_export(exports[form])
    assert check(exports[form]) == []
    told = json.loads((exports[form] / "export.json").read_text())
    assert (told["form"], told["release"]) == (form, "small-0.1.0")
    assert (told["pictures"], told["left_out"]) == ({"train": 7, "validation": 2, "test": 5}, 1)
    assert (exports[form] / "classes.txt").read_text().split() == list(MIKELS8.names)
    assert "## How to load it" in (exports[form] / "README.md").read_text()
    assert {"attribution.csv", "LICENSE.md", "CITATION.cff"} <= set(files_of(exports[form]))


@pytest.mark.parametrize("form", FORMS)
def test_an_export_again_has_equal_bytes(
    form: str, release: Path, exports: Mapping[str, Path], tmp_path: Path
) -> None:
    """R12, R60."""
    again = export(release, form, tmp_path / "again").folder
    assert files_of(again) == files_of(exports[form])
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


@pytest.mark.parametrize("form", ["imagefolder", "class-folders", "fiftyone", "coco"])
def test_every_picture_lies_there_under_its_id(
    form: str, exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R10, R60."""
    found = pictures(exports[form])
    assert {name.partition(".")[0]: digest for name, digest in found.items()} == {
        row["image_id"]: row["image_id"] for row in labels
    }


def test_an_imagefolder_has_one_table_a_split_and_no_folders_of_classes(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R60: labels would vanish for the reader otherwise."""
    folder = exports["imagefolder"]
    rows = [
        (json.loads(line)["image_id"], json.loads(line)["label"], split)
        for split in ("train", "validation", "test")
        for line in (folder / split / "metadata.jsonl").read_text().split("\n")[:-1]
    ]
    assert sorted(rows) == [(row["image_id"], row["label"], row["split"]) for row in labels]
    assert sorted(path.name for path in folder.rglob("*") if path.is_dir()) == [
        "test", "train", "validation",
    ]  # fmt: skip


def test_a_class_without_pictures_has_no_folder(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R60: and the card warns of the order that readers make of the names."""
    folder = exports["class-folders"]
    found = {
        (path.parent.parent.name, path.parent.name, path.stem)
        for path in folder.rglob("*.*g")
        if path.suffix in (".jpg", ".png")
    }
    assert found == {(row["split"], row["label"], row["image_id"]) for row in labels}
    assert sorted(path.name for path in (folder / "train").iterdir()) == ["anger", "awe", "fear"]
    assert "sorted names of the folders" in (folder / "README.md").read_text()


def test_a_shard_is_ustar_with_the_members_of_a_sample_together(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R12, R60: fixed times, owners and rights."""
    train = [row for row in labels if row["split"] == "train"]
    with tarfile.open(
        exports["webdataset"] / "train-000000.tar", format=tarfile.USTAR_FORMAT
    ) as file:
        members = file.getmembers()
    assert [one.name for one in members] == [
        f"{row['image_id']}.{ending}" for row in train for ending in ("jpg", "cls", "json")
    ]
    assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in members} == {
        (0, 0, 0, "", 0o644)
    }
    data = (exports["webdataset"] / "train-000000.tar").read_bytes()
    assert data[257:265] == b"ustar\x0000"


def test_shards_stay_small_and_lose_nothing(
    release: Path, tmp_path: Path, labels: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R60."""
    monkeypatch.setattr(webdataset, "SHARD_BYTES", 40_000)
    folder = export(release, "webdataset", tmp_path / "many").folder
    shards = sorted(folder.glob("train-*.tar"))
    assert [one.name for one in shards][:2] == ["train-000000.tar", "train-000001.tar"]
    assert all(path.stat().st_size <= 60_000 for path in shards)
    names = [name for path in shards for name in names_in(path)[::3]]
    assert names == [f"{row['image_id']}.jpg" for row in labels if row["split"] == "train"]


def test_fiftyone_labels_are_places_among_the_classes(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R60: the documented rule of FiftyOneImageClassificationDataset."""
    for split in ("train", "validation", "test"):
        told = json.loads((exports["fiftyone"] / split / "labels.json").read_text())
        stems = {path.stem for path in (exports["fiftyone"] / split / "data").iterdir()}
        named = {stem: told["classes"][at] for stem, at in told["labels"].items()}
        assert set(named) == stems
        assert named == {row["image_id"]: row["label"] for row in labels if row["split"] == split}


def test_coco_has_one_annotation_a_picture_and_no_number_twice(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R60."""
    found, numbers = [], []
    for split in ("train", "validation", "test"):
        told = json.loads((exports["coco"] / "annotations" / f"{split}.json").read_text())
        assert set(told) == {"info", "licenses", "categories", "images", "annotations"}
        names = {one["id"]: one["name"] for one in told["categories"]}
        licences = {one["id"] for one in told["licenses"]}
        of_image = {one["image_id"]: names[one["category_id"]] for one in told["annotations"]}
        for image in told["images"]:
            assert image["license"] in licences
            assert image["width"] == image["height"] + 16
            assert (exports["coco"] / "images" / image["file_name"]).is_file()
            found.append((image["image_id"], of_image[image["id"]], split))
            numbers.append(image["id"])
    assert sorted(found) == [(row["image_id"], row["label"], row["split"]) for row in labels]
    assert sorted(numbers) == list(range(1, 15))
    assert "not detection" in (exports["coco"] / "README.md").read_text()


def test_a_data_package_tells_hash_and_size_of_each_file(
    exports: Mapping[str, Path], labels: list[dict[str, Any]]
) -> None:
    """R60."""
    folder = exports["datapackage"]
    for one in json.loads((folder / "datapackage.json").read_text())["resources"]:
        data = (folder / one["path"]).read_bytes()
        assert one["bytes"] == len(data)
        assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    _, rows = cells.from_csv((folder / "pictures.csv").read_text(encoding="utf-8"))
    with zipfile.ZipFile(folder / "images.zip") as images:
        assert {one.compress_type for one in images.infolist()} == {zipfile.ZIP_STORED}
        for row in rows:
            data = images.read(str(row["path"]))
            assert hashlib.sha256(data).hexdigest() == row["image_id"]
    assert sorted(str(row["image_id"]) for row in rows) == [row["image_id"] for row in labels]


def test_an_export_of_links_alone_says_that_nothing_is_inside(tmp_path: Path) -> None:
    """R60."""
    links = Project(tmp_path, mixed()).release(mode="links").files
    assert links is not None
    ran = here("export", links, "--to", "coco", "--out", "out", cwd=tmp_path)
    assert (ran.code, "as coco, no picture inside\n" in ran.out) == (0, True)
    assert "pictures by split: none. " in (tmp_path / "out/README.md").read_text()
    assert check(tmp_path / "out") == []


def test_nothing_is_overwritten(release: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(Refused, match="nothing is overwritten"):
        export(release, "coco", tmp_path / "mine")


def test_a_folder_that_is_no_release_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no release"):
        export(tmp_path, "coco", tmp_path / "out")


@pytest.mark.parametrize(
    "name", ["data/train-00000-of-00001.parquet", "manifest.json", "annotations/attribution.csv"]
)
def test_a_damaged_release_is_not_exported_and_leaves_nothing(
    name: str, release: Path, tmp_path: Path
) -> None:
    """R60: whole or absent."""
    copy = Path(shutil.copytree(release, tmp_path / "copy"))
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(Damaged, match="release check"):
        export(copy, "coco", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("label", "../../../elsewhere"),
        ("label", None),
        ("split", "../elsewhere"),
        ("image_id", "../../elsewhere"),
        ("image_id", None),
        ("image", "../../elsewhere.jpg"),
        ("share", [float("nan")] * 8),
    ],
)
def test_a_release_that_was_tampered_with_writes_nothing_anywhere(
    column: str, value: Any, form: str, release: Path, tmp_path: Path
) -> None:
    """R60, also where the checksums were made right again."""
    copy = Path(shutil.copytree(release, tmp_path / "copy"))

    def spoil(rows: list[Row]) -> None:
        rows[0][column] = {**rows[0]["image"], "path": value} if column == "image" else value

    change(copy, "data/train-00000-of-00001.parquet", spoil)
    with pytest.raises(Damaged, match=rf"{column}.* that no release has"):
        export(copy, form, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "classes.txt").write_text("x"), "changed"),
        (lambda folder: (folder / "classes.txt").unlink(), "missing"),
        (lambda folder: (folder / "README.md").unlink(), "missing"),
        (lambda folder: (folder / "more.txt").write_text("x"), "extra"),
        (lambda folder: (folder / "link").symlink_to("/etc/passwd"), "not-a-file"),
        (lambda folder: (folder / "CHECKSUMS.sha256").unlink(), "missing"),
        (lambda folder: (folder / "CHECKSUMS.sha256").write_text("x"), "checksums"),
        (lambda folder: (folder / "export.json").write_text("[]"), "unreadable"),
        (lambda folder: (folder / "train-000000.tar").write_bytes(b"x" * 700), "unreadable"),
        (lambda folder: (folder / "x.zip").write_bytes(b"PK"), "unreadable"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_export_is_named(
    spoil: Any, code: str, exports: Mapping[str, Path], tmp_path: Path
) -> None:
    """R70."""
    copy = Path(shutil.copytree(exports["webdataset"], tmp_path / "copy"))
    spoil(copy)
    assert code in {one.code for one in check(copy)}


def test_a_picture_under_a_wrong_name_is_found_though_the_checksums_are_right(
    exports: Mapping[str, Path], tmp_path: Path
) -> None:
    """R70."""
    copy = Path(shutil.copytree(exports["coco"], tmp_path / "copy"))
    one = min((copy / "images").iterdir())
    one.rename(one.with_name(f"{'0' * 64}{one.suffix}"))
    (copy / "CHECKSUMS.sha256").write_text(checksums(copy))
    assert [finding.code for finding in check(copy)] == ["wrong-id"]
