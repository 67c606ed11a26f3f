"""The loop: shows batches, moves weights, judges by the validation part, and can be killed.

It takes any module. What it reached is kept every so many steps and at the end of every epoch; run
again on the same folder it goes on behind the last whole checkpoint, with the same numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from affekt.errors import UsageError
from affekt.training.averaging import Average
from affekt.training.chance import Rows, batches, order
from affekt.training.checkpoints import Checkpoints, Saved
from affekt.training.device import (
    lies_on,
    placed,
    precision,
    random_states,
    set_random_states,
    settled,
)
from affekt.training.finetune import Finetune
from affekt.training.group import ALONE, Group
from affekt.training.losses import class_weights, loss
from affekt.training.rates import optimiser_of, set_rates, share
from affekt.training.views import Shown, Views, ahead

Watch = Callable[[int, int], None]  # told steps done, and steps in all


@dataclass(frozen=True)
class Tuned:
    """A net and how it is to be trained.

    Attributes:
        net: Any module; what it holds at the start is what it starts from, and where it lies is
            where the run computes.
        answer: Gives logits of a prepared batch, `torch.nn.Module.__call__` or a part of it.
        prepare: Turns what `Views` give, as a tensor where the net is, into what it takes.
        moving: Names of the parameters that learn.
        new: Those of them that were not trained before and learn faster.
    """

    net: nn.Module
    answer: Callable[[Any, Tensor], Tensor]
    prepare: Callable[[Tensor], Tensor]
    moving: frozenset[str]
    new: frozenset[str]


@dataclass(frozen=True)
class Lesson:
    """What is learned from.

    Attributes:
        views: Every row as the net is shown it.
        targets: Shares of the classes, each row sums to 1; float32.
        train: Rows to learn from.
        validate: Rows to judge by; may be empty.
    """

    views: Views
    targets: Float[np.ndarray, "row class"]
    train: Rows
    validate: Rows

    @property
    def codes(self) -> Rows:
        """Class with the largest share of each row, the first of several."""
        codes: Rows = self.targets.argmax(axis=1)
        return codes


class Epoch(NamedTuple):
    """What one epoch brought; accuracy and its standard error are those of the validation part."""

    epoch: int
    loss: float
    validation_loss: float | None = None
    accuracy: float | None = None
    standard_error: float | None = None


@dataclass
class Progress:
    """Where a run stands; with the tensors beside it, all that going on needs."""

    step: int = 0
    epoch: int = 0
    within: int = 0  # batches of this epoch that are done
    loss_sum: float = 0.0
    shown: int = 0
    history: list[Epoch] = field(default_factory=list)


class Learned(NamedTuple):
    """What a run gave.

    Attributes:
        weights: Of the epoch that was chosen, all entries of the net; on the processor.
        history: One entry an epoch.
        chosen: Number of the epoch.
        moved: Names of the weights that are not what they were.
    """

    weights: dict[str, Tensor]
    history: list[Epoch]
    chosen: int
    moved: list[str]


class Run:
    """One training run; call `learn` once.

    Args:
        tuned: The net, which is left as the last step made it.
        lesson: What it learns from.
        recipe: How.
        checkpoints: Where what was reached is kept; the run goes on behind the last whole one.
            None: nothing is kept.
        workers: Threads that prepare batches; changes no result.
        every: Steps between two checkpoints inside an epoch.
    """

    def __init__(
        self,
        tuned: Tuned,
        lesson: Lesson,
        recipe: Finetune,
        checkpoints: Checkpoints | None = None,
        *,
        workers: int = 1,
        every: int = 200,
    ) -> None:
        self._tuned, self._lesson, self._recipe = tuned, lesson, recipe
        self._checkpoints, self._workers, self._every = checkpoints, workers, every
        net = tuned.net.to(memory_format=torch.channels_last)
        self._device = lies_on(net)
        for name, one in net.named_parameters():
            one.requires_grad_(name in tuned.moving)
        self._start = {name: one.detach().clone() for name, one in net.state_dict().items()}
        self._average = Average(net, recipe.averaging)
        self._optimiser = optimiser_of(net, tuned.moving, tuned.new, recipe)
        self._class_weights = self._placed(class_weights(lesson.targets[lesson.train], recipe))
        self._best: dict[str, Tensor] = {}  # on the processor
        self._lost: list[tuple[Tensor, int]] = []  # steps whose losses no one has read
        self._at = Progress()
        self._group = ALONE
        self._way: nn.Module = _Way(tuned)

    def learn(self, watch: Watch = lambda done, steps: None, group: Group = ALONE) -> Learned:
        """Train until the last epoch, or until the validation part has not gained for long.

        Every process of a group calls this with the same run; what it gives is the same to each,
        and the first one alone keeps checkpoints.
        """
        self._group = group
        with settled(self._recipe, group.rank, self._device):
            self._restore(self._checkpoints.latest() if self._checkpoints else None)
            self._way = group.in_step(self._way)
            steps = self._steps_an_epoch() * self._recipe.epochs
            while not self._is_over():
                for _ in self._epoch(steps):
                    watch(self._at.step, steps)
        if not self._best:
            self._best = {name: one.cpu() for name, one in self._average.weights().items()}
        moved = [
            name
            for name, one in self._best.items()
            if not torch.equal(one, self._start[name].cpu())
        ]
        return Learned(self._best, self._at.history, self._chosen(), moved)

    def _epoch(self, steps: int) -> Iterator[None]:
        at, lesson = self._at, self._lesson
        rows = order(lesson.train, lesson.codes, self._recipe, at.epoch)
        cut = batches(rows, self._recipe.batch)
        self._set_mode()
        for number, batch in ahead(self._batch, cut, at.within, self._workers):
            self._step(batch, cut[number], steps)
            at.within = number + 1
            yield
            if at.step % self._every == 0 and at.within < len(cut):
                self._save()
        self._judge()
        at.epoch, at.within, at.loss_sum, at.shown = at.epoch + 1, 0, 0.0, 0
        self._save()

    def _batch(self, number: int, rows: Rows) -> tuple[int, Shown]:
        first, own = number * self._recipe.batch, self._group.share(len(rows)).rows
        return number, self._lesson.views.moving(rows, self._at.epoch, first, own)

    def _step(self, shown: Shown, rows: Rows, steps: int) -> None:
        targets = self._placed(self._lesson.targets[rows])
        own, counts = self._group.share(len(rows))
        set_rates(self._optimiser, share(self._at.step, steps, self._recipe))
        with precision(self._recipe, self._device):
            logits = self._way(self._tuned.prepare(self._placed(shown)))
        found = loss(logits, targets[own], self._class_weights, self._recipe, targets) * counts
        self._optimiser.zero_grad(set_to_none=True)
        (found * self._group.size).backward()  # of which the group's mean is the batch's gradient
        if self._recipe.clip is not None:
            torch.nn.utils.clip_grad_norm_(self._learning(), self._recipe.clip)
        self._optimiser.step()
        if self._recipe.moves_batch_norm(len(self._lesson.train)):
            self._group.level(self._tuned.net)
        self._average.add(self._tuned.net, self._at.step)
        self._at.step += 1
        self._lost.append((self._group.total(found), len(rows)))
        self._at.shown += len(rows)

    def _add_losses(self) -> None:
        """Add what steps have lost to the sum; a card that works ahead is waited for here."""
        for found, n_rows in self._lost:
            self._at.loss_sum += found.item() * n_rows
        self._lost.clear()

    def _judge(self) -> None:
        """Add the epoch to the history, and keep its weights if none before were better."""
        at, n = self._at, len(self._lesson.validate)
        right, lost = self._judged() if n else (0.0, 0.0)
        self._add_losses()
        mean = at.loss_sum / at.shown
        if not n:
            at.history.append(Epoch(at.epoch, mean))
            return
        accuracy = right / n
        error = sqrt(accuracy * (1 - accuracy) / n)
        at.history.append(Epoch(at.epoch, mean, lost / n, accuracy, error))
        if self._chosen() == at.epoch:
            weights = self._average.weights()
            self._best = {name: one.detach().to("cpu", copy=True) for name, one in weights.items()}

    def _judged(self) -> tuple[float, float]:
        """Count what is right in the validation part, and sum its losses, each row once.

        Whole batches are dealt out to the processes and summed in their order, so that the number
        of processes changes neither sum by a bit.
        """
        judged = self._average.net
        judged.eval()
        cut = batches(self._lesson.validate, self._recipe.batch)
        sums = torch.zeros(len(cut), 2, dtype=torch.float64, device=self._device)
        for number in range(self._group.rank, len(cut), self._group.size):
            logits = self._answer(judged, self._lesson.views.still(cut[number]))
            codes = self._placed(self._lesson.codes[cut[number]])
            lost = torch.nn.functional.cross_entropy(logits, codes, reduction="sum")
            sums[number] = torch.stack([(logits.argmax(1) == codes).sum(), lost])
        right, losses = self._group.total(sums).T.tolist()
        return sum(right), sum(losses)

    def _answer(self, net: nn.Module, shown: Shown) -> Tensor:
        with torch.inference_mode():
            return self._tuned.answer(net, self._tuned.prepare(self._placed(shown))).float()

    def _placed(self, array: NDArray[Any]) -> Tensor:
        return placed(array, self._device)

    def _chosen(self) -> int:
        """Give the epoch with the highest accuracy, of several the one with the least loss."""
        judged = [one for one in self._at.history if one.accuracy is not None]
        if not judged:
            return len(self._at.history) - 1
        return max(judged, key=lambda one: (one.accuracy, -(one.validation_loss or 0))).epoch

    def _is_over(self) -> bool:
        if self._at.epoch >= self._recipe.epochs:
            return True
        patience = self._recipe.patience
        if patience is None or not self._at.history or not len(self._lesson.validate):
            return False
        return self._at.epoch - 1 - self._chosen() >= patience

    def _steps_an_epoch(self) -> int:
        return -(-len(self._lesson.train) // self._recipe.batch)

    def _set_mode(self) -> None:
        """Let dropout work; batch normalisation follows the pictures only where it is told to."""
        net = self._tuned.net
        net.train()
        if self._recipe.moves_batch_norm(len(self._lesson.train)):
            return
        for module in net.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()

    def _learning(self) -> list[nn.Parameter]:
        return [one for one in self._tuned.net.parameters() if one.requires_grad]

    def _save(self) -> None:
        if self._checkpoints is None:
            return
        states = random_states(self._device)
        random = {  # sent from where the net is, because processes with cards talk through these
            name: self._group.of_each(one.to(self._device)) for name, one in states.items()
        }
        if self._group.rank:
            return
        self._add_losses()
        named = {f"net.{name}": one for name, one in self._tuned.net.state_dict().items()}
        if self._average.net is not self._tuned.net:  # no tensor may stand under two names
            named |= {f"average.{name}": one for name, one in self._average.weights().items()}
        named |= {f"best.{name}": one for name, one in self._best.items()}
        state = self._optimiser.state_dict()["state"]
        for number, values in state.items():
            named |= {f"optimiser.{number}.{name}": one for name, one in values.items()}
        for name, each in random.items():
            named |= {f"random.{rank}.{name}": one for rank, one in enumerate(each)}
        facts = {"progress": asdict(self._at), "device": self._device.type}
        self._checkpoints.save(self._at.step, named, facts)

    def _restore(self, saved: Saved | None) -> None:
        if saved is None:
            return
        if saved.facts["device"] != self._device.type:
            raise UsageError(
                f"train: this run began on {saved.facts['device']!r} and would go on on "
                f"{self._device.type!r}, which gives other numbers; go on where it began, or set "
                f"device to {self._device.type!r} in [bench.nets.train] to begin anew"
            )
        told = saved.facts["progress"]
        self._at = Progress(**told | {"history": [Epoch(*one) for one in told["history"]]})
        tensors = saved.tensors
        self._tuned.net.load_state_dict(_below(tensors, "net."))
        if average := _below(tensors, "average."):
            self._average.load(average)
        self._best = _below(tensors, "best.")
        state: dict[int, dict[str, Tensor]] = {}
        for name, one in _below(tensors, "optimiser.").items():
            number, _, key = name.partition(".")
            state.setdefault(int(number), {})[key] = one
        whole = self._optimiser.state_dict()
        self._optimiser.load_state_dict({**whole, "state": state})
        set_random_states(self._device, _below(tensors, f"random.{self._group.rank}."))


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)
    }


class _Way(nn.Module):
    """The way from a prepared batch to logits as a module, the form in which it can be shared."""

    def __init__(self, tuned: Tuned) -> None:
        super().__init__()
        self.net, self._answer = tuned.net, tuned.answer

    def forward(self, x: Tensor) -> Tensor:
        return self._answer(self.net, x)
