"""Movement: the way the eye takes through a picture."""

import numpy as np
from jaxtyping import Float, Int

from affekt.blocks.circular import TURN
from affekt.blocks.saliency import SIDE_PX, Map

FIXATIONS = 10
INHIBITION_PX = 6.0  # of the map: how far around it a place that was seen draws no longer
NOTHING = 1e-9  # saliency below which the eye stays
DIRECTIONS = 8

Path = Int[np.ndarray, "fixation 2"]


def movement(saliency: Map) -> Float[np.ndarray, "16"]:
    """Give the directions of a scan path and how far it goes in each.

    Args:
        saliency: Any map, not only that of `affekt.blocks.saliency`; nowhere below 0.

    Returns:
        Eight shares of the moves, centred on right and turning by way of up, then the mean length
        of the moves in each direction / the diagonal, 0–1; 0 for a direction without a move. Zeros
        where the eye does not move.

    References:
        Zhao et al. (2014), Exploring principles-of-art features for image emotion recognition, ACM
        Multimedia: movement, the gaze scan path.

    Differs:
        The saccade model of the paper is not published with it; `scan_path` stands in for it. The
        statistics of the path are our choice.
    """
    moves = np.diff(scan_path(saliency), axis=0)
    if not len(moves):
        return np.zeros(2 * DIRECTIONS)
    turns = np.arctan2(-moves[:, 0], moves[:, 1]) / TURN
    direction = np.floor(DIRECTIONS * turns + 0.5).astype(int) % DIRECTIONS
    length = np.hypot(moves[:, 0], moves[:, 1]) / np.hypot(SIDE_PX, SIDE_PX)
    times = np.bincount(direction, minlength=DIRECTIONS)
    lengths = np.bincount(direction, length, minlength=DIRECTIONS) / np.maximum(times, 1)
    return np.concatenate([times / len(moves), lengths])


def scan_path(saliency: Map) -> Path:
    r"""Give row and column of up to ten places, in the order in which the eye goes to them.

    The eye goes to the greatest saliency, the first of equals row by row; the map is then
    multiplied by :math:`1 - e^{-d^2 / (2 \cdot 6^2)}`, with :math:`d` the distance, px, and so on.
    It stays where nothing above 1e-9 is left.

    References:
        Itti, Koch and Niebur (1998), A model of saliency-based visual attention for rapid scene
        analysis, IEEE PAMI 20: the winner takes all, and what was seen is inhibited.
    """
    left = saliency.copy()
    rows, columns = np.indices(left.shape)
    path = []
    for _ in range(FIXATIONS):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        if left[row, column] <= NOTHING:
            break
        path.append((int(row), int(column)))
        away = (rows - row) ** 2 + (columns - column) ** 2
        left *= 1 - np.exp(-away / (2 * INHIBITION_PX**2))
    return np.array(path, np.int64).reshape(-1, 2)
