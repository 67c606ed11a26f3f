"""A picture that is open: what turns it upright, and what its library stumbles over, explained.

Nothing here opens one: `affekt.pictures.upright` opens foreign bytes, in the decoding child.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from affekt.errors import PictureError
from affekt.pictures.colours import in_srgb

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn whatever the library stumbles over into a `PictureError`."""
    try:
        yield
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as trouble:
        raise PictureError("too-many-pixels", "in a frame beyond its header") from trouble
    except MemoryError as trouble:
        raise PictureError("decode-error", "needs more memory than the limit") from trouble
    except Exception as trouble:  # the readers raise whatever their parsing meets
        words = re.sub(r"0x[0-9a-f]+", "", str(trouble))
        is_cut = isinstance(trouble, EOFError) or "truncated" in words.lower()
        raise PictureError(
            "truncated" if is_cut else "decode-error", f"{type(trouble).__name__}: {words}"[:200]
        ) from trouble


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """Give how to turn the picture upright; a damaged note about it counts as none."""
    if picture.format == "GIF":
        return None
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except (PictureError, MemoryError):
        raise
    except Exception:  # the reader of such notes raises whatever its parsing meets
        return None


def as_seen(picture: Image.Image) -> Image.Image:
    """Give a picture that somebody has opened, of any mode, as the child gives that of its file.

    16-bit colour keeps the high byte that the library left of it.

    Raises:
        PictureError: Its pixels cannot be read.
    """
    with explained():
        picture.load()
        pixels = in_srgb(picture)
        turn = turn_of(picture)
        return pixels if turn is None else pixels.transpose(turn)
