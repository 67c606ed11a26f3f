"""Folders of class folders, as many programs write and read them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from affekt.datasets._words import words_of
from affekt.errors import AffektError
from affekt.taxonomy import Taxonomy

Part = Literal["train", "test", "validate"]
PARTS: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validate",
    "valid": "validate",
    "validate": "validate",
    "validation": "validate",
    "dev": "validate",
    "test": "test",
    "testing": "test",
}


class Found(NamedTuple):
    """One file: where it lies, its path below the root, and what its folders say."""

    path: Path
    name: str
    emotion: str
    part: Part | None


def pictures(kind: str, root: Path, taxonomy: Taxonomy) -> list[Found]:
    """Give every file in a class folder, by part and then by class; hidden names are left out.

    A class folder is named by an emotion, one of its keywords or forms, capital letters aside. It
    lies in ``root`` or in a sub-folder named by a part. An empty folder may have any name.

    Raises:
        AffektError: There is no picture, or a folder with files is named by no emotion.
    """
    words = words_of(taxonomy)
    found = []
    for part, folder in _class_folders(root, words):
        files = sorted(_files(folder))
        emotion = words.get(folder.name.casefold())
        if files and emotion is None:
            raise AffektError(
                f"data set {kind!r}: the folder {str(folder)!r} is named by no emotion of the "
                f"taxonomy {taxonomy.name!r} ({', '.join(taxonomy.names)}); rename it, move it "
                "away or choose another taxonomy"
            )
        found += [
            Found(path, path.relative_to(root).as_posix(), emotion, part)
            for path in files
            if emotion is not None
        ]
    if not found:
        raise AffektError(
            f"data set {kind!r}: {str(root)!r} holds no copy; it needs folders with pictures, "
            f"named by emotions ({', '.join(taxonomy.names)}); set `root` to the folder above them"
        )
    return found


class _ClassFolder(NamedTuple):
    part: Part | None
    path: Path


def _class_folders(root: Path, words: dict[str, str]) -> Iterator[_ClassFolder]:
    for folder in _folders(root):
        word = folder.name.casefold()
        if word in PARTS and word not in words:
            yield from (_ClassFolder(PARTS[word], below) for below in _folders(folder))
        else:
            yield _ClassFolder(None, folder)


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.glob("[!.]*") if one.is_dir())


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_hidden = any(step.startswith(".") for step in path.relative_to(folder).parts)
        if not is_hidden and path.is_file():
            yield path
