"""What a run has reached, on the disk: whole or not at all, the last few kept, never a pickle.

A checkpoint is a folder with ``state.safetensors`` and ``state.json``; the second holds the
SHA-256 of the first, and the folder is renamed into place when both are on the disk.
"""

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from safetensors.torch import load_file, save_file
from torch import Tensor

from affekt import durable

log = logging.getLogger(__name__)


class Saved(NamedTuple):
    """A checkpoint that was read back."""

    tensors: dict[str, Tensor]
    facts: dict[str, Any]


class Checkpoints:
    """The checkpoints of one run.

    Args:
        folder: Where they lie; made when needed.
        keep: How many are kept.
    """

    def __init__(self, folder: Path, keep: int = 2) -> None:
        self._folder = folder
        self._keep = keep

    def save(self, step: int, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Keep the state behind a step, and remove the oldest that are too many.

        Tensors come back to the processor, so that every machine can read what was kept.
        """
        place = self._folder / f"{step:010d}"
        beside = place.with_name(f".{place.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        path = beside / "state.safetensors"
        save_file({name: one.detach().cpu().contiguous() for name, one in tensors.items()}, path)
        told = {**facts, "sha256": durable.file_sha256(path)}
        (beside / "state.json").write_text(json.dumps(told), encoding="utf-8")
        for file in (path, beside / "state.json", beside):
            durable.settle(file)
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)
        durable.settle(self._folder)
        for old in self._standing()[: -self._keep]:
            shutil.rmtree(old)

    def latest(self) -> Saved | None:
        """Give the last one that is whole; None where there is none."""
        for place in reversed(self._standing()):
            try:
                facts = json.loads((place / "state.json").read_text(encoding="utf-8"))
                if facts.pop("sha256") == durable.file_sha256(place / "state.safetensors"):
                    return Saved(load_file(place / "state.safetensors"), facts)
            except (OSError, ValueError, KeyError) as trouble:
                log.warning("%s cannot be read (%s); an earlier one is taken", place, trouble)
                continue
            log.warning("%s is not what was written; an earlier one is taken", place)
        return None

    def _standing(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9]*"))
