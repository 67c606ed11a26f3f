"""Train: a net learns from the pictures it is handed, and from nothing else."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
import polars as pl
from pydantic import Field, PrivateAttr

from affekt.errors import AffektError
from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.net import Net
from affekt.nets.trained import trained
from affekt.pictures.reasons import REASONS
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages._lessons import Lessons, lessons, numbers
from affekt.tables import PICTURES, STUDIED
from affekt.taxonomy import MIKELS8, Taxonomy
from affekt.training.extra import check_installed, check_precision, device_kind
from affekt.training.finetune import Finetune

if TYPE_CHECKING:
    from torch import Tensor

    from affekt.training.loop import Learned, Tuned


LAST = "classifier"  # the layer whose logits are named


class Start(NamedTuple):
    """A trained net whose weights are the start of another run.

    Attributes:
        address: Of the product that holds it.
        graph: Its ONNX file, checked.
        weights: Its safetensors, checked.
        emotions: Names of its logits, in order.
    """

    address: str
    graph: Path
    weights: Path
    emotions: tuple[str, ...]


class Train(Stage):
    """Fine-tune a net; the product holds its folder, and its table names what it learned from.

    It begins with the published weights and a new last layer, or with those of another net, whose
    last layer is kept where it names the same emotions; that net's product is then an input, too.
    It sees no picture that is not in its table: the shelf refuses all others. All choices fall by
    the part ``validate``. A run that was cut off goes on behind its last whole checkpoint with the
    same numbers.
    """

    gives = STUDIED
    takes = PICTURES
    is_confined = True
    idle = frozenset({"workers", "checkpoint_every"})
    reasons: ClassVar[Mapping[str, str]] = REASONS

    recipe: Finetune
    taxonomy: Taxonomy
    workers: int = Field(2, ge=1, le=256, description="threads that prepare pictures")
    checkpoint_every: int = Field(200, ge=1, description="steps that a kill can cost at most")

    _start: Start | None = PrivateAttr(None)

    @classmethod
    def example(cls) -> Self:
        return cls(recipe=Finetune(), taxonomy=MIKELS8)

    def begun_with(self, net: Start) -> "Train":
        """Give the same stage beginning with the weights of a net, which must be an input of it."""
        copy = self.model_copy()
        copy._start = net
        return copy

    def run(self, desk: Desk, pictures: pl.DataFrame, *_: Any, **__: Any) -> Outcome:
        check_installed()
        check_precision(self.recipe.precision, device_kind(self.recipe))
        rows = pictures.sort("image_id")
        shown = lessons(desk, rows, self.recipe, self.workers, self._net())
        kept = rows.filter(~pl.col("image_id").is_in([one.image_id for one in shown.failed]))
        about = {
            "pictures": dict(kept["part"].value_counts().sort("part").iter_rows()),
            "sha256": _digest(kept),
        }
        learned, tuned = self._learn(desk, rows, shown)
        notes = self._notes(learned, tuned, about, desk.history)
        apart = self._export(desk, learned, notes, shown)
        dropped = pl.DataFrame(shown.failed, schema=["image_id", "reason", "detail"], orient="row")
        return Outcome(
            kept.select(list(STUDIED.columns)),
            dropped.cast(pl.String),
            keeps=desk.scratch / "net",
            notes={**notes, "graph_apart": float(f"{apart:.1g}")},
        )

    def _learn(self, desk: Desk, rows: pl.DataFrame, shown: Lessons) -> "tuple[Learned, Tuned]":
        from affekt.training.job import Job
        from affekt.training.loop import Lesson
        from affekt.training.together import learn
        from affekt.training.tuned import tuned

        train, validate = (numbers(rows, part, shown.failed) for part in ("train", "validate"))
        if not train.size:
            raise AffektError(
                f"train: none of {rows.height:,} pictures can be learned from; pictures of the "
                "part 'train' that can be decoded are needed"
            )
        lesson = Lesson(shown.views, self._targets(rows), train, validate)
        held = self._held()
        net = tuned(self.recipe, len(self.taxonomy), held)
        folder = desk.scratch / "checkpoints"
        job = Job(self.recipe, lesson, folder, self.workers, self.checkpoint_every, held)

        def watch(done: int, steps: int) -> None:
            desk.watch(Progress("train", done, steps))

        return learn(net, job, watch), net

    def _net(self) -> Net:
        """Give the net whose frozen layers pictures go through."""
        if self._start is None:
            return NET
        return trained(self._start.address, self._start.graph, len(self._start.emotions))

    def _held(self) -> "dict[str, Tensor]":
        """Give the weights to begin with in place of published ones."""
        from safetensors.torch import load_file

        if self._start is None:
            return {}
        held = load_file(self._start.weights)
        is_fit = self._start.emotions == self.taxonomy.names
        return {name: one for name, one in held.items() if is_fit or name.partition(".")[0] != LAST}

    def _targets(self, rows: pl.DataFrame) -> np.ndarray:
        """Give the share of every emotion in each picture: its label, or its votes where wanted."""
        names = self.taxonomy.names
        strange = sorted(set(rows["emotion"].to_list()) - set(names), key=str)
        if strange:
            raise AffektError(
                f"train: the label {strange[0]!r} is not in the taxonomy {self.taxonomy.name!r}; "
                f"known: {', '.join(names)}"
            )
        targets = np.zeros((rows.height, len(names)), np.float32)
        for at, (emotion, shares) in enumerate(rows.select("emotion", "shares").iter_rows()):
            known = [one or 0.0 for one in shares or ()]
            if self.recipe.targets == "shares" and sum(known) > 0:
                targets[at] = np.array(known) / sum(known)
            else:
                targets[at, names.index(emotion)] = 1.0
        return targets

    def _notes(
        self,
        learned: "Learned",
        tuned: "Tuned",
        about: Mapping[str, Any],
        history: tuple[Mapping[str, Any], ...],
    ) -> dict[str, Any]:
        from affekt.training.device import lies_on, named

        sizes = {name: one.numel() for name, one in tuned.net.named_parameters()}
        moved = [name for name in learned.moved if name in sizes]
        return {
            "emotions": list(self.taxonomy.names),
            "data": {**_origin(history), **about},
            "moved": {
                "mode": self.recipe.mode,
                "weights_moved": sum(sizes[name] for name in moved),
                "weights": sum(sizes.values()),
                "layers_moved": len(moved),
                "running_means_moved": len(learned.moved) > len(moved),
            },
            "trained_on": named(lies_on(tuned.net)),
            "chosen_epoch": learned.chosen,
            "history": [epoch._asdict() for epoch in learned.history],
        }

    def _export(
        self, desk: Desk, learned: "Learned", notes: Mapping[str, Any], shown: Lessons
    ) -> float:
        from affekt.training.card import About
        from affekt.training.export import export

        about = About(
            emotions=self.taxonomy.names,
            taxonomy=self.taxonomy.name,
            data=notes["data"],
            recipe={**self.recipe.model_dump(mode="json"), "augment": self.recipe.views},
            moved=notes["moved"],
            history=notes["history"],
            chosen=learned.chosen,
            device=notes["trained_on"],
        )
        return export(desk.scratch / "net", learned.weights, about, shown.sample)


def _origin(history: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """Give what is learned from in words, and what the net learned from that it begins with."""
    shown = next((one for one in history if one.get("stage") in ("withhold", "pool")), {})
    loads = [one["notes"] for one in history if one["address"] in shown.get("inputs", ())]
    weak = {"title": "weak labels of the noisy draw", "licence": "that of each picture"}
    facts = loads[0] if shown.get("stage") == "withhold" else weak
    nets = [one["notes"]["data"] for one in history if one.get("stage") == "train"]
    seen = [f"{one['title']}, {sum(one['pictures'].values()):,} pictures" for one in nets]
    before = {"learned_before": "; then ".join(seen)} if seen else {}
    return {name: str(facts.get(name)) for name in weak} | before


def _digest(kept: pl.DataFrame) -> str:
    """SHA-256 of what was learned from: picture, part and label of each, in order."""
    lines = [" ".join(map(str, row)) for row in kept.select("image_id", "part", "emotion").rows()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
