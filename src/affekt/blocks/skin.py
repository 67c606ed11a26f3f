"""How much of a picture has the colour of skin.

References:
    Chai and Ngan (1999), Face segmentation using skin-color map in videophone applications, IEEE
    TCSVT 9: the fixed range.
    Machajdik and Hanbury (2010), Affective image classification using features inspired by
    psychology and art theory, ACM Multimedia: the range of the faces found, as code made after the
    paper has it.

Differs:
    The ratio to the faces is to the area that they cover, and 10 at most.
"""

import numpy as np
from jaxtyping import Bool, Float

from affekt.blocks.colours import Picture
from affekt.blocks.faces import Box

CB, CR = (77.0, 127.0), (133.0, 173.0)
EXTREME_CB, EXTREME_CR = 0.30, 0.175  # shares of a face's pixels that make its bounds
MOST_FACES = 10.0
# ITU-R BT.601, studio range: 16–240 around 128
TO_CHROMA = np.array([[-37.797, 112.0], [-74.203, -93.786], [112.0, -18.214]]) / 255

Mask = Bool[np.ndarray, "row column"]


def skin(picture: Picture, faces: tuple[Box, ...]) -> Float[np.ndarray, "2"]:
    """Give the share of skin (0–1), and its ratio to the share covered by faces (0–10).

    Without a face the colour of skin is a fixed range and the ratio 1; with faces it is between
    the means of their extreme colours.
    """
    chroma = np.rint(picture @ TO_CHROMA + 128)
    is_face = covered(faces, picture.shape[:2])
    if not is_face.any():
        return np.array([_within(chroma, (CB, CR)), 1.0])
    of_faces = chroma[is_face]
    share = _within(
        chroma, (_bounds(of_faces[:, 0], EXTREME_CB), _bounds(of_faces[:, 1], EXTREME_CR))
    )
    return np.array([share, min(share / is_face.mean(), MOST_FACES)])


def covered(boxes: tuple[Box, ...], shape: tuple[int, ...]) -> Mask:
    """Tell the pixels that lie in a box."""
    inside = np.zeros(shape, bool)
    for box in boxes:
        inside[box.top : box.top + box.height, box.left : box.left + box.width] = True
    return inside


def _bounds(values: Float[np.ndarray, " pixel"], extreme: float) -> tuple[float, float]:
    """Give the means of the least and of the greatest values."""
    count = max(round(extreme * values.size), 1)
    ordered = np.sort(values)
    return float(ordered[:count].mean()), float(ordered[-count:].mean())


def _within(chroma: np.ndarray, bounds: tuple[tuple[float, float], tuple[float, float]]) -> float:
    (least_cb, most_cb), (least_cr, most_cr) = bounds
    cb, cr = chroma[..., 0], chroma[..., 1]
    is_skin = (cb >= least_cb) & (cb <= most_cb) & (cr >= least_cr) & (cr <= most_cr)
    return float(is_skin.mean())
