"""The loop learns, moves what it is told to move, and can be broken off anywhere."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import torch

from affekt.training.checkpoints import Checkpoints
from tests.patience import SECONDS
from tests.training import killed
from tests.training.tiny import lesson, quick, same, tiny, trained

ROOT = Path(__file__).parents[2]


def test_it_learns_what_can_be_learned(tmp_path: Path) -> None:
    learned = trained(tmp_path, quick(epochs=12, averaging=0.5))
    assert learned.history[-1].loss < learned.history[0].loss
    assert learned.history[learned.chosen].accuracy == 1.0


def test_the_chosen_epoch_is_the_best_on_the_validation_part_with_its_standard_error(
    tmp_path: Path,
) -> None:
    """M46"""
    learned = trained(tmp_path, quick(epochs=5, rate=1e-3))
    best = max(one.accuracy or 0 for one in learned.history)
    chosen = learned.history[learned.chosen]
    assert chosen.accuracy == best
    assert 0 < best < 1
    assert chosen.standard_error == pytest.approx((best * (1 - best) / 6) ** 0.5)


def test_of_equally_good_epochs_the_one_with_the_least_loss_is_chosen(tmp_path: Path) -> None:
    """M46"""
    learned = trained(tmp_path, quick(epochs=12, averaging=0.5))
    best = [one for one in learned.history if one.accuracy == 1.0]
    assert len({one.validation_loss for one in best}) > 1
    assert learned.history[learned.chosen].validation_loss == min(
        one.validation_loss for one in best if one.validation_loss is not None
    )


def test_a_gradient_is_cut_to_its_longest(tmp_path: Path) -> None:
    """M45: a step of SGD is then no longer than the rate times that."""
    recipe = quick(optimiser="sgd", momentum=0, weight_decay=0, averaging=0, clip=0.01, epochs=1)
    steps = 3  # of 24 pictures
    before = tiny().net.state_dict()
    learned = trained(tmp_path, recipe)
    moved = [(learned.weights[name] - before[name]).norm() for name in learned.moved]
    assert (
        0 < torch.stack(moved).norm() <= 1.01 * steps * recipe.rate * recipe.new_rate_factor * 0.01
    )


def test_without_a_validation_part_the_last_epoch_is_taken(tmp_path: Path) -> None:
    recipe = quick()
    learned = trained(tmp_path, recipe, lesson(recipe, validate=0))
    assert learned.chosen == 2
    assert [one.accuracy for one in learned.history] == [None] * 3


def test_what_the_validation_part_says_moves_no_weight(tmp_path: Path) -> None:
    """M46: with other validation pictures every step is the same, only the choice may differ."""
    recipe = quick(epochs=2)
    given = lesson(recipe)
    fewer = replace(given, validate=given.validate[:2])
    one, other = (
        trained(tmp_path / str(at), recipe, part) for at, part in enumerate((given, fewer))
    )
    assert [epoch.loss for epoch in one.history] == [epoch.loss for epoch in other.history]


@pytest.mark.parametrize(
    ("moving", "still"),
    [(("head",), ("trunk.weight", "norm.weight")), (("norm", "head"), ("trunk.weight",))],
)
def test_only_what_is_to_move_moves(
    tmp_path: Path, moving: tuple[str, ...], still: tuple[str, ...]
) -> None:
    """M40"""
    learned = trained(tmp_path, quick(weight_decay=0.5), tuned=tiny(moving))
    assert all(name.startswith(moving) for name in learned.moved)
    assert not set(still) & set(learned.moved)
    assert "head.weight" in learned.moved


@pytest.mark.parametrize(("batch_norm", "is_moved"), [("auto", False), ("moving", True)])
def test_running_means_stay_under_ten_thousand_pictures(
    tmp_path: Path, batch_norm: str, is_moved: bool
) -> None:
    """M41"""
    learned = trained(tmp_path, quick(batch_norm=batch_norm))
    assert ("norm.running_mean" in learned.moved) == is_moved


def test_weights_are_channels_last(tmp_path: Path) -> None:
    """M41"""
    tuned = tiny()
    trained(tmp_path, quick(epochs=1), tuned=tuned)
    weight = dict(tuned.net.named_parameters())["trunk.weight"]
    assert weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("stop_at", [1, 4, 6, 7])
@pytest.mark.parametrize(
    "settings", [{}, {"optimiser": "sgd", "averaging": 0}, {"balance": "sampling"}]
)
def test_broken_off_and_run_again_is_as_if_never_broken_off(
    tmp_path: Path, stop_at: int, settings: dict[str, object]
) -> None:
    """M47: in the first step, inside an epoch, at its end, behind it."""
    recipe = quick(batch_norm="moving", **settings)
    whole = trained(tmp_path / "whole", recipe)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "broken", recipe, every=2, stop_at=stop_at)
    assert same(trained(tmp_path / "broken", recipe, every=2), whole)


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    recipe = quick()
    one, two = (trained(tmp_path / str(n), recipe, workers=n) for n in (1, 2))
    assert same(one, two)


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    one, two = (trained(tmp_path / str(seed), quick(seed=seed)) for seed in (1, 2))
    assert not same(one, two)


def test_the_settings_of_the_process_are_put_back(tmp_path: Path) -> None:
    """M48: a run fixes what it can, and leaves no trace of it."""
    before = torch.get_rng_state(), torch.get_num_threads()
    trained(tmp_path, quick(epochs=1))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]
    assert not torch.are_deterministic_algorithms_enabled()


def test_patience_ends_a_run_that_gains_nothing(tmp_path: Path) -> None:
    recipe = quick(epochs=9, rate=1e-12, patience=2, averaging=0)
    assert len(trained(tmp_path, recipe).history) == 3


def test_soft_targets_are_learned_as_shares(tmp_path: Path) -> None:
    """M45"""
    recipe = quick(epochs=30, label_smoothing=0, augment="none", averaging=0, rate=0.05)
    given = lesson(recipe, validate=0)
    shares = np.tile(np.array([[0.5, 0.3, 0.2]], np.float32), (30, 1))
    tuned = tiny()
    trained(tmp_path, recipe, replace(given, targets=shares), tuned)
    tuned.net.eval()
    with torch.inference_mode():
        shown = torch.from_numpy(given.views.still(given.train))
        said = torch.softmax(tuned.net(tuned.prepare(shown)), 1).mean(0)
    assert said.numpy() == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_a_checkpoint_that_is_not_whole_is_passed_over(tmp_path: Path) -> None:
    """M47"""
    recipe = quick()
    whole = trained(tmp_path / "whole", recipe)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "broken", recipe, every=1, stop_at=5)
    standing = sorted((tmp_path / "broken").iterdir())
    assert len(standing) == 2
    data = (standing[-1] / "state.safetensors").read_bytes()
    (standing[-1] / "state.safetensors").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert same(trained(tmp_path / "broken", recipe, every=1), whole)


def test_half_a_checkpoint_is_none(tmp_path: Path) -> None:
    keep = Checkpoints(tmp_path, keep=1)
    (tmp_path / ".0000000001.part").mkdir()
    assert keep.latest() is None
    for step in (1, 2):
        keep.save(step, {"x": torch.tensor([step])}, {"step": step})
    assert [path.name for path in tmp_path.glob("0*")] == ["0000000002"]
    saved = keep.latest()
    assert saved is not None
    assert (saved.tensors["x"].item(), saved.facts) == (2, {"step": 2})


def started(folder: Path, workers: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.training.killed", str(folder), str(workers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def finished(folder: Path, workers: int) -> str:
    with started(folder, workers) as process:
        told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    return told.splitlines()[-1]


@pytest.mark.slow
def test_a_killed_process_is_gone_on_with_bit_for_bit(tmp_path: Path) -> None:
    """M47: killed by the system in the middle, and then with another number of workers."""
    with started(tmp_path / "killed", 2) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "step 5\n":
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    whole = killed.run(tmp_path / "whole", 2, lambda line: None)
    assert finished(tmp_path / "killed", 1) == whole
