"""What the model card of a trained net says."""

import pytest

from affekt.training.card import About, card
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
