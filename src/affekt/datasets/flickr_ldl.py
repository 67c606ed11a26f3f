"""Flickr_LDL: 11,150 pictures of Flickr, each with votes of 11 people over eight emotions."""

from collections.abc import Iterator

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._ldl import labelled
from affekt.taxonomy import MIKELS8, Taxonomy


class FlickrLdl(Dataset):
    """A user's copy: the table of votes ``ground_truth.txt``, and what there is of the pictures.

    The label is the emotion with most votes; where two tie there is none, and the picture is
    dropped with the reason ``no-label``. A row whose picture is not in ``images`` is dropped as
    ``missing``. There are no groups.
    """

    facts = Facts(
        title="Flickr_LDL",
        citation="Yang, Sun and Sun (2017), AAAI",
        licence="research; each picture under the rights of its owner",
        images=11_150,
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        return labelled(self.kind(), self.root.path)
