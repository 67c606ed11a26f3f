"""The square that many nets look at: a whole picture, whatever its shape, made square."""

from PIL import Image


def squashed(image: Image.Image, side_px: int) -> Image.Image:
    """Give the whole picture as a square of that side, bicubic with antialiasing.

    A picture of that size comes back as it is, so squashing twice is squashing once.
    """
    return image.resize((side_px, side_px), Image.Resampling.BICUBIC)
