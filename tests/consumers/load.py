"""Loads releases and exports as their readers do, with their libraries alone; prints every record.

Runs in the environment of the consumers, without affekt: ``python load.py READER=FOLDER …``, and
gives one line of JSON for each. Any attempt to reach a network ends it.
"""

import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """One picture as a reader gave it: id, label, split, and SHA-256 of its bytes."""

    image_id: str
    label: str
    split: str
    sha256: str


def no_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse to leave this machine, whatever the switches of a library say."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise OSError(f"no network here: {event} {args[:2]!r}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def bytes_of(image: dict[str, Any]) -> bytes:
    data: bytes | None = image["bytes"]
    return Path(image["path"]).read_bytes() if data is None else data


def loaded(pictures: Any) -> Iterator[Seen]:
    """Give every row of what `datasets` loaded; its own split must be that of the row."""
    image = import_module("datasets").Image(decode=False)
    for split, rows in pictures.items():
        for row in rows.cast_column("image", image):
            assert row["split"] == split
            yield Seen(row["image_id"], row["label"], split, sha256(bytes_of(row["image"])))


def datasets(folder: Path) -> Iterator[Seen]:
    """By folder path: the card alone says what is where."""
    pictures = import_module("datasets").load_dataset(str(folder))
    next(iter(pictures.values()))[0]["image"].load()  # decodes to a picture of Pillow
    yield from loaded(pictures)


def imagefolder(folder: Path) -> Iterator[Seen]:
    yield from loaded(import_module("datasets").load_dataset("imagefolder", data_dir=str(folder)))


def class_folders(folder: Path) -> Iterator[Seen]:
    """Labels from the folders; the reader's own order of classes is printed."""
    datasets = import_module("datasets")
    pictures = datasets.load_dataset("imagefolder", data_dir=str(folder), drop_metadata=True)
    for split, rows in pictures.items():
        names = rows.features["label"].names
        sys.stderr.write(f"{split}: {names}\n")
        assert names == sorted(names)
        for row in rows.cast_column("image", datasets.Image(decode=False)):
            data = bytes_of(row["image"])
            yield Seen(sha256(data), names[row["label"]], split, sha256(data))


def mlcroissant(folder: Path) -> Iterator[Seen]:
    """Every record of every record set; pixels are held against those of the picture files."""
    document = import_module("mlcroissant").Dataset(jsonld=str(folder / "croissant.json"))
    issues = document.metadata.ctx.issues
    assert not issues.errors, issues.report()
    data = {one.image_id: one for one in polars(folder)}
    pixels = dict(decoded(folder))
    for record in document.records("examples"):
        name = record["examples/image_id"].decode()
        assert record["examples/image"].tobytes() == pixels[name]
        assert record["examples/text"], "the join with the credits"
        label, split = record["examples/label"].decode(), record["examples/split"].decode()
        yield Seen(name, label, split, data[name].sha256)


def croissant_records(folder: Path) -> Iterator[list[Any]]:
    """Every record of the sets that have no picture."""
    document = import_module("mlcroissant").Dataset(jsonld=str(folder / "croissant.json"))
    for name in ("emotions", "splits", "linked", "votes"):
        for record in document.records(name):
            values = [one.decode() if isinstance(one, bytes) else one for one in record.values()]
            yield [name, *(None if one != one else one for one in values)]


def decoded(folder: Path) -> Iterator[tuple[str, bytes]]:
    pillow = import_module("PIL.Image")
    for row in frames(folder):
        yield row["image_id"], pillow.open(io.BytesIO(row["image"]["bytes"])).tobytes()


def frames(folder: Path) -> Iterator[dict[str, Any]]:
    frame = import_module("polars").read_parquet(folder / "data" / "*.parquet")
    yield from frame.iter_rows(named=True)


def polars(folder: Path) -> Iterator[Seen]:
    for row in frames(folder):
        yield Seen(row["image_id"], row["label"], row["split"], sha256(row["image"]["bytes"]))


def pandas(folder: Path) -> Iterator[Seen]:
    for path in sorted((folder / "data").glob("*.parquet")):
        for row in import_module("pandas").read_parquet(path).to_dict("records"):
            yield Seen(row["image_id"], row["label"], row["split"], sha256(row["image"]["bytes"]))


def webdataset(folder: Path) -> Iterator[Seen]:
    """In sequence, and by shards in the opposite order: the same samples."""
    shards = sorted(map(str, folder.glob("*.tar")))
    forth, back = list(samples(folder, shards)), list(samples(folder, shards[::-1]))
    assert sorted(forth) == sorted(back)
    yield from forth


def samples(folder: Path, shards: list[str]) -> Iterator[Seen]:
    classes = (folder / "classes.txt").read_text().splitlines()
    for sample in import_module("webdataset").WebDataset(shards, shardshuffle=False):
        told = json.loads(sample["json"])
        assert classes[int(sample["cls"])] == told["label"]
        assert Path(sample["__url__"]).name.startswith(told["split"])
        yield Seen(sample["__key__"], told["label"], told["split"], sha256(sample["jpg"]))


def datasets_webdataset(folder: Path) -> Iterator[Seen]:
    pictures = import_module("datasets").load_dataset("webdataset", data_dir=str(folder))
    image = import_module("datasets").Image(decode=False)
    for split, rows in pictures.items():
        for row in rows.cast_column("jpg", image):
            digest = sha256(bytes_of(row["jpg"]))
            yield Seen(row["__key__"], row["json"]["label"], split, digest)


def frictionless(folder: Path) -> Iterator[Seen]:
    """After its own validation of sizes, hashes, types, patterns and foreign keys."""
    package = import_module("frictionless").Package(str(folder / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.to_summary()
    with zipfile.ZipFile(folder / "images.zip") as images:
        for row in package.get_resource("pictures").read_rows():
            digest = sha256(images.read(row["path"]))
            yield Seen(row["image_id"], row["label"], row["split"], digest)


def datacite(folder: Path) -> Iterator[Seen]:
    """The schema that comes with the package `datacite`."""
    schema = import_module("datacite.schema45")
    schema.validator.validate(json.loads((folder / "datacite.json").read_text()))
    yield from ()


def citation(folder: Path) -> Iterator[Seen]:
    """The schema 1.2.0 that lies in `cffconvert`, which itself cannot be imported here."""
    found = find_spec("cffconvert")
    assert found
    assert found.origin
    schema = json.loads((Path(found.origin).parent / "schemas/1.2.0/schema.json").read_text())
    cited = import_module("yaml").safe_load((folder / "CITATION.cff").read_text())
    import_module("jsonschema").validate(cited, schema)
    yield from ()


READERS: dict[str, Callable[[Path], Iterator[Any]]] = {
    one.__name__: one
    for one in (
        datasets, imagefolder, class_folders, datasets_webdataset, mlcroissant, croissant_records,
        polars, pandas, webdataset, frictionless, datacite, citation,
    )
}  # fmt: skip

if __name__ == "__main__":
    sys.addaudithook(no_network)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    for reader, _, folder in (given.partition("=") for given in sys.argv[1:]):
        sys.stdout.write(json.dumps(list(READERS[reader](Path(folder)))) + "\n")
