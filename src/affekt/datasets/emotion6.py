"""Emotion6: photographs with the distribution of felt emotions, valence and arousal."""

from collections.abc import Iterator
from pathlib import Path

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._rows import Row, numbers, once, picture, rows, votes
from affekt.datasets._votes import counted
from affekt.errors import AffektError
from affekt.taxonomy import Emotion, Taxonomy

TABLE = "ground_truth.txt"
FEW = 1e-3  # rounding that the sum of seven printed probabilities may carry
EMOTION6 = Taxonomy(
    name="emotion6",
    emotions=(
        Emotion(name="anger", valence=-1, phrases=("anger", "rage")),
        Emotion(name="disgust", valence=-1, phrases=("disgust", "revulsion")),
        Emotion(name="fear", valence=-1, phrases=("fear", "dread")),
        Emotion(name="joy", valence=1, phrases=("joy", "happiness")),
        Emotion(name="sadness", valence=-1, phrases=("sadness", "sorrow")),
        Emotion(name="surprise", phrases=("surprise", "astonishment")),
        Emotion(name="neutral", phrases=("nothing in particular", "no emotion")),
    ),
)


class Emotion6(Dataset):
    """A user's copy: ``ground_truth.txt`` beside the folder ``images``.

    The label is the emotion with the highest probability, neutral among them; where two tie there
    is none, and the picture is dropped with the reason ``no-label``. The emotion that a picture was
    searched by, its folder, is no label. Each picture carries its mean valence and arousal, from 1
    to 9. There are no groups.
    """

    facts = Facts(
        title="Emotion6",
        citation="Peng, Sadovnik, Gallagher and Chen (2015), CVPR",
        licence="academic research only; each picture under the rights of its owner",
        images=1980,
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return EMOTION6

    def load(self) -> Iterator[Labelled]:
        root, seen = self.root.path, set[str]()
        table = root / TABLE
        if not table.is_file():
            raise AffektError(
                f"data set 'emotion6': {str(root)!r} holds no copy; it needs {TABLE} and the "
                "folder 'images'; set `root` to their folder"
            )
        listed = rows(table, "\t")[1:]  # behind the header
        if not listed:
            raise AffektError(f"{table}: lists no picture below its first line; get it anew")
        for row in listed:
            one = _labelled(table, row)
            once(table, row, one.name, seen)
            yield one


def _labelled(table: Path, row: Row) -> Labelled:
    if len(row.cells) != 3 + len(EMOTION6):
        raise AffektError(
            f"{table}:{row.line}: has {len(row.cells)} cells between tabs; file, valence, arousal "
            f"and {len(EMOTION6)} probabilities are needed; get the file anew"
        )
    name, *rest = row.cells
    valence, arousal = numbers(table, row, rest[:2], 1, 9)
    shares = votes(table, row, rest[2:])
    if abs(sum(shares) - 1) > FEW:
        raise AffektError(
            f"{table}:{row.line}: the probabilities sum to {sum(shares):g}; 1 is needed; get the "
            "file anew"
        )
    found = counted(dict(zip(EMOTION6.names, shares, strict=True)), EMOTION6.names)
    return Labelled(
        name,
        picture(table, row, table.parent / "images", name),
        found.emotion,
        shares=found.shares,
        ratings={"valence": valence, "arousal": arousal},
    )
