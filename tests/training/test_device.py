"""A run computes on one device, asked for in its recipe; no test here has a graphics card."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")

import torch
from torch import Tensor

from affekt.errors import MachineError, UsageError
from affekt.training.checkpoints import Checkpoints
from affekt.training.device import device_of, named, placed, precision
from affekt.training.extra import check_precision, device_kind
from affekt.training.finetune import Finetune
from affekt.training.loop import Run
from tests.training.tiny import Tiny, lesson, quick, tiny, trained

META = torch.device("meta")  # holds shapes alone, and refuses to compute with what lies elsewhere
EACH: list[dict[str, Any]] = [
    {"averaging": 0.9, "batch_norm": "moving", "balance": "loss"},
    {"averaging": 0, "optimiser": "sgd", "loss": "generalised", "clip": None},
]


@pytest.fixture
def two_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.parametrize("settings", EACH)
def test_steps_and_judgement_stay_where_the_net_is(settings: dict[str, Any]) -> None:
    """M45, M49: up to where numbers are read, which the device without any then refuses."""
    recipe = quick(epochs=1, batch=4, **settings)  # 24 rows to learn from, 6 to judge by
    seen: list[tuple[str, bool]] = []
    steps: list[int] = []

    def answer(net: Any, x: Tensor) -> Tensor:
        seen.append((x.device.type, net.training))
        logits: Tensor = net(x)
        return logits

    given = replace(tiny(), answer=answer)
    net = given.net.to(META)
    run = Run(given, lesson(recipe), recipe)
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):
        run.learn(lambda done, _: steps.append(done))
    assert steps == [1, 2, 3, 4, 5, 6]
    assert seen == [("meta", True)] * 6 + [("meta", False)] * 2  # so the first was not read
    assert {one.device for one in net.state_dict().values()} == {META}


def test_a_net_on_another_device_is_not_fed_from_the_processor() -> None:
    """That the device of the test above would tell."""
    with pytest.raises(RuntimeError, match="meta"):
        Tiny().to(META)(torch.zeros(1, 3, 8, 8))


def test_an_array_is_placed_as_it_is() -> None:
    array = lesson(quick()).targets
    assert (placed(array[::-1], torch.device("cpu")).numpy() == array[::-1]).all()
    assert placed(array, META).shape == array.shape


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_without_a_card_the_processor_computes(device: str) -> None:
    assert device_of(Finetune(device=device)) == torch.device("cpu")
    assert named(torch.device("cpu")) == "processor"


def test_a_card_that_is_not_there_is_missed_in_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"finds no graphics card here .* set it to 'auto' or"):
        device_kind(Finetune(device="cuda"))


@pytest.mark.usefixtures("two_cards")
def test_each_process_has_a_card_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """M49"""
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)  # put back what is set
    found = [device_of(Finetune(processes=2), rank) for rank in (0, 1)]
    assert found == [torch.device("cuda", 0), torch.device("cuda", 1)]
    assert device_kind(Finetune(processes=3, device="cpu")) == "cpu"
    with pytest.raises(UsageError, match=r"processes are 3 and graphics cards here 2; .* to 2 at"):
        device_kind(Finetune(processes=3))


def test_short_numbers_need_a_card_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """M36"""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (8, 0))
    check_precision("bfloat16", "cuda")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (7, 5))
    check_precision("float32", "cuda")
    with pytest.raises(UsageError, match="this graphics card has no instructions"):
        check_precision("bfloat16", "cuda")


@pytest.mark.parametrize(
    ("name", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_a_forward_pass_has_the_precision_of_the_recipe(name: Any, dtype: torch.dtype) -> None:
    """M36"""
    net, shown = Tiny(), torch.zeros(1, 3, 8, 8)
    with precision(quick(precision=name), shown.device):
        assert net(shown).dtype == dtype
    assert net(shown).dtype == torch.float32


def test_too_little_memory_of_a_card_is_told_in_a_sentence(tmp_path: Path) -> None:
    def answer(net: Any, x: Tensor) -> Tensor:
        raise torch.cuda.OutOfMemoryError

    with pytest.raises(MachineError, match="a step of 8 pictures; set a smaller batch"):
        trained(tmp_path, quick(), tuned=replace(tiny(), answer=answer))
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_run_does_not_go_on_on_another_device(tmp_path: Path) -> None:
    """M47, M48: half of it would have other last digits, and nothing would say so."""
    recipe = quick()
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, recipe, every=1, stop_at=4)
    given = tiny()
    given.net.to(META)
    run = Run(given, lesson(recipe), recipe, Checkpoints(tmp_path))
    with pytest.raises(UsageError, match="began on 'cpu' and would go on on 'meta'"):
        run.learn()


def test_checkpoints_say_where_the_run_is(tmp_path: Path) -> None:
    trained(tmp_path, quick(epochs=1))
    saved = Checkpoints(tmp_path).latest()
    assert saved is not None
    assert saved.facts["device"] == "cpu"
    assert {name for name in saved.tensors if name.startswith("random")} == {"random.0.processor"}
