"""Folders that their reader takes as they are and that are not as they were made."""

import hashlib
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from affekt.datasets.release.write import checksums

TRAIN = "data/train-00000-of-00001.parquet"
CODES = {
    "datasets": "wrong-id", "mlcroissant": "changed", "polars": "labels-differ", "pandas": "counts",
    "imagefolder": "counts", "class_folders": "wrong-id", "webdataset": "counts",
    "datasets_webdataset": "wrong-id", "frictionless": "counts",
}  # fmt: skip


def copy(reader: str, folder: Path, place: Path) -> Path:
    """Give a copy that is spoilt for a reader; but for one its checksums are right again."""
    shutil.copytree(folder, place)
    SPOIL[reader](place)
    if reader != "mlcroissant":
        (place / "CHECKSUMS.sha256").write_text(checksums(place))
    return place


def _rows(folder: Path, how: Callable[[list[dict[str, Any]]], object]) -> None:
    schema = pq.read_schema(folder / TRAIN)
    rows = pq.read_table(folder / TRAIN).to_pylist()
    how(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / TRAIN, row_group_size=100)


def _flipped(data: bytes) -> bytes:
    """Give the bytes of a picture with one bit of its last pixels changed."""
    at = len(data) - 30
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _flip_in_a_row(folder: Path) -> None:
    _rows(folder, lambda rows: rows[0]["image"].update(bytes=_flipped(rows[0]["image"]["bytes"])))


def _swap_label(folder: Path) -> None:
    _rows(folder, lambda rows: rows[0].update(label="sadness"))


def _drop_row(folder: Path) -> None:
    _rows(folder, lambda rows: rows.pop())


def _swap_title(folder: Path) -> None:
    """Change a file behind the reader's back: it never looks at the hash of these."""
    _rows(folder, lambda rows: rows[0].update(title="Another"))


def _drop_picture(folder: Path) -> None:
    lines = (folder / "train/metadata.jsonl").read_text().splitlines(keepends=True)
    (folder / "train" / json.loads(lines[0])["file_name"]).unlink()
    (folder / "train/metadata.jsonl").write_text("".join(lines[1:]))


def _flip_file(folder: Path) -> None:
    path = min((folder / "train").rglob("*.*g"))
    path.write_bytes(_flipped(path.read_bytes()))


def _tarred(folder: Path, how: Callable[[list[tuple[tarfile.TarInfo, bytes]]], object]) -> None:
    path = folder / "train-000000.tar"
    with tarfile.open(path) as file:
        members = [(one, file.extractfile(one).read()) for one in file]  # type: ignore[union-attr]
    how(members)
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as file:
        for member, data in members:
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))


def _drop_sample(folder: Path) -> None:
    _tarred(folder, lambda members: members.__delitem__(slice(0, 3)))


def _flip_sample(folder: Path) -> None:
    _tarred(
        folder, lambda members: members.__setitem__(0, (members[0][0], _flipped(members[0][1])))
    )


def _drop_from_zip(folder: Path) -> None:
    """Take the last picture out of zip and table, and make size and hash fit again."""
    with zipfile.ZipFile(folder / "images.zip") as file:
        pictures = {one: file.read(one) for one in file.namelist()[:-1]}
    with zipfile.ZipFile(folder / "images.zip", "w") as file:
        for name, data in pictures.items():
            file.writestr(name, data)
    table = (folder / "pictures.csv").read_text().splitlines(keepends=True)
    (folder / "pictures.csv").write_text("".join(table[:-1]))
    package = json.loads((folder / "datapackage.json").read_text())
    for one in package["resources"]:
        data = (folder / one["path"]).read_bytes()
        one |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    (folder / "datapackage.json").write_text(json.dumps(package))


SPOIL: dict[str, Callable[[Path], None]] = {
    "datasets": _flip_in_a_row, "mlcroissant": _swap_title, "polars": _swap_label,
    "pandas": _drop_row, "imagefolder": _drop_picture, "class_folders": _flip_file,
    "webdataset": _drop_sample, "datasets_webdataset": _flip_sample, "frictionless": _drop_from_zip,
}  # fmt: skip
