"""Emotions: the eight of Mikels, two of valence, and any a plan writes."""

import pytest
from pydantic import ValidationError

from affekt.stages.sample import Sample
from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy


def taxonomy(*names: str) -> Taxonomy:
    return Taxonomy(name="mine", emotions=tuple(Emotion(name=name) for name in names))


def test_the_eight_emotions_stand_positive_first() -> None:
    """A2."""
    assert MIKELS8.names == (
        "amusement", "awe", "contentment", "excitement", "anger", "disgust", "fear", "sadness",
    )  # fmt: skip
    assert [emotion.valence for emotion in MIKELS8.emotions] == [1] * 4 + [-1] * 4


def test_valence_has_two_sides() -> None:
    assert VALENCE2.names == ("positive", "negative")


def test_an_emotion_without_keywords_is_searched_by_its_name() -> None:
    assert MIKELS8.emotions[0].words == ("amusement",)


@pytest.mark.parametrize("names", [(), ("fear",), ("fear", "fear")])
def test_too_few_or_equal_emotions_are_refused(names: tuple[str, ...]) -> None:
    """B07."""
    with pytest.raises(ValidationError):
        taxonomy(*names)


def test_a_keyword_of_two_emotions_is_refused_whatever_its_case() -> None:
    """B07."""
    with pytest.raises(ValidationError, match="names both 'fear' and 'anger'"):
        Taxonomy(
            name="mine",
            emotions=(
                Emotion(name="fear", keywords=("Dread",)),
                Emotion(name="anger", keywords=("dread",)),
            ),
        )


def test_every_emotion_that_affekt_knows_has_phrases_to_ask_a_net_by() -> None:
    """M66"""
    assert MIKELS8.phrases.keys() == set(MIKELS8.names)
    assert VALENCE2.phrases.keys() == set(VALENCE2.names)
    assert len(MIKELS8.templates) > 1


@pytest.mark.parametrize("template", ["a photo", "{} and {}", "{emotion}", "a\n{}", ""])
def test_a_template_has_one_place_for_a_phrase(template: str) -> None:
    with pytest.raises(ValidationError, match="templates"):
        Taxonomy(name="mine", emotions=MIKELS8.emotions, templates=(template,))
    with pytest.raises(ValidationError, match="phrases"):
        Emotion(name="fear", phrases=("{}",))


def test_what_a_net_is_asked_by_is_no_part_of_what_other_results_are_filed_under() -> None:
    plain = Taxonomy(
        name=MIKELS8.name,
        emotions=tuple(one.model_copy(update={"phrases": ()}) for one in MIKELS8.emotions),
        templates=("{}",),
    )
    assert (
        Sample(taxonomy=plain, seed=1, per_emotion=3).digest()
        == Sample(taxonomy=MIKELS8, seed=1, per_emotion=3).digest()
    )
    other = plain.model_copy(update={"name": "other"})
    assert (
        Sample(taxonomy=other, seed=1, per_emotion=3).digest()
        != Sample(taxonomy=MIKELS8, seed=1, per_emotion=3).digest()
    )


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "c:", "con", "lpt1", ".hidden", "x" * 300, "", "Fear", "a b", "nul"]
)
def test_a_name_never_becomes_a_path(name: str) -> None:
    """B06."""
    with pytest.raises(ValidationError):
        Emotion(name=name)
