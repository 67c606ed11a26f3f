"""Paints one picture of an emotion from a seed and a name, as an array of pixels or as a file."""

from PIL import Image

from affekt.sources.generated.canvas import Canvas, palette
from affekt.sources.generated.dice import Dice
from affekt.sources.generated.indoors import SCENES as INDOORS
from affekt.sources.generated.moods import mixed
from affekt.sources.generated.outdoors import SCENES as OUTDOORS

SCENES = {**OUTDOORS, **INDOORS}
FINER = 1.5  # painted this much larger, then reduced, so that edges are smooth
SHORT_PX, LONG_PX = (320, 400), (400, 512)


def painted(emotion: str, seed: int, name: str) -> Image.Image:
    """Give one picture; nothing but the three arguments decides how it looks."""
    dice = Dice(seed, name)
    short, long = dice.whole(*SHORT_PX), dice.whole(*LONG_PX)
    width, height = (long, short) if dice.chance(0.7) else (short, long)
    mood = mixed(emotion, dice)
    canvas = Canvas(round(width * FINER), round(height * FINER), dice)
    SCENES[dice.weighted(mood.scenes)](canvas, palette(mood, dice), mood)
    return canvas.finished(width, height, dice.whole(1, 9))
