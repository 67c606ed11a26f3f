"""A release of affekt as a data set: checked before it is believed.

Beside it live the form (`shape`), the writer (`write`, `card`) and the checker (`check`):
this folder alone knows our own format, both ways.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets.release import shape
from affekt.datasets.release.hydrated import Hydrated, labelled, tree
from affekt.datasets.release.reading import Unreadable, checksums_in, groups_in, manifest_in
from affekt.durable import file_sha256
from affekt.errors import Damaged, UsageError
from affekt.parts import Place
from affekt.taxonomy import Taxonomy


class Release(Dataset):
    """The pictures, labels, vote shares, groups and splits of a release folder.

    Only what is read here is held against its checksum; `affekt release check` checks it all. What
    is not shipped is left out, unless `hydrated` names the folder that `affekt hydrate` filled:
    then it is read from there, and what is not there is told as missing.
    """

    facts = Facts(
        title="a release of affekt",
        citation="as its CITATION.cff says",
        licence="each picture under the licence of its original, see its LICENSE.md",
    )

    hydrated: Place | None = Field(
        None, description="folder that `affekt hydrate` filled with what is not shipped"
    )
    same: bool = Field(
        default=False, description="take other bytes of the same look from there, too"
    )

    @classmethod
    def example(cls) -> Self:
        return cls(root=Place(written="release"))

    @property
    def taxonomy(self) -> Taxonomy:
        return self._manifest().taxonomy

    def load(self) -> Iterator[Labelled]:
        """Give every picture that is shipped, then those that were fetched.

        Raises:
            UsageError: Nothing is shipped and nothing was fetched.
            Damaged: A file is not as its checksum says.
        """
        counts = self._manifest().counts
        if not counts.released and self.hydrated is None:
            raise UsageError(
                f"data set 'release': {str(self.root.path)!r} ships none of its "
                f"{counts.linked:,} pictures; run `affekt hydrate {self.root.path}`, and set "
                "`hydrated` to the folder that it fills"
            )
        names = [name for name in self._digests() if re.fullmatch(shape.DATA, name)]
        for name in sorted(names):
            yield from _pictures(self._checked(name))
        if self.hydrated is not None:
            there = Hydrated(self.hydrated.path, same=self.same)
            names = [name for name in self._digests() if re.fullmatch(shape.LINKS, name)]
            for name in sorted(names):
                yield from there.pictures(self._checked(name))

    def witness(self) -> str:
        path = self.root.path / shape.CHECKSUMS
        own = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        if self.hydrated is None:
            return own
        return hashlib.sha256(f"{own}\n{tree(self.hydrated.path)}".encode()).hexdigest()

    def _manifest(self) -> shape.Manifest:
        """Give the manifest.

        Raises:
            UsageError: The folder holds no release.
            Damaged: A file is not as its checksum says.
            NewerFormat: A newer affekt wrote it.
        """
        try:
            return manifest_in(self._checked(shape.MANIFEST))
        except Unreadable as trouble:
            raise Damaged(
                f"{self.root.path / shape.MANIFEST}: {trouble}; get the release again"
            ) from None

    def _digests(self) -> dict[str, str]:
        folder = self.root.path
        if not (folder / shape.CHECKSUMS).is_file():
            raise UsageError(
                f"data set 'release': {str(folder)!r} holds no release (no {shape.CHECKSUMS}); "
                "set `root` to a "
                "release folder, or make it first with `affekt build`"
            )
        try:
            return checksums_in(folder / shape.CHECKSUMS)
        except Unreadable as trouble:
            raise Damaged(f"{folder / shape.CHECKSUMS}: {trouble}; get the release again") from None

    def _checked(self, name: str) -> Path:
        path = self.root.path / name
        digest = self._digests().get(name)
        if digest is None or not path.is_file() or file_sha256(path) != digest:
            raise Damaged(
                f"{path}: is missing or not as {shape.CHECKSUMS} says; run `affekt release check "
                f"{self.root.path}`, then get the release again"
            )
        return path


def _pictures(path: Path) -> Iterator[Labelled]:
    try:
        for group in groups_in(path, shape.data_schema(), shape.ROW_GROUP):
            yield from (labelled(row, row["image"]["bytes"]) for row in group.to_pylist())
    except (Unreadable, KeyError, TypeError) as trouble:
        raise Damaged(
            f"{path}: is no picture file of a release ({trouble}); get the release again"
        ) from trouble
