"""ArtPhoto: photographs by artists, each labelled by whoever uploaded it."""

import re
from collections.abc import Iterator

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._words import words_of
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy

INSIDE = "testImages_artphoto"  # the folder in the published archive
NAMED = re.compile(r"^([a-z]+)_\d+\.jpe?g$", re.IGNORECASE)


class Artphoto(Dataset):
    """A user's copy of the 806 photographs; the file name says the emotion: ``amusement_0023.jpg``.

    Both the full and the short words are read, ``sadness`` and ``sad``, ``contentment`` and
    ``content``. There are no groups.
    """

    facts = Facts(
        title="ArtPhoto",
        citation="Machajdik and Hanbury (2010), ACM Multimedia",
        licence="research; each photograph under the rights of its artist",
        images=806,
        emotions={  # You et al. (2016), Table 1
            "amusement": 101,
            "anger": 77,
            "awe": 102,
            "contentment": 70,
            "disgust": 70,
            "excitement": 105,
            "fear": 115,
            "sadness": 166,
        },
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        root, words = self.root.path, words_of(MIKELS8)
        folder = root / INSIDE if (root / INSIDE).is_dir() else root
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        named = [(path, match) for path in files if (match := NAMED.match(path.name))]
        if not named:
            raise AffektError(
                f"data set 'artphoto': {str(root)!r} holds no copy; it needs photographs named by "
                f"their emotion, such as amusement_0023.jpg, there or in {INSIDE!r}; set `root` to "
                "the folder"
            )
        for path, match in named:
            emotion = words.get(match[1].casefold())
            if emotion is None:
                raise AffektError(
                    f"data set 'artphoto': {str(path)!r} names no emotion; "
                    f"{', '.join(MIKELS8.names)} are known; rename it or move it away"
                )
            yield Labelled(path.name, path, emotion)
