"""Pictures whose release shows what an export must bear: nasty titles, two formats, rare labels."""

from tests.datasets.published import Original, jpeg, png, several

VOTED = 80  # five votes on each of sixteen pictures


def mixed() -> list[Original]:
    """The usual twelve of awe and fear, two that only one split has, and one that is linked."""
    return [
        *several(),
        Original(jpeg(40), emotion="anger", part="train", title='Ümlaut, "quoted"\nand broken'),
        Original(png(41), emotion="sadness", part="test"),
        Original(png(42), licence="all-rights-reserved", url="https://example.org/42.png"),
    ]
