"""How eight emotions look to the painter: colours, lines and things, after published findings.

Brightness and saturation follow the regressions of Valdez and Mehrabian, pleasure = .69 B + .22 S,
arousal = -.31 B + .60 S, dominance = -.76 B + .32 S (B and S standardised): pleasant moods are
bright, excited ones saturated, calm ones bright and pale. Hues follow the answers that Kaya and
Epps collected (green and blue calm, yellow lively, red both love and anger, green-yellow sickness,
grey and black sadness and fear). Lines follow Poffenberger and Barrows (rising lines lively,
horizontal ones quiet, falling ones sad, angles furious), curved against sharp shapes Bar and Neta.
Contrasts of hue, of light and dark and of warm and cold as compositional means: Itten, and as
features of affect, Machajdik and Hanbury.

References:
    Bar and Neta (2006), Humans prefer curved visual objects, Psychological Science 17.
    Itten (1961), The Art of Color.
    Kaya and Epps (2004), Relationship between color and emotion: a study of college students,
        College Student Journal 38.
    Machajdik and Hanbury (2010), Affective image classification using features inspired by
        psychology and art theory, ACM Multimedia.
    Poffenberger and Barrows (1924), The feeling value of lines, Journal of Applied Psychology 8.
    Valdez and Mehrabian (1994), Effects of color on emotions, Journal of Experimental Psychology:
        General 123.

Differs: the numbers below are this program's own, chosen so that their order follows these
findings. Nobody has measured what people feel before these pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from affekt.sources.generated.dice import Dice

Hues = Mapping[int, float]


@dataclass(frozen=True)
class Mood:
    """How pictures of one emotion are painted.

    Attributes:
        hues: Degree on the colour circle → weight.
        brightness: Mean value, 0–1.
        saturation: Mean, 0–1.
        contrast: How far light and dark lie apart, 0–1.
        sharpness: 0 for curves, 1 for angles.
        slant: -1 for falling lines, 0 for level, 1 for rising.
        bustle: 0 for few things, 1 for many.
        scenes: What is painted → weight.
        tags: Words that people might give such a picture.
    """

    hues: Hues
    brightness: float
    saturation: float
    contrast: float
    sharpness: float
    slant: float
    bustle: float
    scenes: Mapping[str, float]
    tags: tuple[str, ...]

    @property
    def pleasure(self) -> float:
        """Pleasure after Valdez and Mehrabian; only its order between moods means anything."""
        return 0.69 * self.brightness + 0.22 * self.saturation

    @property
    def arousal(self) -> float:
        """Arousal after Valdez and Mehrabian; only its order between moods means anything."""
        return -0.31 * self.brightness + 0.60 * self.saturation


MOODS: Mapping[str, Mood] = {
    "amusement": Mood(
        {50: 3, 30: 2, 340: 2, 195: 1.5, 120: 1, 280: 1},
        brightness=0.88,
        saturation=0.62,
        contrast=0.35,
        sharpness=0.10,
        slant=0.5,
        bustle=0.75,
        scenes={"festival": 4, "face": 2, "meadow": 1, "stage": 1, "mosaic": 0.7},
        tags=("fun", "party", "colourful", "laugh", "friends", "balloon", "weekend", "play"),
    ),
    "awe": Mood(
        {215: 3, 255: 2, 190: 1.5, 280: 1, 35: 1},
        brightness=0.66,
        saturation=0.48,
        contrast=0.75,
        sharpness=0.45,
        slant=0.3,
        bustle=0.25,
        scenes={"heavens": 4, "landscape": 2.5, "vault": 1.5, "waves": 0.7},
        tags=("mountain", "sky", "stars", "vast", "nature", "summit", "light", "cathedral"),
    ),
    "contentment": Mood(
        {110: 3, 90: 1.5, 205: 2, 45: 1.5, 25: 1},
        brightness=0.82,
        saturation=0.42,
        contrast=0.32,
        sharpness=0.05,
        slant=0.0,
        bustle=0.30,
        scenes={"table": 3, "meadow": 2.5, "landscape": 2, "waves": 1},
        tags=("calm", "home", "garden", "tea", "peaceful", "summer", "green", "quiet"),
    ),
    "excitement": Mood(
        {15: 2.5, 40: 2, 330: 2, 55: 1, 200: 1.2, 285: 1},
        brightness=0.80,
        saturation=0.85,
        contrast=0.60,
        sharpness=0.50,
        slant=0.9,
        bustle=0.85,
        scenes={"burst": 3.5, "stage": 2.5, "festival": 1.5, "waves": 0.8, "mosaic": 0.7},
        tags=("action", "concert", "speed", "fireworks", "race", "jump", "night", "energy"),
    ),
    "anger": Mood(
        {0: 4, 12: 2, 350: 1.5, 30: 0.7, 270: 0.5},
        brightness=0.52,
        saturation=0.78,
        contrast=0.70,
        sharpness=0.95,
        slant=0.2,
        bustle=0.80,
        scenes={"shards": 4, "burst": 1.7, "face": 1.5, "mosaic": 0.8},
        tags=("red", "storm", "fire", "protest", "shout", "broken", "fight", "street"),
    ),
    "disgust": Mood(
        {68: 3.5, 55: 1.5, 85: 1.5, 35: 1.5, 320: 0.6},
        brightness=0.53,
        saturation=0.54,
        contrast=0.40,
        sharpness=0.30,
        slant=-0.3,
        bustle=0.65,
        scenes={"ooze": 4.5, "table": 1.2, "mosaic": 0.8, "woods": 0.6},
        tags=("slime", "mould", "rotten", "dirt", "garbage", "swamp", "sticky", "smell"),
    ),
    "fear": Mood(
        {230: 2.5, 265: 1.5, 180: 1, 0: 1, 130: 0.8},
        brightness=0.36,
        saturation=0.38,
        contrast=0.75,
        sharpness=0.70,
        slant=-0.1,
        bustle=0.45,
        scenes={"woods": 3.5, "vault": 2.5, "face": 0.8, "shards": 1, "heavens": 0.7},
        tags=("dark", "night", "forest", "shadow", "alone", "horror", "tunnel", "abandoned"),
    ),
    "sadness": Mood(
        {215: 3, 235: 1.5, 200: 1, 30: 1, 280: 0.6},
        brightness=0.47,
        saturation=0.20,
        contrast=0.25,
        sharpness=0.15,
        slant=-0.9,
        bustle=0.20,
        scenes={"rain": 4, "landscape": 1.5, "face": 1, "waves": 1, "table": 0.7},
        tags=("rain", "alone", "grey", "window", "goodbye", "winter", "empty", "tears"),
    ),
}
BORROWED_COLOURS = 0.22  # share of pictures painted in the colours of any mood
BORROWED_SCENE = 0.20  # share of pictures that show what any mood would show


def mixed(emotion: str, dice: Dice) -> Mood:
    """Give the mood of one picture: its emotion's, sometimes with another's colours or things.

    Feelings have no borders; without this, eight colours would tell eight emotions apart.
    """
    own = MOODS[emotion]
    paint = MOODS[dice.pick(sorted(MOODS))] if dice.chance(BORROWED_COLOURS) else own
    things = MOODS[dice.pick(sorted(MOODS))] if dice.chance(BORROWED_SCENE) else own
    return Mood(
        hues=paint.hues,
        brightness=min(0.97, max(0.12, dice.bell(paint.brightness, 0.13))),
        saturation=min(0.98, max(0.03, dice.bell(paint.saturation, 0.17))),
        contrast=min(0.95, max(0.10, dice.bell(paint.contrast, 0.15))),
        sharpness=min(1.0, max(0.0, dice.bell(own.sharpness, 0.18))),
        slant=min(1.0, max(-1.0, dice.bell(own.slant, 0.35))),
        bustle=min(1.0, max(0.05, dice.bell(own.bustle, 0.18))),
        scenes=things.scenes,
        tags=own.tags,
    )
