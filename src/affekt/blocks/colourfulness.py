r"""How little work turns a picture's colours into all colours alike.

References:
    Datta, Joshi, Li and Wang (2006), Studying aesthetics in photographic images using a
    computational approach, ECCV, feature 2.
    Rubner, Tomasi and Guibas (2000), The earth mover's distance as a metric for image retrieval,
    IJCV 40.
"""

import cv2
import numpy as np
from jaxtyping import Float, Float32
from skimage.color import rgb2luv  # type: ignore[attr-defined]

from affekt.blocks.colours import Picture

SIDE = 4  # cubes along each axis of RGB
CUBES = SIDE**3
WIDTH = 256 // SIDE
CENTRES = np.indices((SIDE, SIDE, SIDE)).reshape(3, CUBES).T * WIDTH + (WIDTH - 1) / 2


def colourfulness(picture: Picture) -> float:
    """Give the earth mover's distance to a picture of all colours; small is colourful.

    The 64 cubes of RGB, each at its centre with weight 1/64, against the cubes of the picture, each
    at its mean colour with its share of the pixels; CIELUV distances. About 0.6 for uniform noise,
    71.5 for a grey ramp, 183.9 for plain red.
    """
    everything = _signature(np.full(CUBES, 1 / CUBES), CENTRES)
    distance, _, _ = cv2.EMD(everything, _of_picture(picture), cv2.DIST_L2)
    return max(float(distance), 0.0)


def _of_picture(picture: Picture) -> Float32[np.ndarray, "cube 4"]:
    """Give share, L*, u* and v* of each cube that holds pixels."""
    pixels = picture.reshape(-1, 3)
    levels = pixels.astype(np.intp) // WIDTH
    cubes = (levels[:, 0] * SIDE + levels[:, 1]) * SIDE + levels[:, 2]
    counts = np.bincount(cubes, minlength=CUBES)
    sums = [np.bincount(cubes, pixels[:, channel], minlength=CUBES) for channel in range(3)]
    is_held = counts > 0
    means = np.stack(sums, axis=1)[is_held] / counts[is_held, None]
    return _signature(counts[is_held] / len(pixels), means)


def _signature(
    weights: Float[np.ndarray, " cube"], colours: Float[np.ndarray, "cube 3"]
) -> Float32[np.ndarray, "cube 4"]:
    places = rgb2luv(colours[None] / 255)[0]
    return np.column_stack([weights, places]).astype(np.float32)
