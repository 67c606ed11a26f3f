"""Paper and brushes: soft and hard marks on one picture, quick and the same on every machine.

Only integer drawing, interpolation, sums, products and square roots touch the pixels; sines and
cosines place corners, which are rounded to whole pixels.
"""

import colorsys
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int16
from PIL import Image, ImageChops, ImageDraw

from affekt.sources.generated.dice import Dice
from affekt.sources.generated.moods import Mood

Colour = tuple[int, int, int]
Point = tuple[float, float]
LIGHT_LEVELS = 10  # uneven light, grey levels up and down
BLACK, WHITE = (12, 12, 16), (250, 249, 244)
RADIAL = ImageChops.invert(Image.radial_gradient("L"))  # 255 in the middle, 0 at the rim


class Palette(NamedTuple):
    """Colours of one picture."""

    light: Colour
    middle: Colour
    dark: Colour
    accents: tuple[Colour, ...]


def palette(mood: Mood, dice: Dice) -> Palette:
    """Give colours in a mood: three steps of one light and some accents."""
    base = dice.weighted(mood.hues) + dice.between(-14, 14)
    near = base + dice.between(-25, 25)
    span = 0.55 * mood.contrast
    # Never quite dark: a picture of one colour has no perceptual hash.
    light = _colour(near, 0.75 * mood.saturation, max(0.4, mood.brightness + 0.7 * span))
    middle = _colour(base, mood.saturation, mood.brightness - 0.3 * span)
    dark = _colour(near, mood.saturation, mood.brightness - span - 0.08)
    accents = tuple(
        _colour(
            dice.weighted(mood.hues) + dice.between(-12, 12),
            dice.bell(mood.saturation * 1.1, 0.10),
            dice.bell(mood.brightness, 0.10 + 0.10 * mood.contrast),
        )
        for _ in range(5)
    )
    return Palette(light, middle, dark, accents)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Give the colour between two, ``share`` of the way to the other."""
    red, green, blue = (
        min(255, max(0, round(a + (b - a) * share))) for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


class Canvas:
    """One picture being painted."""

    def __init__(self, width: int, height: int, dice: Dice) -> None:
        self.width, self.height, self.dice = width, height, dice
        self.short = min(width, height)
        self.image = Image.new("RGB", (width, height))
        self.draw = ImageDraw.Draw(self.image)

    def wash(self, *colours: Colour, level: bool = True) -> None:
        """Cover everything with a gradient, from top to bottom or from left to right."""
        strip = Image.new("RGB", (1, len(colours)))
        strip.putdata(colours)
        if not level:
            strip = strip.transpose(Image.Transpose.ROTATE_90)
        self.image.paste(strip.resize(self.image.size, Image.Resampling.BILINEAR))

    def mist(self, colour: Colour, grain: int, strength: float, box: Point = (0, 1)) -> None:
        """Lay uneven colour between two heights; ``grain`` patches across, ``strength`` 0–1."""
        top, bottom = (round(self.height * share) for share in box)
        height = max(2, bottom - top)
        rows = max(3, round(grain * height / self.width))
        field = self.dice.stream.integers(0, 256, (rows, max(2, grain)), dtype=np.uint8)
        # A band fades out inside the picture; only at its edges may it end abruptly.
        field[0] = field[0] if top == 0 else 0
        field[-1] = field[-1] if bottom == self.height else 0
        mask = Image.fromarray(field).resize((self.width, height), Image.Resampling.BICUBIC)
        self.image.paste(colour, (0, top), mask.point([round(i * strength) for i in range(256)]))

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float) -> None:
        """Lay soft round light."""
        side = max(2, round(2 * radius))
        mask = RADIAL.resize((side, side), Image.Resampling.BILINEAR)
        # Squared, so that the light falls off quickly and its square frame cannot be seen.
        mask = mask.point([round(strength * i * i / 255) for i in range(256)])
        self.image.paste(colour, (round(centre[0] - radius), round(centre[1] - radius)), mask)

    def vignette(self, colour: Colour, strength: float) -> None:
        """Darken, or tint, towards the corners."""
        mask = ImageChops.invert(RADIAL).resize(self.image.size, Image.Resampling.BILINEAR)
        mask = mask.point([round(strength * i * i / 255) for i in range(256)])
        self.image.paste(colour, (0, 0), mask)

    def disc(self, centre: Point, radius: float, colour: Colour, flat: float = 1.0) -> None:
        """Draw a circle, or with ``flat`` below 1 a lying ellipse."""
        x, y = centre
        box = (x - radius, y - radius * flat, x + radius, y + radius * flat)
        self.draw.ellipse(box, fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self.draw.polygon([(round(x), round(y)) for x, y in points], fill=colour)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through points."""
        whole = [(round(x), round(y)) for x, y in points]
        self.draw.line(whole, fill=colour, width=max(1, round(width)), joint="curve")

    def ridge(
        self, height: float, swing: float, sharpness: float, tilt: float = 0.0
    ) -> list[Point]:
        """Give a line of hills from left to right: rounded, or with peaks where it is sharp."""
        dice, points = self.dice, []
        phases = [
            (dice.between(0.5, 1.5), dice.between(0, 7)),
            (dice.between(2, 4), dice.between(0, 7)),
        ]
        sharp = dice.chance(sharpness)
        steps = dice.whole(6, 11) if sharp else 40
        for step in range(steps + 1):
            x = step / steps
            if sharp:
                y = dice.between(-1, 1) if step % 2 else dice.between(0.2, 1)
            else:
                y = sum(
                    math.sin(6.283 * pace * x + at) / (n + 1) for n, (pace, at) in enumerate(phases)
                )
            points.append((x * self.width, height + swing * y - tilt * (x - 0.5) * self.height))
        return points

    def ground(self, line: Sequence[Point], colour: Colour) -> None:
        """Fill everything below a line."""
        self.shape([*line, (self.width, self.height), (0, self.height)], colour)

    def blob(self, centre: Point, radius: float, colour: Colour, sharpness: float) -> None:
        """Draw a lump: round with dents, or where it is sharp a splinter."""
        dice = self.dice
        if dice.chance(sharpness):
            turns = sorted(dice.between(0, 6.283) for _ in range(dice.whole(3, 5)))
            reach = [radius * dice.between(0.5, 1.6) for _ in turns]
        else:
            turns = [step * 6.283 / 28 for step in range(28)]
            a, b, at = dice.between(0, 0.25), dice.between(0, 0.15), dice.between(0, 6.283)
            reach = [
                radius * (1 + a * math.sin(2 * turn + at) + b * math.sin(5 * turn + 2 * at))
                for turn in turns
            ]
        self.shape(
            [
                (centre[0] + far * math.cos(turn), centre[1] + far * math.sin(turn))
                for turn, far in zip(turns, reach, strict=True)
            ],
            colour,
        )

    def somewhere(self, margin: float = 0.0) -> Point:
        """Give a point, ``margin`` shares of a side away from the edges."""
        dice = self.dice
        return (
            dice.between(margin, 1 - margin) * self.width,
            dice.between(margin, 1 - margin) * self.height,
        )

    def finished(self, width: int, height: int, grain: int) -> Image.Image:
        """Give the picture in its final size, with the noise and the uneven light of a camera."""
        small = self.image.resize((width, height), Image.Resampling.BOX)
        noise = self.dice.stream.integers(-grain, grain + 1, (height, width, 1), dtype=np.int16)
        noise += self._light(width, height)
        return Image.fromarray(np.clip(np.asarray(small) + noise, 0, 255).astype(np.uint8))

    def _light(self, width: int, height: int) -> Int16[np.ndarray, "row column 1"]:
        """Give grey levels to add, in broad patches.

        They give every picture, dark and smooth ones too, the low frequencies that a perceptual
        hash sees, so that a copy is found and no two pictures are alike by chance.
        """
        field = self.dice.stream.integers(0, 256, (7, 8), dtype=np.uint8)
        patches = Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC)
        levels = np.asarray(patches).astype(np.int16) - 128
        return levels[:, :, None] * LIGHT_LEVELS // 128


def _colour(hue: float, saturation: float, brightness: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(
        hue / 360 % 1, min(1.0, max(0.0, saturation)), min(1.0, max(0.04, brightness))
    )
    return round(255 * red), round(255 * green), round(255 * blue)
