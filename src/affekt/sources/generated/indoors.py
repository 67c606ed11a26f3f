"""What the painter sees inside or makes up: parties, faces, stages, tables, shards, slime."""

import math

from affekt.sources.generated.canvas import BLACK, WHITE, Canvas, Colour, Palette, Point, mix
from affekt.sources.generated.moods import Mood


def festival(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint balloons, strings of flags and confetti."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.light, mix(colours.light, colours.middle, 0.6), level=dice.chance(0.8))
    canvas.mist(dice.pick(colours.accents), dice.whole(2, 5), 0.4)
    for _ in range(dice.whole(0, 3)):
        _flags(canvas, colours)
    for _ in range(dice.whole(2, 4 + round(10 * mood.bustle))):
        x, y = canvas.somewhere(0.05)
        size, tint = canvas.short * dice.between(0.04, 0.13), dice.pick(colours.accents)
        string = [(x + math.sin(t) * size * 0.2, y + size + t * size * 0.5) for t in range(6)]
        canvas.stroke(string, mix(colours.dark, colours.middle, 0.5), 1.5)
        canvas.disc((x, y), size, tint, 1.2)
        canvas.disc((x - size * 0.35, y - size * 0.5), size * 0.2, mix(tint, WHITE, 0.7), 1.3)
    for _ in range(round(120 * mood.bustle)):
        spot = (dice.between(0, w), dice.between(0, h))
        canvas.blob(
            spot, canvas.short * dice.between(0.004, 0.014), dice.pick(colours.accents), 0.5
        )


def face(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint a mask: its mouth follows the slant of the lines, its brows their sharpness."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.middle, colours.dark, level=dice.chance(0.5))
    canvas.mist(dice.pick(colours.accents), dice.whole(2, 7), dice.between(0.3, 0.8))
    x, y = w * dice.between(0.38, 0.62), h * dice.between(0.42, 0.58)
    size = canvas.short * dice.between(0.26, 0.42)
    ink, skin = mix(colours.dark, BLACK, 0.7), mix(colours.light, colours.accents[0], 0.5)
    canvas.glow((x, y), size * 1.8, colours.light, 0.6)
    canvas.disc((x, y), size, skin, dice.between(0.95, 1.25))
    open_ = size * dice.between(0.06, 0.18)
    for side in (-1, 1):
        eye = (x + side * size * 0.38, y - size * 0.2)
        canvas.disc(eye, open_ * 1.5, WHITE)
        canvas.disc(eye, open_ * 0.8, ink)
        inner = (mood.sharpness - 0.4) * size * 0.25
        brow = [(eye[0] - side * size * 0.2, eye[1] - open_ - size * 0.18 + inner)]
        brow.append((eye[0] + side * size * 0.22, eye[1] - open_ - size * 0.18 - inner * 0.6))
        canvas.stroke(brow, ink, size * 0.07)
    smile = (mood.slant + dice.bell(0, 0.3) - 0.8 * (mood.sharpness > 0.6)) * size * 0.28
    mouth = [
        (x + t * size * 0.09, y + size * 0.45 + smile * (1 - (t / 5) ** 2) - smile * 0.4)
        for t in range(-5, 6)
    ]
    canvas.stroke(mouth, ink, size * 0.08)


def stage(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint beams of light above a crowd with raised arms."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.dark, colours.middle, mix(colours.dark, BLACK, 0.3))
    for _ in range(dice.whole(2, 3 + round(6 * mood.bustle))):
        top, foot = dice.between(0, w), dice.between(-0.3, 1.3) * w
        wide = w * dice.between(0.03, 0.12)
        tint = mix(dice.pick(colours.accents), colours.light, dice.between(0, 0.6))
        canvas.shape([(top, 0), (foot + wide, h), (foot - wide, h)], tint)
    canvas.mist(colours.light, dice.whole(3, 8), 0.5)
    canvas.glow((w * dice.between(0.3, 0.7), h * 0.55), canvas.short * 0.6, WHITE, 0.6)
    shade = mix(colours.dark, BLACK, 0.75)
    for _ in range(round(12 + 30 * mood.bustle)):
        x, y = dice.between(0, w), h * dice.between(0.72, 0.98)
        size = canvas.short * dice.between(0.03, 0.06)
        canvas.disc((x, y), size, shade)
        canvas.shape([(x - 1.6 * size, h), (x, y + size * 0.6), (x + 1.6 * size, h)], shade)
        if dice.chance(0.3 + 0.4 * max(0.0, mood.slant)):
            side, up = dice.pick((-1, 1)), dice.between(1.5, 4.0)
            canvas.stroke(
                [(x, y + size), (x + side * size * 1.5, y - up * size)], shade, size * 0.5
            )


def burst(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint wedges, sparks and streaks that fly from one point."""
    dice, far = canvas.dice, canvas.width + canvas.height
    canvas.wash(colours.middle, colours.dark)
    centre, n = canvas.somewhere(0.25), dice.whole(8, 26)
    start, filled = dice.between(0, 6.283), dice.chance(0.6)
    for ray in range(n):
        turn, wide = start + 6.283 * ray / n, 3.1 / n * dice.between(0.3, 1.0)
        tint = dice.pick((*colours.accents, colours.light))
        if filled:
            _wedge(canvas, centre, (turn, wide, far), tint)
        else:
            _rocket(canvas, centre, turn, tint)
    for _ in range(round(70 * mood.bustle)):
        turn, reach = dice.between(0, 6.283), canvas.short * dice.between(0.1, 0.9)
        spot = (centre[0] + reach * math.cos(turn), centre[1] + reach * math.sin(turn))
        size = canvas.short * dice.between(0.004, 0.025)
        canvas.blob(spot, size, dice.pick(colours.accents), mood.sharpness)
    canvas.glow(centre, canvas.short * dice.between(0.2, 0.6), mix(colours.light, WHITE, 0.6), 0.95)


def shards(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint splinters, jagged cracks and scratches across each other."""
    dice = canvas.dice
    canvas.wash(colours.dark, colours.middle, mix(colours.dark, BLACK, 0.5), level=dice.chance(0.5))
    canvas.mist(mix(colours.dark, BLACK, 0.6), dice.whole(3, 9), dice.between(0.4, 0.9))
    for _ in range(dice.whole(6, 10 + round(30 * mood.bustle))):
        tint = dice.pick((colours.middle, colours.dark, colours.light, *colours.accents))
        size = canvas.short * dice.between(0.05, 0.28)
        canvas.blob(canvas.somewhere(-0.05), size, mix(tint, colours.middle, 0.25), mood.sharpness)
    for _ in range(dice.whole(1, 6)):
        ink = dice.pick((BLACK, mix(colours.light, WHITE, 0.4), colours.accents[0]))
        _bolt(canvas, ink, mood)
    for _ in range(round(40 * mood.bustle)):
        x, y = canvas.somewhere()
        dx, dy = (dice.between(-0.2, 0.2) * canvas.short for _ in "xy")
        canvas.stroke([(x, y), (x + dx, y + dy)], mix(colours.dark, BLACK, 0.5), dice.between(1, 4))


def ooze(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint wet lumps with rims, drips and specks."""
    dice, w = canvas.dice, canvas.width
    canvas.wash(mix(colours.light, colours.middle, 0.5), colours.middle, level=dice.chance(0.5))
    canvas.mist(colours.dark, dice.whole(5, 14), dice.between(0.5, 1.0))
    canvas.mist(dice.pick(colours.accents), dice.whole(3, 8), 0.6)
    for _ in range(dice.whole(5, 9 + round(16 * mood.bustle))):
        spot, size = canvas.somewhere(), canvas.short * dice.between(0.03, 0.16)
        tint = dice.pick((colours.middle, colours.dark, *colours.accents))
        canvas.blob(spot, size * 1.15, mix(tint, BLACK, 0.45), mood.sharpness * 0.5)
        canvas.blob(spot, size, tint, mood.sharpness * 0.5)
        shine = (spot[0] - size * 0.3, spot[1] - size * 0.35)
        canvas.disc(shine, size * dice.between(0.1, 0.25), mix(tint, WHITE, 0.6), 0.7)
    for _ in range(dice.whole(0, 7)):
        x, wide = dice.between(0, w), canvas.short * dice.between(0.01, 0.035)
        fall = canvas.height * dice.between(0.1, 0.7)
        canvas.stroke([(x, 0), (x, fall)], mix(colours.dark, colours.middle, 0.3), wide * 2)
        canvas.disc((x, fall), wide * 1.2, mix(colours.dark, colours.middle, 0.3), 1.4)
    for _ in range(round(150 * mood.bustle)):
        shade = mix(colours.dark, BLACK, dice.between(0, 0.8))
        canvas.disc(canvas.somewhere(), canvas.short * dice.between(0.002, 0.009), shade)


def table(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint a table by a window with bowls, cups and fruit."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    edge = h * dice.between(0.5, 0.7)
    canvas.wash(mix(colours.light, colours.middle, 0.35), colours.light, level=dice.chance(0.5))
    canvas.mist(colours.middle, dice.whole(2, 5), 0.4)
    canvas.glow((dice.pick((0, w)), h * dice.between(0, 0.4)), canvas.short, WHITE, 0.8)
    if dice.chance(0.5):
        x, y, wide = (
            w * dice.between(0.1, 0.6),
            h * dice.between(0.04, 0.15),
            w * dice.between(0.2, 0.35),
        )
        pane = [(x, y), (x + wide, y), (x + wide, edge * 0.85), (x, edge * 0.85)]
        canvas.shape(pane, mix(colours.light, WHITE, 0.6))
        canvas.stroke([*pane, pane[0]], mix(colours.middle, colours.dark, 0.5), canvas.short * 0.02)
    wood = mix(colours.middle, colours.dark, dice.between(0.2, 0.7))
    canvas.ground([(0, edge), (w, edge - 0.1 * mood.slant * h)], wood)
    canvas.mist(mix(wood, BLACK, 0.4), dice.whole(2, 12), 0.4, (edge / h + 0.06, 1))
    for _ in range(dice.whole(1, 3 + round(5 * mood.bustle))):
        foot = (w * dice.between(0.1, 0.9), edge + (h - edge) * dice.between(0.1, 0.75))
        dice.pick((_cup, _fruit, _fruit))(canvas, foot, dice.pick(colours.accents))


def vault(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint a hall or tunnel: frames inside frames towards a light, or towards the dark."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.dark, mix(colours.dark, BLACK, 0.4))
    x, y = w * dice.between(0.35, 0.65), h * dice.between(0.35, 0.6)
    goal = dice.pick((colours.light, mix(colours.light, WHITE, 0.6), mix(colours.dark, BLACK, 0.8)))
    rings, round_ = dice.whole(5, 11), not dice.chance(mood.sharpness)
    turn = dice.bell(0, 0.15)
    for ring in range(rings):
        depth = ring / rings
        size = 1.3 * (1 - depth) ** 1.5 + 0.05
        side = mix(colours.middle, colours.dark, dice.between(0, 0.8))
        tint = mix(mix(side, BLACK, 0.5 * (ring % 2)), goal, depth * 0.9)
        if round_:
            canvas.disc((x, y), size * canvas.short * 0.8, tint, h / w)
            continue
        corners = [(-w, -h), (w, -h), (w, h), (-w, h)]
        cos, sin = math.cos(turn * ring), math.sin(turn * ring)
        canvas.shape(
            [
                (x + size * (a * cos - b * sin) / 2, y + size * (a * sin + b * cos) / 2)
                for a, b in corners
            ],
            tint,
        )
    canvas.glow((x, y), canvas.short * dice.between(0.2, 0.6), goal, 0.9)
    canvas.mist(mix(colours.dark, BLACK, 0.4), dice.whole(3, 8), 0.5)
    canvas.vignette(BLACK, dice.between(0.1, 0.7))


def mosaic(canvas: Canvas, colours: Palette, mood: Mood) -> None:
    """Paint patches of colour beside each other, in rows or leaning."""
    dice, w, h = canvas.dice, canvas.width, canvas.height
    canvas.wash(colours.dark)
    n = 3 + round(6 * mood.bustle) + dice.whole(0, 3)
    step, lean = canvas.width / n, mood.slant * dice.between(0, 0.5)
    for row in range(round(h / step) + 2):
        for column in range(-1, n + 1):
            x, y = column * step + lean * row * step % step, row * step - lean * column * step * 0.4
            wobble = [dice.bell(0, 0.28 * mood.sharpness + 0.03) * step for _ in range(4)]
            tint = dice.pick((colours.light, colours.middle, *colours.accents))
            tint = mix(tint, colours.middle, dice.between(0, 0.5))
            corners = [
                (x + wobble[0], y),
                (x + step * 0.94, y + wobble[1]),
                (x + step * 0.94 + wobble[2], y + step * 0.94),
                (x, y + step * 0.94 + wobble[3]),
            ]
            canvas.shape(corners, tint)
    canvas.mist(colours.dark, dice.whole(3, 7), 0.5)
    canvas.glow(
        (w * dice.between(0, 1), h * dice.between(0, 1)), canvas.short * 0.7, colours.light, 0.5
    )


def _flags(canvas: Canvas, colours: Palette) -> None:
    dice, w, h = canvas.dice, canvas.width, canvas.height
    left, right, sag = (
        dice.between(0, 0.4) * h,
        dice.between(0, 0.4) * h,
        dice.between(0.05, 0.2) * h,
    )
    size, n = canvas.short * dice.between(0.03, 0.06), dice.whole(8, 14)
    for flag in range(n):
        x = w * (flag + 0.5) / n
        y = left + (right - left) * flag / n + sag * math.sin(3.14 * flag / n)
        corners = [(x - size, y), (x + size, y), (x, y + 2 * size)]
        canvas.shape(corners, colours.accents[flag % len(colours.accents)])


def _wedge(canvas: Canvas, centre: Point, reach: tuple[float, float, float], tint: Colour) -> None:
    turn, wide, far = reach
    edges = [
        (centre[0] + far * math.cos(turn + side), centre[1] + far * math.sin(turn + side))
        for side in (-wide, wide)
    ]
    canvas.shape([centre, *edges], tint)


def _rocket(canvas: Canvas, centre: Point, turn: float, tint: Colour) -> None:
    """Draw one trail of a firework, bending down, with its spark."""
    reach = canvas.short * canvas.dice.between(0.2, 0.75)
    trail = [
        (
            centre[0] + reach * t / 8 * math.cos(turn),
            centre[1] + reach * t / 8 * math.sin(turn) + reach * 0.2 * (t / 8) ** 2,
        )
        for t in range(2, 9)
    ]
    canvas.stroke(trail, tint, canvas.short * 0.008)
    canvas.disc(trail[-1], canvas.short * 0.014, mix(tint, WHITE, 0.6))


def _bolt(canvas: Canvas, ink: Colour, mood: Mood) -> None:
    dice, (x, y) = canvas.dice, canvas.somewhere()
    points = [(x, y)]
    for step in range(dice.whole(4, 9)):
        x += canvas.short * dice.between(0.03, 0.16) * (1 if step % 2 else -0.7)
        y += canvas.short * dice.between(0.02, 0.15) * (1 - mood.slant * 0.4)
        points.append((x, y))
    canvas.stroke(points, ink, canvas.short * dice.between(0.006, 0.025))


def _cup(canvas: Canvas, foot: Point, tint: Colour) -> None:
    (x, y), size = foot, canvas.short * canvas.dice.between(0.06, 0.12)
    canvas.disc((x, y + size * 0.1), size * 1.5, mix(tint, BLACK, 0.5), 0.25)
    canvas.shape(
        [
            (x - size, y - 1.4 * size),
            (x + size, y - 1.4 * size),
            (x + 0.6 * size, y),
            (x - 0.6 * size, y),
        ],
        tint,
    )
    canvas.disc((x, y), size * 0.6, tint, 0.3)
    canvas.disc((x, y - 1.4 * size), size, mix(tint, WHITE, 0.4), 0.25)
    canvas.disc((x, y - 1.4 * size), size * 0.8, mix(tint, BLACK, 0.6), 0.22)


def _fruit(canvas: Canvas, foot: Point, tint: Colour) -> None:
    (x, y), size = foot, canvas.short * canvas.dice.between(0.04, 0.09)
    canvas.disc((x + size * 0.2, y), size * 1.1, mix(tint, BLACK, 0.6), 0.25)
    canvas.disc((x, y - size * 0.8), size, mix(tint, BLACK, 0.25))
    canvas.disc((x - size * 0.08, y - size * 0.88), size * 0.88, tint)
    canvas.glow((x - size * 0.3, y - size * 1.1), size * 0.6, WHITE, 0.7)


SCENES = {
    "festival": festival,
    "face": face,
    "stage": stage,
    "burst": burst,
    "shards": shards,
    "ooze": ooze,
    "table": table,
    "vault": vault,
    "mosaic": mosaic,
}
