"""Draws, for docs/hand-made-features.md, what the blocks see in six photographs of scikit-image.

Run: ``python tools/hand_made_pictures.py docs/images``. The photographs come with the package, so
nothing is downloaded.
"""

import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import skimage
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw
from skimage.segmentation import find_boundaries

from affekt.blocks.balance import DIAGONAL_PX, MIDDLE_PX
from affekt.blocks.balance import SIDE_PX as SQUARE_PX
from affekt.blocks.bilateral import bilateral_symmetry
from affekt.blocks.colour_names import NAMES, named
from affekt.blocks.colour_pattern import inventory, palette
from affekt.blocks.dynamics import STATIC_DEGREES
from affekt.blocks.faces import detected
from affekt.blocks.figure_ground import figure
from affekt.blocks.movement import scan_path
from affekt.blocks.rotational import rotational_symmetry
from affekt.blocks.segments import COARSE, FINE, Grain, segmented
from affekt.blocks.sized import at_area
from affekt.blocks.view import View

PHOTOGRAPHS = (
    ("astronaut.png", "chelsea.png", "coffee.png"),
    ("rocket.jpg", "hubble_deep_field.jpg", "retina.jpg"),
)
HEIGHT_PX, GAP_PX = 200, 6
QUALITY = 78
LIKE = {"brown": "#7b4a21", "green": "#2e9e3f", "grey": "#8a8a8a", "pink": "#f49ac1"}
STATIC, SLANT = "#1f9bff", "#ff7a00"
AXES = ("#ff2d2d", "#ffb000", "#ffe98a")  # the strongest first
Picture = NDArray[np.uint8]
Drawing = Callable[[View], Image.Image]


def photograph(view: View) -> Image.Image:
    """The picture at the size at which the sets look at it."""
    return Image.fromarray(view.picture)


def faded(view: View) -> Image.Image:
    """The picture in grey, pale enough to draw on."""
    return photograph(view).convert("L").point(lambda level: 90 + level * 0.6).convert("RGB")


def segments(view: View, grain: Grain) -> Image.Image:
    """Each segment in its mean colour, with the borders between them."""
    labels = segmented(view.grey, grain)
    pixels = np.bincount(labels.ravel())
    sums = [np.bincount(labels.ravel(), view.picture[..., at].ravel()) for at in range(3)]
    means = np.rint(np.stack(sums, axis=-1) / pixels[:, None]).astype(np.uint8)
    drawn = means[labels]
    drawn[find_boundaries(labels, mode="inner")] = 255
    return Image.fromarray(drawn)


def gaze(view: View) -> Image.Image:
    """Saliency, and the way of the eye from the first place to the tenth."""
    heat = np.rint(255 * colormaps["inferno"](view.saliency)[..., :3]).astype(np.uint8)
    size = photograph(view).size
    drawn = Image.blend(photograph(view), Image.fromarray(heat).resize(size), 0.65)
    scale = np.array(size) / view.saliency.shape[::-1]
    path = [tuple((place[::-1] + 0.5) * scale) for place in scan_path(view.saliency)]
    pen = ImageDraw.Draw(drawn)
    for one, other in pairwise(path):
        pen.line((*one, *other), "white", 3)
    for number, (x, y) in enumerate(path, 1):
        pen.ellipse((x - 13, y - 13, x + 13, y + 13), "white", "black")
        pen.text((x, y), str(number), "black", anchor="mm", font_size=17)
    return drawn


def straight(view: View) -> Image.Image:
    """Straight lines: level or upright ones in blue, slanted ones in orange."""
    drawn = faded(view)
    pen = ImageDraw.Draw(drawn)
    for ends, slant in zip(view.lines.ends, view.lines.slants, strict=True):
        is_static = min(slant % 90, 90 - slant % 90) <= STATIC_DEGREES
        pen.line(tuple(ends), STATIC if is_static else SLANT, 5)
    return drawn


def balance(view: View) -> Image.Image:
    """Axes of mirror symmetry, and centres of rotation, each set the strongest first."""
    drawn = faded(view)
    pen = ImageDraw.Draw(drawn)
    scale = np.array(drawn.size) / SQUARE_PX
    axes = bilateral_symmetry(view.keypoints).reshape(3, 4)
    centres = rotational_symmetry(view.keypoints).reshape(3, 4)
    for colour, (strength, offset, angle, _) in reversed(list(zip(AXES, axes, strict=True))):
        across = np.array([np.cos(np.pi * angle), np.sin(np.pi * angle)])
        foot, along = MIDDLE_PX + offset * DIAGONAL_PX * across, np.array([-across[1], across[0]])
        ends = [tuple((foot + way * DIAGONAL_PX * along) * scale) for way in (-1, 1)]
        pen.line((*ends[0], *ends[1]), colour, 6 if strength else 0)
    for colour, (_, x, y, strength) in reversed(list(zip(AXES, centres, strict=True))):
        place = np.array([x, y]) * drawn.size
        box = (*(place - 14), *(place + 14))
        pen.ellipse(box, outline=colour, width=6 if strength else 0)
    return drawn


def names(view: View) -> Image.Image:
    """Each pixel in the colour that its name stands for."""
    colours = np.array([ImageColor.getrgb(LIKE.get(name, name)) for name in NAMES], np.uint8)
    return Image.fromarray(colours[named(view.lab)])


def figures(view: View) -> Image.Image:
    """The figure, its ground made pale; faces in frames; below, the five dominant colours."""
    is_figure = figure(view.saliency, view.picture.shape[:2])
    drawn = Image.fromarray(np.where(is_figure[..., None], view.picture, np.asarray(faded(view))))
    pen = ImageDraw.Draw(drawn)
    for left, top, width, height in detected(view.grey):
        pen.rectangle((left, top, left + width, top + height), outline="#00e05a", width=5)
    found = palette(inventory(view.picture))
    edges = np.concatenate([[0], np.cumsum(found.shares)]) * drawn.width
    for colour, (left, right) in zip(found.colours, pairwise(edges), strict=True):
        hue, saturation, value = colour * (360, 100, 100)
        fill = ImageColor.getrgb(f"hsv({hue:.0f},{saturation:.0f}%,{value:.0f}%)")
        pen.rectangle((left, drawn.height - 50, right, drawn.height), fill, "white", 2)
    return drawn


DRAWINGS: Mapping[str, Drawing] = {
    "photographs": photograph,
    "segments-fine": lambda view: segments(view, FINE),
    "segments-coarse": lambda view: segments(view, COARSE),
    "saliency": gaze,
    "lines": straight,
    "balance": balance,
    "colour-names": names,
    "figure": figures,
}


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Pictures of one height, row by row."""
    small = [
        [one.resize((_width(one), HEIGHT_PX), Image.Resampling.LANCZOS) for one in row]
        for row in rows
    ]
    width = max(sum(one.width + GAP_PX for one in row) for row in small) - GAP_PX
    whole = Image.new("RGB", (width, len(small) * (HEIGHT_PX + GAP_PX) - GAP_PX), "white")
    for number, row in enumerate(small):
        left = 0
        for one in row:
            whole.paste(one, (left, number * (HEIGHT_PX + GAP_PX)))
            left += one.width + GAP_PX
    return whole


def main(folder: str) -> None:
    """Write one sheet a drawing."""
    place = Path(skimage.__file__).parent / "data"
    views = [[View(at_area(_read(place / name))) for name in row] for row in PHOTOGRAPHS]
    for name, draw in DRAWINGS.items():
        drawn = sheet([[draw(view) for view in row] for row in views])
        drawn.save(Path(folder) / f"hand-made-{name}.webp", quality=QUALITY, method=6)


def _read(path: Path) -> Picture:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _width(picture: Image.Image) -> int:
    return round(picture.width * HEIGHT_PX / picture.height)


if __name__ == "__main__":
    main(sys.argv[1])
