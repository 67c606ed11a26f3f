"""Labelled picture sets: what is known about them, and how to load a user's copy.

To add one, write ``datasets/<kind>.py`` with one final subclass of `Dataset`. The exam in
``tests/exams/test_datasets.py`` finds it by its file.
"""

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

from affekt.parts import Part, Place
from affekt.taxonomy import Taxonomy


@dataclass(frozen=True)
class Facts:
    """What is published about a data set.

    Attributes:
        title: Name people use.
        citation: Author, year and venue.
        licence: Licence of the pictures, in words.
        images: Published number of pictures; None when it depends on the copy.
        emotions: Published number of pictures of each emotion, where there is one.
        copies: Numbers of pictures that other copies are known to have.
    """

    title: str
    citation: str
    licence: str
    images: int | None = None
    emotions: Mapping[str, int] = field(default_factory=dict)
    copies: tuple[int, ...] = ()

    def difference(self, found: Mapping[str | None, int]) -> str:
        """Say how a copy differs from what is published; ``""`` where it does not.

        ``found`` is how many pictures of each emotion the copy names, None for those without one.

        >>> Facts("x", "y", "z", 3, {"awe": 2, "fear": 1}, (5,)).difference({"awe": 1, "fear": 1})
        'this copy names 2 pictures, 3 are published; awe 1 of 2; copies of 5 are known'
        """
        total = sum(found.values())
        unlike = [
            f"{emotion} {found.get(emotion, 0):,} of {published:,}"
            for emotion, published in self.emotions.items()
            if found.get(emotion, 0) != published
        ]
        if self.images is None or (total == self.images and not unlike):
            return ""
        known = ", ".join(f"{number:,}" for number in self.copies)
        return "; ".join(
            [
                f"this copy names {total:,} pictures, {self.images:,} are published",
                *([", ".join(unlike)] if unlike else []),
                *([f"copies of {known} are known"] if known else []),
            ]
        )


class Labelled(NamedTuple):
    """One picture of a data set, or the values that stand for one.

    ``read`` is None where the data set brings ``values``, some numbers, instead of the picture.
    ``emotion`` is None where nobody can say which it is, as where the votes tie. ``ratings`` are
    means of what people answered, by the name of the scale; all rated pictures of a data set name
    the same scales in the same order. ``source`` is where it was found, in a word.
    """

    name: str
    read: Path | bytes | None
    emotion: str | None
    group: str | None = None
    part: str | None = None
    shares: tuple[float | None, ...] | None = None
    is_generated: bool = False
    ratings: Mapping[str, float] | None = None
    values: tuple[float, ...] | None = None
    source: str | None = None


class Dataset(Part):
    """A labelled picture set.

    ``root`` is the folder of the user's copy.
    """

    family = "datasets"
    facts: ClassVar[Facts]
    root: Place

    @classmethod
    def example(cls) -> Self:
        """Give an instance whose copy is not there."""
        return cls(root=Place(written=f"copy-of-{cls.kind()}"))

    @property
    @abstractmethod
    def taxonomy(self) -> Taxonomy:
        """The emotions its labels name."""

    @abstractmethod
    def load(self) -> Iterator[Labelled]:
        """Give every picture in a fixed order, also one whose file is missing.

        The stage that loads counts it, with its name, among the dropped.

        Raises:
            AffektError: The copy is not what the facts say; the sentence tells the difference.
        """

    def witness(self) -> str:
        """Digest of names, sizes and times of every file below ``root``."""
        lines = []
        for path in sorted(self.root.path.rglob("*")):
            if path.is_file():
                facts = path.stat()
                lines.append(
                    f"{path.relative_to(self.root.path)}\t{facts.st_size}\t{facts.st_mtime_ns}"
                )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
