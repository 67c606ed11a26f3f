"""Folders of splits with a ``metadata.jsonl`` each, as Hugging Face datasets loads them."""

import json
from pathlib import Path

from affekt.exports.formats.source import Source

HOW = """\
```python
from datasets import load_dataset

pictures = load_dataset("imagefolder", data_dir="FOLDER")  # columns image, label, and all others
```

Labels are names, in `metadata.jsonl`. There are no folders of classes beside it, because then the
reader would leave the labels out."""


def write(place: Path, source: Source) -> None:
    """Write ``<split>/<id>.<extension>`` and ``<split>/metadata.jsonl``."""
    for split in source.splits:
        (place / split).mkdir()
        with (place / split / "metadata.jsonl").open("w", encoding="utf-8", newline="") as file:
            for record in source.records(split):
                (place / split / record.name).write_bytes(record.data)
                told = {"file_name": record.name, **record.facts}
                file.write(json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n")
