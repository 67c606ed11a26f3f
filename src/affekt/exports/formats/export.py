"""Writes a release in the form of another library: a new folder, whole or absent."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from affekt import __version__, durable
from affekt.datasets.release import shape
from affekt.datasets.release.papers.text import escaped, joined
from affekt.datasets.release.write import checksums, to_json
from affekt.errors import DiskTrouble, Refused
from affekt.exports.formats import (
    class_folders,
    coco,
    datapackage,
    fiftyone,
    imagefolder,
    webdataset,
)
from affekt.exports.formats.source import Source, opened

FORMAT = 1
ABOUT = "export.json"
COPIED = (shape.ATTRIBUTION, "LICENSE.md", "CITATION.cff")  # what goes with pictures anywhere
FORMS: Mapping[str, Any] = {
    "imagefolder": imagefolder,
    "class-folders": class_folders,
    "webdataset": webdataset,
    "fiftyone": fiftyone,
    "coco": coco,
    "datapackage": datapackage,
}


class Exported(NamedTuple):
    """What an export holds.

    Attributes:
        folder: Where it lies.
        form: One of `FORMS`.
        release: Name and version of the release.
        pictures: How many lie inside, by split.
        left_out: Pictures of which the release has only a link.
    """

    folder: Path
    form: str
    release: str
    pictures: dict[str, int]
    left_out: int


def export(release: Path, form: str, folder: Path) -> Exported:
    """Write a release into a new folder, in one of `FORMS`; equal releases give equal bytes.

    Raises:
        Refused: The folder is there already.
        UsageError: There is no release.
        Damaged: A file of the release is not as its checksum says.
        NewerFormat: A newer affekt wrote it.
        DiskTrouble: The folder cannot be written.
    """
    if folder.exists():
        raise Refused(f"{folder}: is there already; nothing is overwritten, name another folder")
    source = opened(release)
    name = f"{source.manifest.release.name}-{source.manifest.release.version}"
    try:
        with durable.new_folder(folder) as hidden:
            pictures, left_out = _filled(hidden, source, form, name)
    except OSError as trouble:
        raise DiskTrouble(
            f"{folder}: cannot be written: {trouble.strerror}; free space or name another folder"
        ) from trouble
    return Exported(folder, form, name, pictures, left_out)


def _filled(hidden: Path, source: Source, form: str, name: str) -> tuple[dict[str, int], int]:
    """Write every file, and give how many pictures are inside and how many are not."""
    write: Callable[[Path, Source], None] = FORMS[form].write
    write(hidden, source)
    inside = source.pictures()
    absent = len(source.credits) - sum(inside.values())
    for file in COPIED:
        (hidden / Path(file).name).write_bytes(source.file(file).read_bytes())
    (hidden / "classes.txt").write_bytes("".join(f"{one}\n" for one in source.classes).encode())
    told = {
        "format": FORMAT, "made_by": f"affekt {__version__}", "form": form, "release": name,
        "release_sha256": durable.file_sha256(source.folder / shape.CHECKSUMS),
        "pictures": inside, "left_out": absent,
    }  # fmt: skip
    (hidden / "README.md").write_bytes(_card(source, form, inside, absent).encode())
    (hidden / ABOUT).write_bytes(to_json(told).encode())
    (hidden / shape.CHECKSUMS).write_bytes(checksums(hidden).encode())
    return inside, absent


def _card(source: Source, form: str, inside: Mapping[str, int], absent: int) -> str:
    about = source.manifest.release
    counted = ", ".join(f"{split} {n:,}" for split, n in inside.items())
    how: str = FORMS[form].HOW
    lines = [
        f"# {escaped(about.title)}, as {form}",
        "",
        f"Made of the release `{about.name}-{about.version}` by affekt {__version__}, pictures by "
        f"split: {counted or 'none'}."
        + (f" {absent:,} more are only linked in the release and left out here." if absent else ""),
        "",
        "Each picture is called by the SHA-256 of its bytes. Who made it and under which licence "
        "stands in `attribution.csv`; `LICENSE.md` and `CITATION.cff` are those of the release, "
        "which holds votes, datasheet and manifest besides.",
        "",
        "## How to load it",
        "",
        how,
        "",
        "## Classes, in taxonomy order",
        "",
        *(f"{number}. {name}" for number, name in enumerate(source.classes)),
        "",
        f"`sha256sum -c {shape.CHECKSUMS}` and `affekt release check FOLDER` tell whether it is "
        "whole.",
    ]
    return joined(lines)
