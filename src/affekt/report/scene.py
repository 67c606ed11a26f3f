"""A drawing as plain values in pixels, y down: drawn once for the page and once for paper."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Anchor = Literal["start", "middle", "end"]
Tone = Literal["ink", "soft", "rule", "paper"]


class Paint(NamedTuple):
    """How a shape is filled: by the look of an emotion or by a step of the heat scale."""

    slot: int | None = None
    heat: int | None = None


class Box(NamedTuple):
    """A filled rectangle; with ``says`` it is a mark that can be reached by keyboard."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint
    says: str = ""


class Stroke(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: Tone = "rule"
    width: float = 1
    dashed: bool = False


class Curve(NamedTuple):
    """Straight lines from point to point, as one."""

    points: tuple[tuple[float, float], ...]
    tone: Tone = "ink"
    width: float = 1


class Words(NamedTuple):
    """Text on one line; ``y`` is its base line, ``on_heat`` the step it must be read on."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    tone: Tone = "ink"
    size: float = 12
    bold: bool = False
    angle: float = 0
    on_heat: int | None = None


class Sign(NamedTuple):
    """The marker of an emotion."""

    x: float
    y: float
    slot: int


class Cover(NamedTuple):
    """Why a picture is covered until it is opened, and where the sprite has it uncovered."""

    warning: str
    column: int
    row: int


class Tile(NamedTuple):
    """A picture cut out of the figure's sprite at column and row, covered where it has a cover."""

    x: float
    y: float
    side: float
    column: int
    row: int
    says: str
    cover: Cover | None = None


class Cloud(NamedTuple):
    """Points of a map with the marker of one emotion; ``rows`` are the numbers of their pins."""

    slot: int
    label: str
    rows: tuple[int, ...]
    points: tuple[tuple[float, float], ...]


class Plot(NamedTuple):
    """A map: a square ground that takes the focus, and clouds in drawing order."""

    x: float
    y: float
    side: float
    says: str
    clouds: tuple[Cloud, ...]


Item = Box | Stroke | Curve | Words | Sign | Tile | Plot


@dataclass(frozen=True)
class Scene:
    """A whole drawing."""

    width: float
    height: float
    items: tuple[Item, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What each mark says, in drawing order."""
        return tuple(item.says for item in self.items if isinstance(item, Box | Tile) and item.says)

    @property
    def has_covers(self) -> bool:
        """Whether a picture in it is covered until it is opened."""
        return any(isinstance(item, Tile) and item.cover is not None for item in self.items)


TONES: tuple[Tone, ...] = ("rule", "soft", "paper", "ink")  # the lowest first


def layered(items: Iterable[Item], *layers: type[Item]) -> tuple[Item, ...]:
    """Sort items by their types, the lowest first, and lines by tone and width.

    Equal ones keep their order. What looks alike then stands side by side, as the page wants it,
    and no line crosses a mark that was drawn before.
    """
    return tuple(sorted(items, key=lambda item: (layers.index(type(item)), *_manner(item))))


def _manner(item: Item) -> tuple[float, ...]:
    if isinstance(item, Stroke):
        return (TONES.index(item.tone), -item.width, item.dashed)
    return ()


LETTER = 0.56  # mean width of a letter of the page's fonts, in sizes


def width_of(text: str, size: float = 12) -> int:
    """Give about how many pixels a text is wide."""
    return math.ceil(LETTER * size * len(text))


def shortened(text: str, width: float, size: float = 12) -> str:
    """Cut text to about ``width`` pixels."""
    fits = max(1, int(width / (LETTER * size)))
    return text if len(text) <= fits else text[: fits - 1] + "…"


def caution(cover: Cover) -> str:
    """Give the content warning as it stands on a covered picture, 10 px high on its 96."""
    return shortened(cover.warning, 94, 10)
