"""What somebody would write who puts each block together from calls of the usual libraries.

Only blocks for which such calls give the same outcome have one here; what only a paper defines has
no peer. Each works from the picture alone, as the block it is measured against does.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pywt
import scipy.ndimage
import scipy.stats
from numpy.typing import NDArray
from skimage.color import rgb2hsv, rgb2lab, rgb2luv  # type: ignore[attr-defined]
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.draw import line
from skimage.feature import Cascade, canny, graycomatrix
from skimage.filters import gabor, sobel, threshold_otsu
from skimage.measure import label
from skimage.morphology import closing, dilation, disk, erosion, local_maxima, reconstruction
from skimage.segmentation import watershed
from skimage.transform import probabilistic_hough_line
from sklearn.cluster import KMeans

from affekt.blocks.colours import hsy

Picture = NDArray[np.uint8]
Plane = NDArray[Any]


class Peer(NamedTuple):
    """A composition of library calls.

    Attributes:
        of: Gives the values of a picture.
        tolerance: How near its values are to ours, relative; None where both draw at random, or
            where the libraries cut the picture otherwise.
    """

    of: Callable[[Picture], Any]
    tolerance: float | None = None


def channels(picture: Picture) -> list[Plane]:
    """Hue in turns, saturation and brightness, 0–1."""
    hue, saturation, brightness = hsy(picture)
    return [hue / (2 * np.pi), saturation, brightness]


def grey(picture: Picture) -> Plane:
    return np.asarray(np.rint(255 * channels(picture)[2]))


def hue(picture: Picture) -> list[float]:
    angles = 2 * np.pi * channels(picture)[0]
    return [scipy.stats.circmean(angles), scipy.stats.circvar(angles)]


def colourfulness(picture: Picture) -> float:
    _, which = np.unique(picture.reshape(-1, 3) // 64, axis=0, return_inverse=True)
    counts = np.bincount(which.ravel())
    means = [np.bincount(which.ravel(), one) / counts for one in picture.reshape(-1, 3).T]
    everything = 31.5 + 64 * np.indices((4, 4, 4)).reshape(3, -1).T
    places = [rgb2luv(np.asarray(one)[None] / 255)[0] for one in (everything, np.stack(means, 1))]
    share = counts / counts.sum()
    return float(scipy.stats.wasserstein_distance_nd(*places, None, share))


def wavelets(picture: Picture) -> list[float]:
    bands = [pywt.wavedec2(one, "haar", "symmetric", 3)[:0:-1] for one in channels(picture)]
    levels = [[np.abs(np.stack(level)).mean() for level in one] for one in bands]
    return [*np.transpose(levels).ravel(), *np.sum(levels, axis=1)]


def glcm(picture: Picture) -> list[float]:
    row, column = np.indices((8, 8))
    found = []
    for plane in channels(picture):
        levels = np.minimum(8 * plane, 7).astype(np.uint8)
        share = graycomatrix(levels, [1], [0], 8, normed=True)[:, :, 0, 0]
        off = [axis - (share * axis).sum() for axis in (row, column)]
        spread = np.sqrt((share * off[0] ** 2).sum() * (share * off[1] ** 2).sum())
        near = (share / (1 + abs(row - column))).sum()
        together = (share * off[0] * off[1]).sum() / spread
        found.append([(share * (row - column) ** 2).sum(), together, (share**2).sum(), near])
    return list(np.transpose(found).ravel())


def tamura(picture: Picture) -> list[float]:
    levels = grey(picture)
    differences = []
    for power in range(5):
        half, size = 2**power, 2 ** (power + 1)
        means = scipy.ndimage.uniform_filter(np.pad(levels, 32, "symmetric"), size)
        pairs = [np.roll(means, -half, axis) - np.roll(means, half, axis) for axis in (0, 1)]
        differences.append(np.abs(pairs).max(axis=0)[32:-32, 32:-32].round(9))
    coarse = (2.0 ** (1 + np.argmax(differences, axis=0))).mean()
    strength = levels.var() / (((levels - levels.mean()) ** 4).mean()) ** 0.25
    down, along = (scipy.ndimage.prewitt(levels, axis)[1:-1, 1:-1] for axis in (0, 1))
    is_steep = abs(along) + abs(down) >= 24
    angle = (np.arctan2(-down, along) + np.pi / 2) % np.pi
    bins = np.floor(16 * angle[is_steep] / np.pi + 0.5).astype(int) % 16
    share = np.bincount(bins, minlength=16) / bins.size
    away = (np.arange(16) - share.argmax() + 8) % 16 - 8
    return [coarse, strength, 1 - (away**2 * share).sum() / 64]


def level_of_detail(picture: Picture) -> int:
    levels, near = grey(picture).astype(np.uint8), disk(3)
    opened = reconstruction(erosion(levels, near), levels, "dilation").astype(np.uint8)
    smooth = reconstruction(dilation(opened, near), opened, "erosion").astype(np.uint8)
    tops = erosion(closing(local_maxima(smooth), np.ones((3, 3))), np.ones((3, 3)))
    bright = smooth > threshold_otsu(smooth)
    distance = scipy.ndimage.distance_transform_edt(~bright)
    lines = watershed(distance, label(bright), watershed_line=True) == 0
    return int(watershed(sobel(levels), label(tops | lines)).max())


def dynamics(picture: Picture) -> int:
    edges = canny(channels(picture)[2], 2.0)
    shortest = round(0.05 * float(np.hypot(*edges.shape)))
    return len(probabilistic_hough_line(edges, 10, shortest, 3, rng=0))


def faces(picture: Picture) -> int:
    detector = Cascade(lbp_frontal_face_cascade_filename())
    longest = min(picture.shape[:2])
    return len(detector.detect_multi_scale(picture, 1.1, 1, (24, 24), (longest, longest)))


def gradation(picture: Picture) -> list[float]:
    found = []
    for plane in np.moveaxis(picture / 255, -1, 0):
        relative, absolute = 0.0, []
        for axis in (1, 0):
            steps = np.diff(plane, axis=axis, append=np.take(plane, [-1], axis=axis))
            blurred = [
                scipy.ndimage.gaussian_filter(one, 3, mode="constant", truncate=3)
                for one in (abs(steps), steps)
            ]
            relative += (blurred[0] / (abs(blurred[1]) + 1e-3)).mean()
            absolute.append(blurred[0].mean())
        found += [relative, *absolute]
    return found


def colour_pattern(picture: Picture) -> list[float]:
    _, saturation, value = np.moveaxis(rgb2hsv(picture), -1, 0)
    pixels = rgb2lab(picture).reshape(-1, 3)
    some = np.random.default_rng(0).choice(pixels, 20_000, replace=False)
    KMeans(5, n_init=1, random_state=0).fit(some)
    return [saturation.mean(), saturation.std(), value.mean(), value.std()]


def shape(picture: Picture) -> float:
    edges = canny(channels(picture)[2], 2.0)
    shortest = round(0.05 * float(np.hypot(*edges.shape)))
    straight = np.zeros(edges.shape, bool)
    for (x, y), (to_x, to_y) in probabilistic_hough_line(edges, 10, shortest, 3, rng=0):
        straight[line(y, x, to_y, to_x)] = True
    return float((edges & ~dilation(straight)).sum() / edges.sum())


def wiccest(picture: Picture) -> list[float]:
    matrix = np.array([[0.06, 0.63, 0.27], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]])
    planes = np.moveaxis(picture / 255 @ matrix.T, -1, 0)
    found = []
    for sigma in (1, 3):
        bright = scipy.ndimage.gaussian_filter(planes[0], sigma) + 0.01
        for plane in planes:
            for order in ((0, 1), (1, 0)):
                edges = scipy.ndimage.gaussian_filter(plane, sigma, order) / bright
                edges = edges - np.median(edges)
                width, _, scale = scipy.stats.gennorm.fit(edges.ravel(), floc=0)
                found += [scale / width ** (1 / width), width]
    return found


def gabor_energies(picture: Picture) -> list[float]:
    matrix = np.array([[0.06, 0.63, 0.27], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]])
    planes = np.moveaxis(picture / 255 @ matrix.T, -1, 0)
    found = []
    for sigma, frequency in ((2.828, 0.094), (1.414, 0.185)):
        bright = scipy.ndimage.gaussian_filter(planes[0], sigma) + 0.01
        for plane in planes:
            for turn in range(4):
                parts = gabor(plane, frequency, turn * np.pi / 4, sigma_x=sigma, sigma_y=sigma)
                energy = np.hypot(*parts) / bright
                found += [energy.mean(), energy.std()]
    return found


PEERS: Mapping[tuple[str, str], Peer] = {
    ("machajdik", "colourfulness"): Peer(colourfulness, 1e-3),
    ("machajdik", "tamura"): Peer(tamura, 1e-6),
    ("machajdik", "wavelets"): Peer(wavelets, 1e-6),
    ("machajdik", "glcm"): Peer(glcm, 1e-6),
    ("machajdik", "level_of_detail"): Peer(level_of_detail),
    ("machajdik", "dynamics"): Peer(dynamics),
    ("machajdik", "faces"): Peer(faces),
    ("machajdik", "hue"): Peer(hue),
    ("paef", "gradation"): Peer(gradation, 1e-4),
    ("wang2013", "colour_pattern"): Peer(colour_pattern),
    ("wang2013", "shape"): Peer(shape),
    ("yanulevskaya", "wiccest"): Peer(wiccest),
    ("yanulevskaya", "gabor"): Peer(gabor_energies),
}
