"""Tar files for reading in sequence, as the library webdataset and its kin load them."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from affekt.exports.formats.source import Record, Source

SHARD_BYTES = 900_000_000  # of samples, so that no shard is over 1 GB with its headers
HOW = """\
```python
import webdataset

shards = "FOLDER/train-{000000..000000}.tar"  # as many as there are
samples = webdataset.WebDataset(shards, shardshuffle=False).decode("pil")
for picture, number, told in samples.to_tuple("jpg", "cls", "json"):
    ...
```

A sample has three members, next to each other: the picture under `jpg`, the number of its label
under `cls`, everything else under `json`. `classes.txt` names the numbers, one a line, from 0. A
picture that the release holds as PNG is under `jpg` too, its bytes unchanged: readers want the same
members in every sample, and tell the format by the bytes."""


def write(place: Path, source: Source) -> None:
    """Write ``<split>-<shard>.tar`` in the USTAR form, all times and owners 0."""
    for split in source.splits:
        for number, shard in enumerate(_shards(source.records(split), SHARD_BYTES)):
            path = place / f"{split}-{number:06d}.tar"
            with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as file:
                for record in shard:
                    _add(file, record, source.classes)


def _shards(records: Iterator[Record], most: int) -> Iterator[Iterator[Record]]:
    """Cut records into runs of at most so many bytes, each to be read before the next is asked."""
    waiting = next(records, None)

    def run(record: Record) -> Iterator[Record]:
        nonlocal waiting
        filled = 0
        following: Record | None = record
        while following is not None and (filled == 0 or filled + _size(following) <= most):
            filled += _size(following)
            yield following
            following = next(records, None)
        waiting = following

    while waiting is not None:
        yield run(waiting)


def _size(record: Record) -> int:
    return len(record.data) + 8_192  # three headers of 512 bytes, the facts, and padding


def _add(file: tarfile.TarFile, record: Record, classes: tuple[str, ...]) -> None:
    key = record.facts["image_id"]
    told = json.dumps(
        {"file_name": record.name, **record.facts}, ensure_ascii=False, sort_keys=True
    )
    number = str(classes.index(record.facts["label"]))
    for ending, data in (
        ("jpg", record.data),
        ("cls", number.encode()),
        ("json", told.encode()),
    ):
        member = tarfile.TarInfo(f"{key}.{ending}")
        member.size, member.mode = len(data), 0o644
        file.addfile(member, io.BytesIO(data))
