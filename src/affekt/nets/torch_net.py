"""Nets of the zoo with their weights, run by PyTorch.

Weights come from a user's file, or from where an earlier download of that library left them. This
module never asks the network for anything: without either, it says what to do.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import prod
from pathlib import Path
from threading import Lock, local
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

from affekt.errors import Damaged, UsageError
from affekt.nets.exact import exact
from affekt.nets.hashed import State, hashes, state
from affekt.nets.torch_file import read_torch_file
from affekt.nets.zoo import LIBRARIES, Loaded, imported

SEED = 0  # of random weights
RANDOM = "random"  # in place of their SHA-256
WHAT = "weights of the net, `.safetensors` or a PyTorch file of named tensors"

log = logging.getLogger(__name__)
_opening = Lock()


class Wanted(NamedTuple):
    """Which net, with which weights, up to which layer."""

    model: str
    layer: str
    weights: Path | None = None
    is_trained: bool = True


class TorchNet:
    """A net with its weights, ready to run one layer; safe to share between threads."""

    def __init__(self, loaded: Loaded, layer: str, weights_sha256: str) -> None:
        self.seen = loaded.seen
        self.weights_sha256 = weights_sha256
        self._torch = imported("torch")
        self.device = "cuda" if self._torch.cuda.is_available() else "cpu"
        if self.device == "cuda":
            exact(self._torch)
        self._net = loaded.net.to(self.device)
        self._caught = local()
        self._answer = self._asked(loaded, layer)
        side = self.seen.side_px
        self.length = prod(self.run(np.zeros((1, side, side, 3), np.uint8)).shape[1:])

    def run(
        self, pixels: UInt8[np.ndarray, "image row column 3"]
    ) -> Float32[np.ndarray, "image _"]:
        """Give the values of the layer, one row a picture; on one core, whichever thread calls."""
        torch = self._torch
        with torch.inference_mode(), on_one_thread(torch):
            x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
            x = x.to(self.device, torch.float32) / 255
            mean, deviation = (
                torch.tensor(values, device=self.device)[:, None, None]
                for values in (self.seen.mean, self.seen.deviation)
            )
            answer = self._answer((x - mean) / deviation)
            if not isinstance(answer, torch.Tensor) or len(answer) != len(pixels):
                raise UsageError(
                    "the feature 'zoo': that layer is not run on pictures, or gives no single "
                    "tensor with a row a picture; name another"
                )
            values: Float32[np.ndarray, "image _"] = answer.reshape(len(pixels), -1).cpu().numpy()
            return values.astype(np.float32, copy=False)

    def _asked(self, loaded: Loaded, layer: str) -> Any:
        """Give the function that answers for a layer: one of the net's own, or what a module gave.

        Raises:
            UsageError: The net has no such layer.
        """
        if layer in loaded.answers:
            return loaded.answers[layer]
        modules = dict(self._net.named_modules())
        if layer not in modules or not layer:
            known = [name for name in modules if name]
            raise UsageError(
                f"the feature 'zoo': the net has no layer {layer!r}; it has "
                f"{', '.join(loaded.answers)} and {len(known):,} modules, from {known[0]!r} to "
                f"{known[-1]!r}"
            )
        whole = loaded.answers.get("logits", loaded.answers["features"])

        def catch(module: Any, given: Any, gave: Any) -> None:
            # Copied, because what follows may write over it; and kept for this thread alone.
            self._caught.value = gave.clone() if isinstance(gave, self._torch.Tensor) else gave

        def answer(batch: Any) -> Any:
            self._caught.value = None
            whole(batch)
            return self._caught.value

        modules[layer].register_forward_hook(catch)
        return answer


def opened(wanted: Wanted) -> TorchNet:
    """Give the net; the next call with the same files as they are gives the same one.

    Raises:
        MissingExtra: A library is not installed, or cannot be imported.
        UsageError: There is no such net or layer, or its weights are not on this machine.
        Damaged: The file of weights is of another net, or not whole.
    """
    library, _, name = wanted.model.partition("/")
    with _opening:  # so that two threads do not load the same net
        path = wanted.weights if wanted.is_trained else None
        if wanted.is_trained and path is None:
            path = _left_behind(library, name, wanted.model)
        file = None if path is None else state(path, WHAT)
        return _opened(library, name, wanted.layer, file)


@lru_cache(maxsize=4)
def _opened(library: str, name: str, layer: str, file: State | None) -> TorchNet:
    loaded = _loaded(library, name)
    sha256 = RANDOM
    if file is not None:
        sha256 = hashes(file).sha256
        _fill(loaded.net, file.path)
        log.info("%s/%s: weights are %s, SHA-256 %s", library, name, file.path, sha256)
    return TorchNet(loaded, layer, sha256)


@lru_cache(maxsize=4)
def _known(library: str, name: str) -> tuple[str, tuple[str, ...]]:
    loaded = _loaded(library, name)
    return loaded.repository, tuple(loaded.files)


def _loaded(library: str, name: str) -> Loaded:
    """Make the net with random weights, always the same ones."""
    torch = imported("torch")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return LIBRARIES[library](name)


def _left_behind(library: str, name: str, model: str) -> Path:
    """Find the file that an earlier download left in the cache of huggingface_hub."""
    repository, files = _known(library, name)
    hub = imported("huggingface_hub")
    for file in files if repository else ():
        found = hub.try_to_load_from_cache(repository, file)
        if isinstance(found, str):
            return Path(found)
    fetch = f", fetch them once yourself: hf download {repository} {files[0]}" if repository else ""
    raise UsageError(
        f"the feature 'zoo': the weights of {model!r} are not on this machine, and affekt never "
        f"fetches them unasked; give your file as `weights`{fetch}; or set `is_trained = false`"
    )


def _fill(net: Any, path: Path) -> None:
    """Put the weights of a file into the net; every entry must be there, and no other.

    How many batches a norm has seen is no weight, and older files do not tell.
    """
    torch = imported("torch")
    if path.suffix == ".safetensors":
        try:
            came = imported("safetensors.torch").load_file(path)
        except Exception as trouble:  # its errors have no class of their own that it promises
            raise Damaged(f"{path}: is not a whole safetensors file ({trouble})") from trouble
    else:
        came = {name: torch.from_numpy(array) for name, array in read_torch_file(path).items()}
    expected = {name: tuple(tensor.shape) for name, tensor in net.state_dict().items()}
    given = {name: tuple(tensor.shape) for name, tensor in came.items()}
    told = {one for one in expected if one in given or not one.endswith("num_batches_tracked")}
    wrong = [one for one in sorted(told | set(given)) if expected.get(one) != given.get(one)]
    if wrong:
        one = wrong[0]
        raise Damaged(
            f"{path}: {len(wrong):,} entries differ from the net's, first {one!r}: came "
            f"{given.get(one)}, expected {expected.get(one)}; use the weights of this very net"
        )
    net.load_state_dict(came, strict=False)  # what must be there was looked at


@contextmanager
def on_one_thread(torch: Any) -> Iterator[None]:
    """Let PyTorch use the one core of the calling thread; each worker has one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
