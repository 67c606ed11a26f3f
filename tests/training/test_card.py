"""What the model card of a trained net says."""

import pytest

from affekt.training.card import About, card, measured
from affekt.training.finetune import Finetune

EPOCH = {
    "epoch": 0, "loss": 1.5, "validation_loss": 1.25, "accuracy": 0.5, "standard_error": 0.1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("processes", "told"),
    [(1, []), (3, ["- a step: 32 pictures in all, at most 11 in each of 3 processes"])],
)
def test_the_effective_batch_is_stated(processes: int, told: list[str]) -> None:
    """M49"""
    recipe = Finetune(processes=processes).model_dump(mode="json")
    text = card(
        About(("awe", "fear"), "two", {}, recipe, {"mode": "full"}, [EPOCH], 0, "processor")
    )
    assert [line for line in text.splitlines() if line.startswith("- a step")] == told
    assert "- batch: 32\n" in text
    assert "- trained on: processor\n" in text
    assert "50.0% ± 10.0%" in text


def about(accuracy: float | None, **parts: int) -> About:
    epoch = {**EPOCH, "accuracy": accuracy}
    data = {"pictures": parts}
    recipe = Finetune().model_dump(mode="json")
    return About(("awe", "fear"), "two", data, recipe, {"mode": "full"}, [epoch], 0, "processor")


def test_accuracy_is_told_with_the_part_the_number_and_an_interval() -> None:
    """S1: by hand, Wilson's interval of 8 in 10 is 0.490 to 0.943."""
    (one,) = measured(about(0.8, train=30, validate=10))
    assert (one["part"], one["pictures"], one["value"]) == ("validate", 10, 0.8)
    assert one["interval"]["low"] == pytest.approx(0.490, abs=0.001)
    assert one["interval"]["high"] == pytest.approx(0.943, abs=0.001)
    assert "from 49.0% to 94.3% (Wilson, 10 pictures)" in card(about(0.8, validate=10))


@pytest.mark.parametrize("told", [about(None, train=30), about(None), about(0.8, train=30)])
def test_without_a_validation_part_nothing_was_measured(told: About) -> None:
    assert measured(told) == []
