"""One folder a class, as torchvision's and Keras' readers of image folders load them."""

from pathlib import Path

from affekt.exports.formats.source import Source

HOW = """\
```python
from torchvision.datasets import ImageFolder

train = ImageFolder("FOLDER/train")  # train.classes are the folders, sorted by name
```

**Readers of such folders number the classes by the sorted names of the folders, and each split by
those it has.** That is not the order of `classes.txt`, which is the order of the taxonomy: compare
labels by name. A class without a picture in a split has no folder there, because readers refuse an
empty one."""


def write(place: Path, source: Source) -> None:
    """Write ``<split>/<label>/<id>.<extension>``; no folder for a class without pictures."""
    for split in source.splits:
        for record in source.records(split):
            folder = place / split / record.facts["label"]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / record.name).write_bytes(record.data)
