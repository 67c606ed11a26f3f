"""The head steps as PyTorch's AdamW does, and learns what can be learned."""

import numpy as np
import pytest

from affekt.models.head import Head, _Layer
from tests.models.toys import toy


def test_a_step_is_that_of_pytorch() -> None:
    """M42: the layer of the mode `head`, without PyTorch."""
    torch = pytest.importorskip("torch")
    draw = np.random.default_rng(0)
    ours = _Layer.empty(4, 3)
    weights, biases = (torch.zeros(shape, requires_grad=True) for shape in ((4, 3), (3,)))
    theirs = torch.optim.AdamW(
        [{"params": [weights], "weight_decay": 0.1}, {"params": [biases], "weight_decay": 0.0}],
        lr=0.05,
    )
    for _ in range(5):
        slope = draw.normal(size=(4, 3)).astype(np.float32), draw.normal(size=3).astype(np.float32)
        ours = ours.moved(slope, 0.05, 0.1)
        weights.grad, biases.grad = torch.from_numpy(slope[0]), torch.from_numpy(slope[1])
        theirs.step()
    assert ours.weights == pytest.approx(weights.detach().numpy(), abs=1e-5)
    assert ours.biases == pytest.approx(biases.detach().numpy(), abs=1e-5)


def test_smoothing_keeps_it_from_being_too_sure() -> None:
    train = toy(120, 5, spread=6.0)
    sure, modest = (
        Head(seed=1, epochs=30, rate=0.1, label_smoothing=share)
        .fit(train)
        .probabilities(train.vectors)
        for share in (0.0, 0.3)
    )
    assert sure.max(axis=1).mean() > 0.97
    assert modest.max(axis=1).mean() == pytest.approx(0.8, abs=0.05)


def test_the_loss_falls_and_is_told() -> None:
    facts = Head(seed=1, epochs=5, batch=16).fit(toy(60, 5)).facts
    assert facts["steps"] == 5 * 4
    assert facts["last_loss"] < facts["first_loss"]


def test_balance_lifts_a_rare_emotion() -> None:
    train = toy(300, 3, emotions=2, spread=0.5)
    kept = np.flatnonzero((train.codes == 0) | (np.arange(300) < 40))
    plain, lifted = (
        Head(seed=1, balance=one).fit(train.of(kept)).probabilities(train.vectors)
        for one in (False, True)
    )
    assert lifted[:, 1].mean() > plain[:, 1].mean() + 0.15
