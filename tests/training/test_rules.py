"""Rates, losses, orders and views, each against what is known of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from affekt.errors import UsageError
from affekt.training.chance import batches, order
from affekt.training.extra import check_precision
from affekt.training.finetune import Finetune

torch = pytest.importorskip("torch")

from affekt.training.averaging import Average  # noqa: E402
from affekt.training.losses import class_weights, loss  # noqa: E402
from affekt.training.rates import optimiser_of, set_rates, share  # noqa: E402
from affekt.training.views import Kept, part  # noqa: E402
from tests.training.tiny import lesson, quick, tiny  # noqa: E402

LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.5, 0.0]])
TARGETS = torch.eye(3)[:2]
EQUAL = torch.ones(3)


def test_the_rate_rises_then_falls_along_a_cosine() -> None:
    """M45"""
    recipe = quick(warm_up=0.2)
    found = [share(step, 10, recipe) for step in range(10)]
    assert found[:3] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert found[6] == pytest.approx(0.5)
    assert found[2:] == sorted(found[2:], reverse=True)


def test_the_rate_falls_in_steps() -> None:
    """M45"""
    recipe = quick(schedule="steps", warm_up=0.0, drops=(0.5, 0.8))
    found = [share(step, 10, recipe) for step in range(10)]
    assert found == pytest.approx([1] * 5 + [0.1] * 3 + [0.01] * 2)


def test_the_new_layer_is_faster_and_norms_do_not_decay() -> None:
    """M45: two rate groups."""
    tuned = tiny()
    optimiser = optimiser_of(tuned.net, tuned.moving, tuned.new, quick(new_rate_factor=5.0))
    set_rates(optimiser, 0.5)
    rate_of = {id(one): group for group in optimiser.param_groups for one in group["params"]}
    named = {name: rate_of[id(one)] for name, one in tuned.net.named_parameters()}
    assert [named["trunk.weight"]["lr"], named["head.weight"]["lr"]] == pytest.approx(
        [0.005, 0.025]
    )
    decays = {name: group["weight_decay"] for name, group in named.items()}
    assert {name for name, decay in decays.items() if decay} == {"trunk.weight", "head.weight"}


def test_momentum_is_that_of_the_recipe() -> None:
    """M45"""
    tuned = tiny()
    recipe = quick(optimiser="sgd", momentum=0.7)
    optimiser = optimiser_of(tuned.net, tuned.moving, tuned.new, recipe)
    assert isinstance(optimiser, torch.optim.SGD)
    assert {group["momentum"] for group in optimiser.param_groups} == {0.7}


def test_a_picture_counts_as_its_class_does() -> None:
    """M45: a balanced loss is torch's with a weight a class."""
    weights = torch.tensor([1.0, 3.0, 2.0])
    found = loss(LOGITS, TARGETS, weights, quick(label_smoothing=0))
    wanted = torch.nn.functional.cross_entropy(LOGITS, torch.tensor([0, 1]), weight=weights)
    assert found.item() == pytest.approx(wanted.item(), abs=1e-6)


def test_cross_entropy_with_smoothing_is_torchs() -> None:
    found = loss(LOGITS, TARGETS, EQUAL, quick(label_smoothing=0.2))
    codes = torch.tensor([0, 1])
    wanted = torch.nn.functional.cross_entropy(LOGITS, codes, label_smoothing=0.2)
    assert found.item() == pytest.approx(wanted.item(), abs=1e-6)


def test_the_generalised_loss_runs_from_cross_entropy_to_absolute_error() -> None:
    """Zhang and Sabuncu (2018): q towards 0 is cross entropy, q = 1 is 1 - p."""
    exact = quick(label_smoothing=0)
    near = quick(label_smoothing=0, loss="generalised", q=1e-4)
    last = quick(label_smoothing=0, loss="generalised", q=1.0)
    entropy = loss(LOGITS, TARGETS, EQUAL, exact).item()
    assert loss(LOGITS, TARGETS, EQUAL, near).item() == pytest.approx(entropy, abs=1e-3)
    right = (torch.softmax(LOGITS, 1) * TARGETS).sum(1)
    assert loss(LOGITS, TARGETS, EQUAL, last).item() == pytest.approx((1 - right).mean().item())


@pytest.mark.parametrize("q", [0.3, 0.7])
def test_the_generalised_loss_is_its_formula(q: float) -> None:
    """M45; Zhang and Sabuncu (2018), equation 6: (1 - p^q) / q of the label's probability p."""
    found = loss(LOGITS, TARGETS, EQUAL, quick(label_smoothing=0, loss="generalised", q=q))
    powers = np.exp(LOGITS.double().numpy())
    right = (powers / powers.sum(axis=1, keepdims=True))[[0, 1], [0, 1]]
    assert found.item() == pytest.approx(((1 - right**q) / q).mean(), abs=1e-6)


def test_the_generalised_loss_lets_go_of_labels_that_never_fit() -> None:
    """Zhang and Sabuncu (2018), section 3.2: its slope is that of cross entropy, times p^q."""
    logits = torch.tensor([[-6.0, 6.0, 0.0]], requires_grad=True)
    wrong = torch.tensor([[1.0, 0.0, 0.0]])
    slopes = {}
    for name in ("cross_entropy", "generalised"):
        made = loss(logits, wrong, EQUAL, quick(label_smoothing=0, loss=name, q=0.7))
        (slopes[name],) = torch.autograd.grad(made, logits)
    p = torch.softmax(logits, 1)[0, 0].item()
    scaled = slopes["cross_entropy"] * p**0.7
    assert slopes["generalised"][0].tolist() == pytest.approx(scaled[0].tolist(), abs=1e-7)


def test_in_a_balanced_loss_every_class_counts_as_much() -> None:
    targets = np.eye(3, dtype=np.float32)[[0, 0, 0, 1]]
    found = class_weights(targets, quick(balance="loss"))
    assert found == pytest.approx([4 / 6, 2.0, 0.0])
    assert class_weights(targets, quick()) == pytest.approx([1, 1, 1])


def test_every_row_is_shown_once_an_epoch_in_another_order() -> None:
    train, codes = np.arange(5, 25), np.zeros(25, int)
    first, second = (order(train, codes, quick(), epoch) for epoch in (0, 1))
    assert sorted(first) == sorted(second) == train.tolist()
    assert first.tolist() != second.tolist()
    assert np.concatenate(batches(first, 7)).tolist() == first.tolist()
    assert order(train, codes, quick(seed=1), 0).tolist() != first.tolist()


def test_balanced_sampling_shows_rare_classes_as_often() -> None:
    codes = np.array([0] * 900 + [1] * 100)
    found = codes[order(np.arange(1000), codes, quick(balance="sampling"), 0)]
    assert found.mean() == pytest.approx(0.5, abs=0.06)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), least=st.floats(0.05, 1))
def test_a_random_part_lies_inside_and_is_large_enough(seed: int, least: float) -> None:
    box = part(np.random.default_rng(seed), 100, least)
    assert 0 <= box.left < box.right <= 100
    assert 0 <= box.upper < box.lower <= 100
    # A part that would be longer than the square is cut, to three quarters of its area at worst.
    assert (box.right - box.left) * (box.lower - box.upper) >= 10_000 * least * 0.74


def test_the_same_place_of_an_epoch_is_shown_the_same_and_others_are_not() -> None:
    views = lesson(quick()).views
    rows = np.array([3, 3])
    found = views.moving(rows, 0, 4)
    assert (found == views.moving(rows, 0, 4)).all()
    assert (found[1] == views.moving(rows[1:], 0, 5)[0]).all()
    assert (found[0] != found[1]).any()
    assert (views.moving(rows, 1, 4) != found).any()
    assert (lesson(quick(seed=1)).views.moving(rows, 0, 4) != found).any()


def test_a_picture_is_mirrored_at_every_other_place() -> None:
    views = lesson(quick(augment="mirror")).views
    rows = np.full(40, 3)
    plain, found = views.still(rows), views.moving(rows, 0, 0)
    is_plain = (found == plain).all(axis=(1, 2, 3))
    assert 0.2 < is_plain.mean() < 0.8
    assert (found[~is_plain] == plain[~is_plain][:, :, ::-1]).all()


def test_kept_values_are_plain_to_be_judged_and_sometimes_mirrored_to_learn() -> None:
    """M43: both views are kept."""
    values = np.stack([np.zeros((40, 2)), np.ones((40, 2))], axis=1).astype(np.float16)
    kept = Kept(values, quick(mode="last"))
    rows = np.arange(40)
    assert (kept.still(rows) == 0).all()
    assert 0.2 < kept.moving(rows, 0, 0).mean() < 0.8


def test_the_mean_of_weights_follows_them() -> None:
    tuned = tiny()
    average = Average(tuned.net, 0.9)
    before = average.weights()["head.bias"].clone()
    with torch.no_grad():
        tuned.net.head.bias += 1.0
    average.add(tuned.net, 0)
    assert average.weights()["head.bias"] == pytest.approx(before + 0.9)


def test_running_means_follow_ten_thousand_pictures() -> None:
    """M41"""
    assert [quick().moves_batch_norm(rows) for rows in (9_999, 10_000)] == [False, True]
    assert not quick(batch_norm="fixed").moves_batch_norm(10**6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"drops": (0.8, 0.5)}, "rising shares"),
        ({"mode": "head", "augment": "crop"}, "plain and mirrored"),
        ({"net": "alexnet"}, "efficientnet_lite0"),
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Finetune.model_validate(wrong)


def test_short_numbers_are_refused_where_they_would_be_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M36"""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    check_precision("float32", "cpu")
    with pytest.raises(UsageError, match="10 to 20 times slower"):
        check_precision("bfloat16", "cpu")
