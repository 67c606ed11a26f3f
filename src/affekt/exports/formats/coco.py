"""JSON in the form of COCO: categories, licences, pictures, one annotation a picture."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from affekt import licences
from affekt.exports.formats.source import Record, Source

HOW = """\
```python
import json

train = json.load(open("FOLDER/annotations/train.json"))  # pictures lie in FOLDER/images
```

**This is not detection.** An annotation gives the label of a whole picture: it has no box, no area
and no mask, so tools that want these refuse it or find nothing. Categories are numbered from 1, in
taxonomy order."""


def write(place: Path, source: Source) -> None:
    """Write ``images/<id>.<extension>`` and ``annotations/<split>.json``.

    Pictures are numbered through all splits, so that no number stands for two of them.
    """
    (place / "images").mkdir()
    (place / "annotations").mkdir()
    about, words = source.manifest.release, sorted(source.manifest.counts.licences)
    first = 1
    for split in source.splits:
        images = []
        annotations = []
        for number, record in enumerate(source.records(split), first):
            (place / "images" / record.name).write_bytes(record.data)
            images.append(_image(number, record, words))
            category = source.classes.index(record.facts["label"]) + 1
            annotations.append({"id": number, "image_id": number, "category_id": category})
        first += len(images)
        told = {
            "info": {
                "description": about.title, "version": about.version, "url": about.url,
                "contributor": "; ".join(about.creators), "date_created": about.published,
            },
            "licenses": [_licence(number, word) for number, word in enumerate(words, 1)],
            "categories": [
                {"id": number, "name": name, "supercategory": "emotion"}
                for number, name in enumerate(source.classes, 1)
            ],
            "images": images,
            "annotations": annotations,
        }  # fmt: skip
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (place / "annotations" / f"{split}.json").write_bytes(text.encode())


def _image(number: int, record: Record, words: list[str]) -> dict[str, Any]:
    facts: Mapping[str, Any] = record.facts
    kept = {
        name: one for name, one in facts.items() if name not in ("label", "width_px", "height_px")
    }
    return {
        **kept,
        "id": number,
        "file_name": record.name,
        "width": facts["width_px"],
        "height": facts["height_px"],
        "license": words.index(facts["licence"]) + 1,
        "coco_url": "",
        "flickr_url": "",
        "date_captured": "",
    }


def _licence(number: int, word: str) -> dict[str, Any]:
    licence = licences.of(word)
    title, url = (licence.title, licence.url) if licence else (word, "")
    return {"id": number, "name": title, "url": url}
