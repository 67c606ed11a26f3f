"""Outlines of the twelve markers and eleven hatches, as paths that SVG and paper both can draw."""

import math

Point = tuple[float, float]


def _round(sides: int, turn: float = 0.0) -> tuple[Point, ...]:
    angles = [turn - math.pi / 2 + 2 * math.pi * at / sides for at in range(sides)]
    return tuple((math.cos(angle), math.sin(angle)) for angle in angles)


def _star() -> tuple[Point, ...]:
    outer, inner = _round(5), _round(5, math.pi / 5)
    return tuple(
        point
        for far, near in zip(outer, inner, strict=True)
        for point in (far, (near[0] * 0.45, near[1] * 0.45))
    )


_ARM = 0.34
_PLUS: tuple[Point, ...] = (
    (-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM), (_ARM, _ARM),
    (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM), (-1, -_ARM), (-_ARM, -_ARM),
)  # fmt: skip


def _turned(points: tuple[Point, ...], angle: float) -> tuple[Point, ...]:
    cos, sin = math.cos(angle), math.sin(angle)
    return tuple((x * cos - y * sin, x * sin + y * cos) for x, y in points)


# Corners of each marker in a circle of radius 1, y down.
MARKERS: dict[str, tuple[Point, ...]] = {
    "circle": _round(24),
    "square": _turned(_round(4), math.pi / 4),
    "diamond": _round(4),
    "plus": _PLUS,
    "x": _turned(_PLUS, math.pi / 4),
    "triangle": _round(3),
    "star": _star(),
    "hexagon": _round(6),
    "pentagon": _round(5),
    "triangle-down": _round(3, math.pi),
    "triangle-left": _round(3, -math.pi / 2),
    "triangle-right": _round(3, math.pi / 2),
}

# Name → side of the tile in px, path inside the tile (SVG), and the nearest hatch of matplotlib.
HATCHES: dict[str, tuple[int, str, str]] = {
    "none": (8, "", ""),
    "rising": (6, "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", "////"),
    "falling": (6, "M-1 -1L7 7M-1 5L1 7M5 -1L7 1", "\\\\\\\\"),
    "upright": (5, "M2.5 0V5", "||||"),
    "level": (5, "M0 2.5H5", "----"),
    "crossed": (7, "M-1 -1L8 8M-1 8L8 -1", "xxxx"),
    "dotted": (5, "M2.5 1.7V3.3M1.7 2.5H3.3", "...."),
    "squared": (7, "M3.5 0V7M0 3.5H7", "++++"),
    "rising-dense": (4, "M-1 5L5 -1M-1 1L1 -1M3 5L5 3", "//////"),
    "falling-dense": (4, "M-1 -1L5 5M-1 3L1 5M3 -1L5 1", "\\\\\\\\\\\\"),
    "upright-dense": (3, "M1.5 0V3", "||||||"),
    "level-dense": (3, "M0 1.5H3", "------"),
}


def outline(marker: str, x: float, y: float, radius: float) -> tuple[Point, ...]:
    """Give the corners of a marker at a place."""
    return tuple((x + radius * dx, y + radius * dy) for dx, dy in MARKERS[marker])
