"""Pictures whose release shows what an export must bear: nasty titles, two formats, rare labels."""

from tests.datasets.published import Original, jpeg, png, several

VOTED = 75  # five votes on each of fifteen pictures


def mixed() -> list[Original]:
    """The usual twelve of awe and fear, and two that only one split has."""
    return [
        *several(),
        Original(jpeg(40), emotion="anger", part="train", title='Ümlaut, "quoted"\nand broken'),
        Original(png(41), emotion="sadness", part="test"),
    ]
