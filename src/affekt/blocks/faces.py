"""Faces seen from the front: where, how many, how large.

References:
    Viola and Jones (2004), Robust real-time face detection, IJCV 57: `haar`.
    Ahonen, Hadid and Pietikäinen (2006), Face description with local binary patterns, IEEE PAMI 28:
    `lbp`.

Differs:
    Machajdik and Hanbury (2010) use the detector of Viola and Jones with a model of their time. The
    models here are those that come with scikit-image (`lbp`) and OpenCV (`haar`); OpenCV runs both.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import local
from typing import Literal, NamedTuple

import cv2
import cv2.data
import numpy as np
from jaxtyping import Float
from skimage.data import lbp_frontal_face_cascade_filename

from affekt.blocks.colours import Plane

STEP = 1.1  # from one size looked for to the next
LEAST_HITS = 5  # neighbouring windows that must agree; with 3, cloth is taken for a face
MOST_OVERLAP = 0.5  # share of the union; beyond, two boxes are one face

Model = Literal["lbp", "haar", "none"]


class Box(NamedTuple):
    """A face, px: left column, top row, width, height."""

    left: int
    top: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height


def detected(grey: Plane, model: Model = "lbp") -> tuple[Box, ...]:
    """Give the faces of at least 24 px that a model finds, largest first; overlapping ones once.

    Args:
        grey: Whole numbers, 0–255.
        model: Which; `none` finds none.
    """
    if model == "none":
        return ()
    found = _detector(model).detectMultiScale(grey.astype(np.uint8), STEP, LEAST_HITS)
    return apart([Box(*(int(side) for side in box)) for box in found])


def apart(boxes: list[Box]) -> tuple[Box, ...]:
    """Give the boxes, largest first, without those that share over half of their union with one."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: (-box.area, box)):
        if all(_overlap(box, other) <= MOST_OVERLAP for other in kept):
            kept.append(box)
    return tuple(kept)


def faces(boxes: tuple[Box, ...], shape: tuple[int, int]) -> Float[np.ndarray, "2"]:
    """Give the number of faces, and the area of the largest as a share of the picture; 0 and 0."""
    largest = max((box.area for box in boxes), default=0)
    return np.array([len(boxes), largest / (shape[0] * shape[1])])


def _overlap(one: Box, other: Box) -> float:
    """Give the share that two boxes have in common of all that they cover."""
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    common = max(right - max(one.left, other.left), 0) * max(bottom - max(one.top, other.top), 0)
    return common / (one.area + other.area - common)


_MINE = local()  # a detector holds the picture it looks at, so each thread has its own


def _detector(model: str) -> cv2.CascadeClassifier:
    mine: dict[str, cv2.CascadeClassifier] = _MINE.__dict__
    if model not in mine:
        mine[model] = READERS[model]()
    return mine[model]


def _lbp() -> cv2.CascadeClassifier:
    # scikit-image's copy of the model misspells one tag, and OpenCV refuses it for that.
    text = Path(lbp_frontal_face_cascade_filename()).read_text(encoding="ascii")
    storage = cv2.FileStorage(
        text.replace("featuhreParams", "featureParams"),
        cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY,
    )
    return _read(storage)


def _haar() -> cv2.CascadeClassifier:
    path = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
    return _read(cv2.FileStorage(str(path), cv2.FILE_STORAGE_READ))


def _read(storage: cv2.FileStorage) -> cv2.CascadeClassifier:
    detector = cv2.CascadeClassifier()
    detector.read(storage.getFirstTopLevelNode())
    return detector


READERS: Mapping[str, Callable[[], cv2.CascadeClassifier]] = {"lbp": _lbp, "haar": _haar}
