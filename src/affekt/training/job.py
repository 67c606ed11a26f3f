"""A run as another process is told of it: settings as JSON, arrays by the files they lie in."""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from affekt.training.checkpoints import Checkpoints
from affekt.training.finetune import Finetune
from affekt.training.loop import Lesson, Run, Tuned
from affekt.training.views import Kept, Pictures, Views

SHOWN: dict[str, type[Any]] = {"Kept": Kept, "Pictures": Pictures}
LEARNED = ("targets", "train", "validate")
HELD = "held.safetensors"
NOTHING: Mapping[str, Tensor] = {}


class Job(NamedTuple):
    """All that a run is made of besides its net.

    Attributes:
        checkpoints: Folder of what was reached.
        workers: Threads of each process that prepare batches.
        every: Steps between two checkpoints inside an epoch.
        held: Weights to begin with in place of published ones.
    """

    recipe: Finetune
    lesson: Lesson
    checkpoints: Path
    workers: int = 1
    every: int = 200
    held: Mapping[str, Tensor] = NOTHING

    def run(self, tuned: Tuned) -> Run:
        """Give the run that trains this net."""
        keep = Checkpoints(self.checkpoints)
        return Run(tuned, self.lesson, self.recipe, keep, workers=self.workers, every=self.every)

    def write(self, folder: Path) -> None:
        """Tell it to whoever reads the folder; arrays that lie on the disk are not copied."""
        views = self.lesson.views
        told = {
            "recipe": self.recipe.model_dump(mode="json", exclude_unset=True),
            "lesson": _told({name: getattr(self.lesson, name) for name in LEARNED}, folder),
            "kind": type(views).__name__,
            "shown": _told({k: one for k, one in vars(views).items() if k != "recipe"}, folder),
            "rest": [str(self.checkpoints.resolve()), self.workers, self.every],
        }
        save_file(dict(self.held), folder / HELD)
        (folder / "job.json").write_text(json.dumps(told), encoding="utf-8")


def read(folder: Path) -> Job:
    """Give what `Job.write` told."""
    told = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    recipe = Finetune(**told["recipe"])
    views: Views = SHOWN[told["kind"]](**_meant(told["shown"]), recipe=recipe)
    checkpoints, workers, every = told["rest"]
    lesson = Lesson(views, **_meant(told["lesson"]))
    return Job(recipe, lesson, Path(checkpoints), workers, every, load_file(folder / HELD))


def _told(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {
        name: _placed(one, folder / f"{name}.npy") if isinstance(one, np.ndarray) else one
        for name, one in values.items()
    }


def _placed(array: NDArray[Any], path: Path) -> list[Any]:
    """Give file, type and shape of an array; one that is no whole file is written to its own."""
    if isinstance(array, np.memmap) and isinstance(array.base, mmap.mmap):
        return [str(array.filename), array.dtype.str, array.shape]
    np.save(path, array, allow_pickle=False)
    return [str(path)]


def _meant(told: dict[str, Any]) -> dict[str, Any]:
    return {name: _opened(*one) if isinstance(one, list) else one for name, one in told.items()}


def _opened(path: str, dtype: str | None = None, shape: Any = ()) -> NDArray[Any]:
    if dtype is None:
        found: NDArray[Any] = np.load(path, allow_pickle=False)
        return found
    return np.memmap(path, dtype, "r", shape=tuple(shape))
