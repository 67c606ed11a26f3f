"""The same pictures and rows by ``datasets`` or ``webdataset``: ``WHO PLAIN OUT``.

Runs where affekt is not installed. ``datasets`` does what its ``push_to_hub`` does before it sends
anything: a generator fills its cache, every split is cut into shards of at most 500 MB, pictures
are embedded, each shard goes to Parquet. ``webdataset`` writes a tar a split.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

SHARD_BYTES = 500_000_000  # what push_to_hub takes by default
SPLITS = ("train", "validation", "test")


def main() -> None:
    """Write all splits."""
    who, plain, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True)
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HOME": str(out / "cache")}
    write = {"datasets": _parquet, "webdataset": _tar}[who]
    for split in SPLITS:
        write(plain, out, split)


def _rows(plain: Path, split: str) -> Iterator[dict[str, Any]]:
    """Give the rows of a split; `pictures` are read one by one."""
    table = import_module("pyarrow.parquet").read_table(
        plain / "rows.parquet", filters=[("split", "==", split)]
    )
    for batch in table.to_batches(1_000):
        yield from batch.to_pylist()


def _file(plain: Path, row: dict[str, Any]) -> Path:
    return plain / f"{row['image_id']}.jpg"


def _examples(plain: str, split: str) -> Iterator[dict[str, Any]]:
    for row in _rows(Path(plain), split):
        path = _file(Path(plain), row)
        yield {"image": {"bytes": path.read_bytes(), "path": path.name}, **row}


def _parquet(plain: Path, out: Path, split: str) -> None:
    sets, writer, table = map(
        import_module, ("datasets", "datasets.arrow_writer", "datasets.table")
    )
    schema = import_module("pyarrow.parquet").read_schema(plain / "rows.parquet")
    features = {"image": sets.Image(), **sets.Features.from_arrow_schema(schema)}
    made = sets.Dataset.from_generator(
        _examples,
        features=sets.Features(features),
        cache_dir=str(out / "cache"),
        gen_kwargs={"plain": str(plain), "split": split},
    )
    rows = writer.get_writer_batch_size_from_features(made.features)
    count = int(made._estimate_nbytes() / SHARD_BYTES) + 1
    for number in range(count):
        shard = made.shard(num_shards=count, index=number, contiguous=True).with_format("arrow")
        whole = shard.map(
            table.embed_table_storage, batched=True, batch_size=rows, keep_in_memory=True
        )
        name = f"{split}-{number:05d}-of-{count:05d}.parquet"
        whole.with_format(None).to_parquet(str(out / name), batch_size=rows)


def _tar(plain: Path, out: Path, split: str) -> None:
    with import_module("webdataset").TarWriter(str(out / f"{split}.tar")) as tar:
        for row in _rows(plain, split):
            data = _file(plain, row).read_bytes()
            tar.write({"__key__": row["image_id"], "jpg": data, "json": row})


if __name__ == "__main__":
    main()
