"""Twitter_LDL: 10,045 pictures of Twitter, each with votes of several people."""

from collections.abc import Iterator

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._ldl import labelled
from affekt.taxonomy import MIKELS8, Taxonomy


class TwitterLdl(Dataset):
    """A user's copy: the table of votes ``ground_truth.txt``, and what there is of the pictures.

    The label is the emotion with most votes; where two tie there is none, and the picture is
    dropped with the reason ``no-label``. A row whose picture is not in ``images`` is dropped as
    ``missing``. There are no groups.
    """

    facts = Facts(
        title="Twitter_LDL",
        citation="Yang, Sun and Sun (2017), AAAI",
        licence="research; each picture under the rights of its owner",
        images=10_045,
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        return labelled(self.kind(), self.root.path)
