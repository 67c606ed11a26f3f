"""Perceptual hashes a CPU second: both of affekt in one decode against one of each peer.

Run: ``python -m benchmarks.hashes`` in the folder above, in an environment with ``pip install
imagehash pdqhash scikit-learn tqdm matplotlib`` and ``pip install --no-deps imagededup`` (its nets,
which need PyTorch, are not imported). The photographs are those that come inside scikit-image,
saved as JPEG with the longer side as told. One core; contenders take turns, batch by batch, and a
ratio compares two batches of one turn.

``affekt`` is what the decoding child does with a picture, in this very process as the peers do:
check the header, decode, check for missing data, both hashes. ``affekt, guarded`` is what `clean`
pays for the same: the child with its limits, the pipes to it, both processes. ``decode`` is the
floor: the JPEG library alone at the scale that affekt decodes at, and nothing else.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any

import imagehash
import numpy as np
import pdqhash
from PIL import Image

from affekt.pictures.decode import Decoders
from affekt.pictures.upright import ENOUGH_FOR_HASH_PX, Bounds, facts
from benchmarks._turns import exponent, ratio, tell
from benchmarks.clean import cpu_seconds, photographs

SIDES = (250, 500, 1024)
BOUNDS = Bounds(50_000_000, 20_000)
Contender = Callable[[bytes], object]


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Give a picture as the peers get theirs."""
    with Image.open(BytesIO(data)) as picture:
        yield picture


def by_imagehash(data: bytes) -> object:
    """Give the perceptual hash of imagehash."""
    with opened(data) as picture:
        return imagehash.phash(picture)


def by_both_of_imagehash(data: bytes) -> object:
    """Give perceptual and difference hash of imagehash, the picture decoded once."""
    with opened(data) as picture:
        return imagehash.phash(picture), imagehash.dhash(picture)


def by_pdqhash(data: bytes) -> object:
    """Give the hash of pdqhash."""
    with opened(data) as picture:
        return pdqhash.compute(np.asarray(picture.convert("RGB")))


def by_imagededup() -> Contender:
    """Give the function that gives the perceptual hash of imagededup."""
    for name, item in (("utils.models", "CustomModel"), ("methods.cnn", "CNN")):
        stub: Any = ModuleType(f"imagededup.{name}")
        setattr(stub, item, None)
        sys.modules[stub.__name__] = stub
    hasher = import_module("imagededup.methods").PHash(verbose=False)

    def give(data: bytes) -> object:
        with opened(data) as picture:
            return hasher.encode_image(image_array=np.asarray(picture.convert("RGB")))

    return give


def decoded(data: bytes) -> object:
    """Decode as affekt does, and nothing else."""
    with opened(data) as picture:
        picture.draft("L", (ENOUGH_FOR_HASH_PX, ENOUGH_FOR_HASH_PX))
        return picture.load()


def batches(
    contenders: dict[str, Contender], files: Sequence[bytes], rounds: int, pids: Sequence[int]
) -> dict[str, list[float]]:
    """Give the processor seconds a picture of each contender, turn by turn."""
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            clock = time.process_time if name != "affekt, guarded" else lambda: cpu_seconds(pids)
            before = clock()
            for data in files:
                contender(data)
            spent[name].append((clock() - before) / len(files))
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contender")
    parser.add_argument("--times", type=int, default=20, help="each photograph in a turn")
    given = parser.parse_args()
    costs: dict[int, float] = {}
    tell("hashes of JPEG files", "ms of CPU", "a CPU second", "times affekt's cost")
    with Decoders(workers=1) as decoders:
        contenders: dict[str, Contender] = {
            "affekt": lambda data: facts(data, BOUNDS), "affekt, guarded": decoders.facts,
            "imagehash phash": by_imagehash, "imagehash phash + dhash": by_both_of_imagehash,
            "pdqhash": by_pdqhash, "imagededup PHash": by_imagededup(), "decode": decoded,
        }  # fmt: skip
        for side_px in SIDES:
            files = photographs(side_px)
            batches(contenders, files, 1, [])  # warm
            spent = batches(contenders, files * given.times, given.rounds, decoders.pids())
            for name, each in spent.items():
                cost = sorted(each)[len(each) // 2]
                times = ratio(each, spent["affekt"])
                tell(f"{side_px} px: {name}", f"{cost * 1e3:.3f}", f"{1 / cost:.0f}", times)
            costs[side_px**2] = sorted(spent["affekt"])[given.rounds // 2]
    print(f"CPU seconds of affekt grow with the power {exponent(costs):.2f} of the pixels")


if __name__ == "__main__":
    main()
