"""Plain facts of a picture that have little to do with what it shows."""

import math

import numpy as np
from jaxtyping import UInt8

from affekt.blocks.value import Value
from affekt.features import Feature, Picture, Vector

Luma = UInt8[np.ndarray, "row column"]

GREY_LEVELS = 10  # of 255 between channels; JPEG makes about so much colour out of grey
FRAME_LEVELS = 8  # of 255 by which a plain border may vary, for the same reason
MOST = 1.3 * math.sqrt(2) * 255  # no picture is more colourful

HASLER = "Hasler and Süsstrunk (2003)"
LAPLACIAN = "Pech-Pacheco et al. (2000)"
BT_601 = "ITU-R BT.601"
CHROMA = "Hanbury (2008), saturation of HSY"
VALUES = tuple(
    Value(f"shortcuts.{name}", unit, low, high, source)
    for name, unit, low, high, source in (
        ("size.width", "px", 1, math.inf, "our definition"),
        ("size.height", "px", 1, math.inf, "our definition"),
        ("size.aspect", "width / height", 0, math.inf, "our definition"),
        ("size.area", "log10 px", 0, math.inf, "our definition"),
        ("light.brightness", "", 0, 1, BT_601),
        ("light.contrast", "", 0, 0.5, "Peli (1990), root-mean-square contrast"),
        ("colour.colourfulness", "", 0, MOST, f"{HASLER}, third measure"),
        ("colour.saturation", "", 0, 1, CHROMA),
        ("colour.red_green", "", -1, 1, f"{HASLER}, first opponent axis"),
        ("colour.yellow_blue", "", -1, 1, f"{HASLER}, second opponent axis"),
        ("colour.grey", "share", 0, 1, "our definition"),
        ("edges.sharpness", "log10", 0, math.inf, LAPLACIAN),
        ("edges.frame", "share", 0, 1, "our definition"),
    )
)


class Shortcuts(Feature):
    """13 values: size, brightness, colour, sharpness and frame, nothing of what is shown.

    A model that sees only those tells how far a benchmark can be answered without a look at
    content. The size of the file is not among them: a feature is given pixels.

    References:
        Hasler and Süsstrunk (2003), Measuring colourfulness in natural images, SPIE 5007: the axes
        red - green and (red + green) / 2 - blue, and the third measure.
        Peli (1990), Contrast in complex images, JOSA A 7: the deviation of the luma.
        Pech-Pacheco, Cristóbal, Chamorro-Martínez and Fernández-Valdivia (2000), Diatom
        autofocusing in brightfield microscopy: a comparative study, ICPR: variance of the
        Laplacian.
        Geirhos et al. (2020), Shortcut learning in deep neural networks, Nature Machine
        Intelligence 2: the word.

    Differs:
        The variance of the Laplacian (4 neighbours, levels 0–255) is given as log10 of 1 + it, for
        it spans decades.
    """

    @property
    def values(self) -> tuple[Value, ...]:
        return VALUES

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in VALUES)

    def extract(self, picture: Picture) -> Vector:
        luma = _luma(picture)
        height, width = luma.shape
        facts = (
            width,
            height,
            width / height,
            math.log10(width * height),
            luma.mean() / 255,
            luma.std() / 255,
            *_colour(picture),
            _sharpness(luma),
            _frame(luma),
        )
        return np.array(facts, np.float32)


def _luma(picture: Picture) -> Luma:
    """Give the luma in whole levels; a thousandth is enough for what 8 bits hold."""
    red, green, blue = (picture[..., channel].astype(np.uint32) for channel in range(3))
    return ((299 * red + 587 * green + 114 * blue + 500) // 1000).astype(np.uint8)


def _colour(picture: Picture) -> tuple[float, ...]:
    """Give colourfulness, mean saturation, mean of both opponent axes, and the share of grey."""
    red, green, blue = (picture[..., channel].astype(np.int16) for channel in range(3))
    chroma = picture.max(axis=-1) - picture.min(axis=-1)
    axes = (red - green, red + green - 2 * blue)
    means = (axes[0].mean(), axes[1].mean() / 2)
    spread = math.hypot(axes[0].std(), axes[1].std() / 2)
    return (
        spread + 0.3 * math.hypot(*means),
        chroma.mean() / 255,
        means[0] / 255,
        means[1] / 255,
        float((chroma <= GREY_LEVELS).mean()),
    )


def _sharpness(luma: Luma) -> float:
    """Give log10 of 1 + the variance of the Laplacian; pixels go on beyond the edges."""
    wide = np.pad(luma.astype(np.int16), 1, mode="edge")
    beside = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
    edges = beside - 4 * wide[1:-1, 1:-1]
    return math.log10(1 + edges.var(dtype=np.float64))


def _frame(luma: Luma) -> float:
    """Give the share of the picture in plain bars along its edges; 1 for a flat picture."""
    inside = 1.0
    for lines in (luma, luma.T):
        bars = _bar(lines) + _bar(lines[::-1])
        inside *= max(0, len(lines) - bars) / len(lines)
    return 1 - inside


def _bar(lines: Luma) -> int:
    """Count the lines from the first one on that all have its tone."""
    tone = float(np.median(lines[0]))
    is_plain = (lines.max(axis=1) - tone <= FRAME_LEVELS) & (
        tone - lines.min(axis=1) <= FRAME_LEVELS
    )
    return len(lines) if is_plain.all() else int(is_plain.argmin())
