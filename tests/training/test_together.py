"""Processes that share every step do what one alone does, and none outlives the first."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import torch

from affekt.errors import AffektError, UsageError
from affekt.training import group, job
from affekt.training.finetune import Finetune
from affekt.training.group import Group
from affekt.training.tuned import tuned
from affekt.training.views import Kept
from tests.patience import SECONDS
from tests.training import shared

ROOT = Path(__file__).parents[2]
PLAIN: dict[str, Any] = {  # a step is then the gradient times the rate
    "optimiser": "sgd", "momentum": 0, "weight_decay": 0, "clip": None, "averaging": 0,
    "schedule": "constant", "warm_up": 0, "dropout": 0, "balance": "loss",
}  # fmt: skip
MOVING: dict[str, Any] = {"batch_norm": "moving", "processes": 2}


@given(rows=st.integers(1, 40), size=st.integers(1, 9))
def test_every_row_of_a_batch_is_counted_by_one_process(rows: int, size: int) -> None:
    """M49: no row twice, none left out, and nobody without one."""
    shares = [Group(rank, size).share(rows) for rank in range(size)]
    every = np.arange(rows)
    counted = [every[one.rows] for one in shares if one.counts]
    assert np.concatenate(counted).tolist() == every.tolist()
    assert all(len(every[one.rows]) for one in shares)
    assert max(map(len, counted)) - min(map(len, counted)) <= 1


def test_a_process_without_a_picture_of_a_step_is_refused() -> None:
    with pytest.raises(ValidationError, match="set processes to 4 at most"):
        Finetune(batch=4, processes=5)


def test_another_process_is_told_all_of_a_run_and_sent_no_pictures(tmp_path: Path) -> None:
    held = {"classifier.bias": torch.arange(3.0)}
    one = shared.job(tmp_path / "run", seed=3)._replace(held=held)
    told = tmp_path / "told"
    told.mkdir()
    one.write(told)
    same = job.read(told)
    assert (same.recipe, same.checkpoints, same.every) == (one.recipe, one.checkpoints, 2)
    for name in ("targets", "train", "validate"):
        assert np.array_equal(getattr(same.lesson, name), getattr(one.lesson, name))
    rows = one.lesson.train
    assert np.array_equal(same.lesson.views.moving(rows, 1, 4), one.lesson.views.moving(rows, 1, 4))
    assert not (told / "values.npy").exists()
    assert same.held["classifier.bias"].tolist() == [0, 1, 2]


def test_a_part_of_an_array_on_the_disk_is_sent_as_it_is(tmp_path: Path) -> None:
    one = shared.job(tmp_path)
    views = one.lesson.views
    assert isinstance(views, Kept)
    some = replace(views, values=views.values[3:6])
    one._replace(lesson=replace(one.lesson, views=some)).write(tmp_path)
    rows = np.arange(3)
    assert np.array_equal(job.read(tmp_path).lesson.views.still(rows), views.still(rows + 3))


@pytest.mark.parametrize("how", ["is_initialized", "is_torchelastic_launched"])
def test_a_process_of_somebody_elses_group_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(torch.distributed, how, lambda: True)
    with pytest.raises(UsageError, match="without torchrun and set `processes`"):
        group.join(tmp_path / "meeting", 0, 1)


@pytest.fixture
def seen_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))


@pytest.mark.slow
@pytest.mark.usefixtures("seen_by_others")
def test_two_processes_learn_what_one_learns_and_judge_every_row_once(tmp_path: Path) -> None:
    """M49: gradients of the same batch, also of one with fewer rows than processes."""
    alone = shared.learned(shared.job(tmp_path / "one", **PLAIN))
    both = shared.job(tmp_path / "two", processes=2, **PLAIN)
    found = shared.learned(both)
    net = tuned(both.recipe, shared.CLASSES).net
    start = {name: one.clone() for name, one in net.state_dict().items()}
    assert found.moved == alone.moved
    for name in found.moved:
        wanted = alone.weights[name] - start[name]
        apart = (found.weights[name] - alone.weights[name]).abs().max()
        assert apart < 1e-4 * wanted.abs().max(), name
    (epoch,), (of_one,) = found.history, alone.history
    assert epoch.loss == pytest.approx(of_one.loss, rel=1e-5)
    net.load_state_dict(found.weights)
    net.eval()
    rows = both.lesson.validate
    codes = torch.from_numpy(both.lesson.codes[rows])
    with torch.inference_mode():
        said = net.from_activation(torch.from_numpy(both.lesson.views.still(rows)))
    assert epoch.accuracy == int((said.argmax(1) == codes).sum()) / len(rows)
    loss = torch.nn.functional.cross_entropy(said, codes)
    assert epoch.validation_loss == pytest.approx(loss.item(), rel=1e-5)


def is_there(folder: Path) -> bool:
    """Tell whether a process beside the first of this folder runs; a dead one has no words."""
    asked = [f"affekt.training.beside\0{folder}".encode()]
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if any(one in place.read_bytes() for one in asked):
                return True
        except OSError:  # it ended while it was looked at
            continue
    return False


@pytest.mark.slow
@pytest.mark.usefixtures("seen_by_others")
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks processes up in /proc")
def test_a_killed_run_leaves_nobody_and_goes_on_bit_for_bit(tmp_path: Path) -> None:
    """M47, M49: with dropout, averaged weights and running means, which all processes share."""
    whole = shared.learned(shared.job(tmp_path / "whole", **MOVING))
    command = [sys.executable, "-m", "tests.training.shared", str(tmp_path), json.dumps(MOVING)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "step 3\n"
        assert is_there(tmp_path)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    end = time.monotonic() + SECONDS
    while is_there(tmp_path):
        assert time.monotonic() < end, "a process outlived the first one"
        time.sleep(0.05)
    gone_on = shared.learned(shared.job(tmp_path, **MOVING))
    assert shared.digest(gone_on) == shared.digest(whole)


@pytest.mark.slow
@pytest.mark.usefixtures("seen_by_others")
def test_what_one_process_cannot_do_ends_all_with_a_sentence(tmp_path: Path) -> None:
    """M49: the second one judges the second batch, which names a picture that is not there."""
    wrong = shared.job(tmp_path, processes=2)
    rows = wrong.lesson.validate.copy()
    rows[-1] = 99
    lesson = replace(wrong.lesson, validate=rows)
    with pytest.raises(
        AffektError,
        match=r"process 2 of 2 failed .*: IndexError: index 99 is out of bounds .*; run again",
    ):
        shared.learned(wrong._replace(lesson=lesson))
    assert not torch.distributed.is_initialized()
