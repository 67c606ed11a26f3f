"""Pictures and one file of labels a split, as FiftyOne imports them."""

import json
from pathlib import Path

from affekt.exports.formats.source import Source

HOW = """\
```python
import fiftyone

train = fiftyone.Dataset.from_dir(
    dataset_dir="FOLDER/train", dataset_type=fiftyone.types.FiftyOneImageClassificationDataset
)
```

`labels.json` of a split has the emotions in taxonomy order under `classes`, and under `labels` for
each picture, by its file name without the ending, the place of its label among them."""


def write(place: Path, source: Source) -> None:
    """Write ``<split>/data/<id>.<extension>`` and ``<split>/labels.json``."""
    for split in source.splits:
        (place / split / "data").mkdir(parents=True)
        labels = {}
        for record in source.records(split):
            (place / split / "data" / record.name).write_bytes(record.data)
            labels[Path(record.name).stem] = source.classes.index(record.facts["label"])
        told = {"classes": list(source.classes), "labels": labels}
        text = json.dumps(told, indent=1, sort_keys=True) + "\n"
        (place / split / "labels.json").write_bytes(text.encode())
