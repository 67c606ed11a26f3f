"""Emotions by texts alone: which texts, what becomes of their vectors, and what is missing."""

import numpy as np
import pytest

from affekt.errors import AffektError, PartError
from affekt.models import Samples
from affekt.models.prior import Prior
from affekt.models.zero_shot import FittedZeroShot, ZeroShot, unit_length
from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy
from tests.models.letters import LENGTH, Letters

TWO = Taxonomy(
    name="two",
    emotions=(
        Emotion(name="calm", phrases=("peace", "quiet")),
        Emotion(name="tense", phrases=("stress",)),
    ),
    templates=("a photo of {}", "so much {}!"),
)
NONE = np.zeros((0, LENGTH), np.float32)


def fit(model: ZeroShot, *emotions: str) -> FittedZeroShot:
    return model.fit(Samples(NONE, np.zeros(0, int), emotions, ()))


def test_every_phrase_stands_in_every_template_and_their_unit_vectors_are_averaged() -> None:
    """M66: unit length, several templates an emotion, averaged, then normalised."""
    texts = Letters()
    fitted = fit(ZeroShot(taxonomy=TWO).with_texts(texts, TWO), "tense", "calm")
    calm = ["a photo of peace", "so much peace!", "a photo of quiet", "so much quiet!"]
    assert texts.asked == ["a photo of stress", "so much stress!", *calm]
    counts = Letters().read(calm).astype(float)
    mean = (counts / np.linalg.norm(counts, axis=1)[:, None]).mean(axis=0)
    assert fitted.texts[1] == pytest.approx(mean / np.linalg.norm(mean))
    assert np.linalg.norm(fitted.texts, axis=1) == pytest.approx(np.ones(2))


def test_probabilities_are_a_softmax_of_cosines_times_what_the_net_learned() -> None:
    """M66"""
    fitted = fit(ZeroShot(taxonomy=TWO).with_texts(Letters(), TWO), "calm", "tense")
    picture = np.random.default_rng(1).normal(size=LENGTH).astype(np.float32)
    cosines = fitted.texts @ picture / np.linalg.norm(picture)
    shares = np.exp(10 * cosines) / np.exp(10 * cosines).sum()
    found = fitted.probabilities(np.stack([picture, 7 * picture, 0 * picture]))
    assert found[0] == pytest.approx(shares)
    assert found[1] == pytest.approx(shares)  # a longer vector is no surer
    assert found[2] == pytest.approx([0.5, 0.5])


def test_the_prompts_are_told_with_that_nothing_was_learned() -> None:
    """M66: prompts in the report."""
    facts = fit(ZeroShot(taxonomy=TWO).with_texts(Letters(), TWO), "calm", "tense").facts
    assert facts == {
        "learned from": "no picture",
        "templates": ["a photo of {}", "so much {}!"],
        "phrases": {"calm": "peace, quiet", "tense": "stress"},
    }


def test_phrases_of_the_plan_come_first_then_those_of_the_data_set() -> None:
    texts = Letters()
    own = Taxonomy(
        name="own",
        emotions=(Emotion(name="positive", phrases=("bliss",)), Emotion(name="other")),
        templates=("{}",),
    )
    fit(ZeroShot(taxonomy=own).with_texts(texts, VALENCE2), "positive", "negative")
    assert texts.asked == ["bliss", *VALENCE2.phrases["negative"]]


def test_an_emotion_without_a_phrase_is_told() -> None:
    bare = Taxonomy(name="bare", emotions=(Emotion(name="calm"), Emotion(name="tense")))
    with pytest.raises(AffektError, match=r"'calm' has no phrase.*phrases = \[\"…\"\]"):
        fit(ZeroShot(taxonomy=MIKELS8).with_texts(Letters(), bare), "calm", "tense")


def test_vectors_of_another_length_than_those_of_texts_are_told() -> None:
    """Such as those of both views in a row."""
    model = ZeroShot(taxonomy=MIKELS8).with_texts(Letters(), MIKELS8)
    twice = Samples(np.zeros((1, 2 * LENGTH), np.float32), np.zeros(1, int), MIKELS8.names, ("a",))
    with pytest.raises(AffektError, match=r"pictures have 52 values and texts 26; leave .*`views`"):
        model.fit(twice)


def test_results_are_filed_under_prompts_and_texts_and_other_stages_under_neither() -> None:
    model = ZeroShot(taxonomy=MIKELS8).with_texts(Letters(), MIKELS8)
    other = Taxonomy(name="mikels8", emotions=MIKELS8.emotions, templates=("{}",))
    assert model.digest() != ZeroShot(taxonomy=other).with_texts(Letters(), MIKELS8).digest()
    assert model.identity()["texts"] == {"kind": "letters"}
    assert model.identity()["phrases"]["fear"] == ["fear", "dread"]
    assert VALENCE2.phrases.keys() == {"positive", "negative"}


def test_a_model_that_does_not_read_takes_no_texts() -> None:
    with pytest.raises(PartError, match="has no `with_texts`"):
        Prior().with_texts(Letters(), MIKELS8)


def test_a_vector_of_length_zero_stays_as_it_is() -> None:
    assert unit_length(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == [[0, 0], [0.6, 0.8]]
