"""What the painter sees outside: land, sky, meadow, woods, rain, sea."""

import math

from affekt.sources.generated.canvas import BLACK, WHITE, Canvas, Palette, mix
from affekt.sources.generated.moods import Mood


def landscape(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint hills behind hills under a sky, sometimes with water before them."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    horizon = dice.between(0.35, 0.62)
    canvas.wash(mix(colours.light, colours.middle, 0.4), colours.light, colours.middle)
    canvas.mist(mix(colours.light, WHITE, 0.5), dice.whole(3, 7), 0.7, (0, horizon))
    sun = (dice.between(0.15, 0.85) * w, dice.between(0.12, horizon) * h)
    canvas.glow(sun, canvas.short * dice.between(0.3, 0.8), colours.accents[0], 0.7)
    canvas.disc(sun, canvas.short * dice.between(0.03, 0.08), mix(colours.accents[0], WHITE, 0.6))
    layers = dice.whole(2, 5)
    for layer in range(layers):
        depth = (layer + 1) / layers
        height = h * (horizon + (0.95 - horizon) * layer / layers)
        line = canvas.ridge(
            height, h * dice.between(0.04, 0.14), mood.sharpness, 0.25 * mood.slant * (1 - depth)
        )
        canvas.ground(line, mix(colours.middle, colours.dark, depth * dice.between(0.7, 1.0)))
    if dice.chance(0.4):
        _water(canvas, colours, h * dice.between(0.72, 0.85))
    for _ in range(dice.whole(0, round(14 * mood.bustle))):
        _tree(canvas, colours, mood)


def heavens(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint a great sky with stars or rays above small land, and somebody tiny to measure it by."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    night = mix(colours.dark, BLACK, 0.5)
    canvas.wash(night, colours.dark, colours.middle, mix(colours.light, colours.accents[1], 0.4))
    for _ in range(dice.whole(1, 3)):
        canvas.mist(dice.pick(colours.accents), dice.whole(2, 6), dice.between(0.3, 0.8), (0, 0.8))
    centre = (dice.between(0.2, 0.8) * w, dice.between(0.45, 0.75) * h)
    canvas.glow(centre, canvas.short * dice.between(0.5, 1.0), colours.light, 0.8)
    if dice.chance(0.35):
        _rays(canvas, centre, mix(colours.light, colours.middle, 0.5), dice.whole(5, 12))
    for _ in range(dice.whole(0, 220)):
        x, y = canvas.somewhere()
        size = dice.between(0.4, 2.2)
        canvas.disc((x, y * 0.8), size, mix(colours.light, WHITE, dice.between(0.2, 1)))
    for layer in range(dice.whole(1, 3)):
        line = canvas.ridge(h * (0.72 + 0.1 * layer), h * dice.between(0.06, 0.2), mood.sharpness)
        canvas.ground(line, mix(colours.dark, BLACK, 0.3 + 0.3 * layer))
    _figure(canvas, (dice.between(0.2, 0.8) * w, h * 0.93), canvas.short * 0.07, BLACK)


def meadow(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint grass and flowers, small behind and large in front, under a light sky."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    horizon = dice.between(0.2, 0.5)
    canvas.wash(mix(colours.light, WHITE, 0.3), colours.light)
    canvas.mist(WHITE, dice.whole(3, 8), 0.6, (0, horizon))
    canvas.ground(canvas.ridge(horizon * h, 0.05 * h, mood.sharpness), colours.middle)
    canvas.mist(colours.dark, dice.whole(4, 9), 0.5, (horizon + 0.08, 1))
    for step in range(round(30 + 110 * mood.bustle)):
        near = (step / (30 + 110 * mood.bustle)) ** 2
        x, y = dice.between(0, w), h * (horizon + 0.1 + (0.9 - horizon) * near)
        size = canvas.short * (0.006 + 0.045 * near) * dice.between(0.5, 1.3)
        bend = mood.slant * size + dice.bell(0, size)
        canvas.stroke([(x, y + 4 * size), (x + bend, y)], colours.dark, size * 0.3)
        canvas.blob((x + bend, y), size, dice.pick(colours.accents), mood.sharpness * 0.6)
        canvas.disc((x + bend, y), size * 0.35, mix(colours.light, WHITE, 0.4))


def woods(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint trunks and twigs in fog, with a small light, or eyes, between them."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.dark, colours.middle, mix(colours.dark, BLACK, 0.4))
    lamp = (dice.between(0.25, 0.75) * w, dice.between(0.35, 0.65) * h)
    canvas.glow(lamp, canvas.short * dice.between(0.3, 0.8), colours.light, dice.between(0.4, 0.9))
    layers = dice.whole(2, 4)
    for layer in range(layers):
        depth = (layer + 1) / layers
        shade = mix(colours.middle, mix(colours.dark, BLACK, 0.75), depth)
        for _ in range(dice.whole(3, 9)):
            _trunk(canvas, depth, mood, shade)
        canvas.mist(mix(colours.middle, colours.light, 0.3), dice.whole(2, 5), 0.35, (0.3, 1))
    if dice.chance(0.35):
        _eyes(canvas, colours)
    canvas.vignette(BLACK, dice.between(0.3, 0.8))


def rain(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint falling rain, somebody alone, a window sometimes, and lines that hang."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.middle, mix(colours.light, colours.middle, 0.4), colours.dark)
    canvas.mist(mix(colours.light, colours.middle, 0.5), dice.whole(2, 6), 0.8)
    floor = h * dice.between(0.7, 0.88)
    canvas.ground(canvas.ridge(floor, 0.02 * h, mood.sharpness, 0.15 * mood.slant), colours.dark)
    if dice.chance(0.6):
        spot = (dice.between(0.15, 0.85) * w, floor + 0.04 * h)
        _figure(canvas, spot, canvas.short * dice.between(0.12, 0.3), mix(colours.dark, BLACK, 0.6))
    if dice.chance(0.5):
        _bough(canvas, mix(colours.dark, BLACK, 0.4), mood)
    lean = dice.between(-0.3, 0.3)
    for _ in range(dice.whole(40, 160)):
        x, y = canvas.somewhere()
        long = canvas.short * dice.between(0.02, 0.12)
        shade = mix(colours.middle, colours.light, dice.between(0.1, 0.9))
        canvas.stroke([(x, y), (x + lean * long, y + long)], shade, dice.between(0.5, 2.5))
    if dice.chance(0.4):
        _window(canvas, mix(colours.dark, BLACK, 0.3))


def waves(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint bands that swing, from far to near, each in its own colour."""
    dice, h = canvas.dice, canvas.height
    canvas.wash(colours.light, colours.middle)
    bands = dice.whole(4, 6 + round(8 * mood.bustle))
    for band in range(bands):
        line = canvas.ridge(
            h * (0.15 + 0.85 * band / bands),
            h * dice.between(0.02, 0.12),
            mood.sharpness,
            mood.slant / 3,
        )
        tint = dice.pick((colours.middle, colours.dark, colours.light, *colours.accents[:2]))
        canvas.ground(line, mix(tint, colours.middle, dice.between(0, 0.5)))
        if dice.chance(0.4):
            canvas.stroke(line, mix(colours.light, WHITE, 0.5), canvas.short * 0.006)
    canvas.mist(colours.light, dice.whole(3, 8), 0.35)


def _water(canvas: Canvas, colours: Palette, top: float) -> None:
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.ground([(0, top), (w, top)], mix(colours.middle, colours.light, 0.3))
    for _ in range(dice.whole(15, 50)):
        x, y = dice.between(0, w), dice.between(top, h)
        shade = mix(colours.light, colours.dark, dice.between(0, 0.8))
        long = w * dice.between(0.02, 0.12)
        canvas.stroke([(x, y), (x + long, y)], shade, dice.between(1, 3))


def _tree(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    dice = canvas.dice
    x, y = dice.between(0, canvas.width), canvas.height * dice.between(0.65, 0.98)
    tall = canvas.short * dice.between(0.05, 0.14)
    shade = mix(colours.dark, colours.accents[2], dice.between(0, 0.6))
    canvas.stroke([(x, y), (x, y - tall)], mix(colours.dark, BLACK, 0.5), tall * 0.12)
    canvas.blob((x, y - tall), tall * 0.5, shade, mood.sharpness)


def _rays(
    canvas: Canvas, centre: tuple[float, float], colour: tuple[int, int, int], n: int
) -> None:
    dice, far = canvas.dice, canvas.width + canvas.height
    for _ in range(n):
        turn, wide = dice.between(3.3, 6.1), dice.between(0.01, 0.04)
        edges = [
            (centre[0] + far * math.cos(turn + side), centre[1] + far * math.sin(turn + side))
            for side in (-wide, wide)
        ]
        canvas.shape([centre, *edges], colour)


def _figure(
    canvas: Canvas, feet: tuple[float, float], tall: float, colour: tuple[int, int, int]
) -> None:
    x, y = feet
    canvas.disc((x, y - tall * 0.88), tall * 0.12, colour)
    coat = [(-0.10, -0.76), (0.10, -0.76), (0.17, -0.30), (0.08, 0.0), (-0.08, 0.0), (-0.17, -0.30)]
    canvas.shape([(x + tall * right, y + tall * down) for right, down in coat], colour)


def _trunk(canvas: Canvas, depth: float, mood: Mood, shade: tuple[int, int, int]) -> None:
    dice, h = canvas.dice, canvas.height
    x, wide = (
        dice.between(0, canvas.width),
        canvas.short * (0.01 + 0.05 * depth) * dice.between(0.5, 1.5),
    )
    lean = dice.bell(0, 0.06) * canvas.width
    edges = [(x - wide, h), (x + wide, h), (x + lean + wide * 0.5, 0), (x + lean - wide * 0.5, 0)]
    canvas.shape(edges, shade)
    for _ in range(dice.whole(1, 5)):
        y, reach = dice.between(0, 0.7) * h, canvas.short * dice.between(0.05, 0.22)
        side = dice.pick((-1, 1))
        elbow = (
            x + lean * (1 - y / h) + side * reach * 0.5,
            y - reach * (0.1 + mood.sharpness * 0.4),
        )
        start, tip = (
            (x + lean * (1 - y / h), y),
            (x + side * reach, y - reach * dice.between(-0.3, 0.9)),
        )
        canvas.stroke([start, elbow, tip], shade, wide * 0.4)


def _eyes(canvas: Canvas, colours: Palette) -> None:
    dice = canvas.dice
    x, y = canvas.somewhere(0.2)
    size = canvas.short * dice.between(0.008, 0.03)
    for side in (-2.2, 2.2):
        canvas.disc((x + side * size, y), size, mix(colours.accents[3], WHITE, 0.5), 0.7)
        canvas.disc((x + side * size, y), size * 0.4, BLACK)


def _bough(canvas: Canvas, shade: tuple[int, int, int], mood: Mood) -> None:
    """Draw a branch whose twigs hang."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    side = dice.pick((0, w))
    for _ in range(dice.whole(4, 12)):
        x, fall = abs(side - dice.between(0, 0.6) * w), h * dice.between(0.15, 0.55)
        swing = w * dice.between(-0.08, 0.08) * (1 + mood.bustle)
        curve = [(x + swing * (t / 9) ** 2, fall * math.sin(1.57 * t / 9)) for t in range(10)]
        canvas.stroke(curve, shade, canvas.short * dice.between(0.003, 0.012))


def _window(canvas: Canvas, shade: tuple[int, int, int]) -> None:
    dice, w, h = canvas.dice, canvas.width, canvas.height
    wide = canvas.short * dice.between(0.02, 0.05)
    across, down = dice.between(0.3, 0.7) * w, dice.between(0.3, 0.7) * h
    canvas.stroke([(across, 0), (across, h)], shade, wide)
    canvas.stroke([(0, down), (w, down)], shade, wide)
    canvas.stroke([(0, 0), (w, 0), (w, h), (0, h), (0, 0)], shade, 2 * wide)


SCENES = {
    "landscape": landscape,
    "heavens": heavens,
    "meadow": meadow,
    "woods": woods,
    "rain": rain,
    "waves": waves,
}
