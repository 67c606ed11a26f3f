"""Emotions as ordered, frozen values: names, words, and the side they lie on.

References:
    Mikels, Fredrickson, Larkin, Lindberg, Maglio and Reuter-Lorenz (2005), Emotional category data
    on
    images from the International Affective Picture System, Behavior Research Methods 37.
"""

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Phrase = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f{}]{1,200}$")]
Template = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f{}]*\{\}[^\x00-\x1f\x7f{}]*$", max_length=200)
]
TEMPLATES = (
    "a photo that evokes {}",
    "a picture that makes people feel {}",
    "an image that fills whoever looks at it with {}",
    "a photograph of something that causes {}",
    "whoever sees this photo feels {}",
)
DEVICE_NAMES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")  # reserved as file names on Windows


class Emotion(BaseModel, frozen=True, extra="forbid"):
    """One emotion: its name, the words that name it in tags, their forms, and its valence sign.

    What nets that read are asked by, its phrases, changes no label and no picture: it is part of
    what only those results are filed under, see `affekt.models.zero_shot`.
    """

    idle: ClassVar[frozenset[str]] = frozenset({"phrases"})

    name: Name = Field(description="lower-case word; becomes column values and file names")
    keywords: tuple[str, ...] = Field((), description="tags that name it; the name itself if empty")
    forms: tuple[str, ...] = Field(
        (), description="other forms of these words; never searched, and matched only on request"
    )
    valence: Literal[-1, 0, 1] = Field(0, description="+1 pleasant, -1 unpleasant, 0 neither")
    phrases: tuple[Phrase, ...] = Field(
        (), description="what is put into the templates to ask a net that reads"
    )

    @field_validator("name")
    @classmethod
    def _is_no_device(cls, name: str) -> str:
        if DEVICE_NAMES.match(name):
            raise ValueError(f"{name!r} is a reserved device name; choose another word")
        return name

    @property
    def words(self) -> tuple[str, ...]:
        """The words to search and match: the keywords, or the name when none are given."""
        return self.keywords or (self.name,)


class Taxonomy(BaseModel, frozen=True, extra="forbid"):
    """An ordered set of two to 60 emotions, and the templates that nets which read are asked by."""

    idle: ClassVar[frozenset[str]] = frozenset({"templates"})

    name: Name
    emotions: tuple[Emotion, ...] = Field(min_length=2, max_length=60)  # one bit each in a word
    templates: tuple[Template, ...] = Field(
        TEMPLATES, min_length=1, description="texts with {} in the place of a phrase"
    )

    @model_validator(mode="after")
    def _are_distinct(self) -> Self:
        seen: dict[str, str] = {}
        for emotion in self.emotions:
            for word in sorted({emotion.name, *emotion.words, *emotion.forms}):
                other = seen.setdefault(word.casefold(), emotion.name)
                if other != emotion.name or self.names.count(emotion.name) > 1:
                    raise ValueError(
                        f"the word {word!r} names both {other!r} and {emotion.name!r}; "
                        "every name, keyword and form may stand once, capital letters aside"
                    )
        return self

    @property
    def phrases(self) -> dict[str, tuple[str, ...]]:
        """Phrases of each emotion that has some, by its name."""
        return {one.name: one.phrases for one in self.emotions if one.phrases}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the emotions, in order."""
        return tuple(emotion.name for emotion in self.emotions)

    def __len__(self) -> int:
        return len(self.emotions)


# Inflections and derivations of the eight words, no synonyms: "scared" is another word. Left out is
# what names the absence ("fearless") or has come to mean something else ("awesome", "awful",
# "content").
_FORMS = {
    "amusement": "amuse amused amusedly amusements amuses amusing amusingly",
    "awe": "awe-inspiring awe-struck awed awestruck",
    "contentment": "contented contentedly contentedness",
    "excitement": "excite excited excitedly excitements excites exciting excitingly",
    "anger": "angered angering angers angrier angriest angrily angry",
    "disgust": "disgusted disgustedly disgusting disgustingly disgusts",
    "fear": "feared fearful fearfully fearfulness fearing fears fearsome",
    "sadness": "sad sadden saddened saddening saddens sadder saddest sadly",
}
# Each name and one synonym, which fit behind every template; nobody looked at what nets answer.
_PHRASES = {
    "amusement": ("amusement", "mirth"),
    "awe": ("awe", "wonder"),
    "contentment": ("contentment", "peaceful happiness"),
    "excitement": ("excitement", "thrill"),
    "anger": ("anger", "rage"),
    "disgust": ("disgust", "revulsion"),
    "fear": ("fear", "dread"),
    "sadness": ("sadness", "sorrow"),
    "positive": ("pleasant feelings", "happiness"),
    "negative": ("unpleasant feelings", "distress"),
}


def _emotions(positive: str, negative: str) -> tuple[Emotion, ...]:
    signs = {**dict.fromkeys(positive.split(), 1), **dict.fromkeys(negative.split(), -1)}
    return tuple(
        Emotion(
            name=name,
            forms=tuple(_FORMS.get(name, "").split()),
            valence=sign,
            phrases=_PHRASES[name],
        )
        for name, sign in signs.items()
    )


MIKELS8 = Taxonomy(
    name="mikels8",
    emotions=_emotions("amusement awe contentment excitement", "anger disgust fear sadness"),
)
VALENCE2 = Taxonomy(name="valence2", emotions=_emotions("positive", "negative"))
KNOWN = {taxonomy.name: taxonomy for taxonomy in (MIKELS8, VALENCE2)}
