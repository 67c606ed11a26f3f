"""What the hand-made feature sets cost, set by set and block by block.

    python -m benchmarks.hand_made [--rounds 5] [--sets machajdik,wang2013]

Processor time a picture of 400 × 500 px on one core, the median over photographs that come with
scikit-image of the least of some rounds, after one that is not counted. Sets, blocks and peers take
turns. A block's line is what it costs alone, with all that it shares with others. A peer is the
plain composition of library calls with the same outcome (``benchmarks/_hand_made_theirs.py``), and
its ratio says how many times as long it takes. Memory is the peak that a process of its own reaches
above what it holds once the set is loaded. Prints Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from affekt.features import Feature
from affekt.parts import find, kinds, named
from benchmarks._hand_made_theirs import PEERS, Peer

Picture = NDArray[np.uint8]
SETS = ("machajdik", "paef", "yanulevskaya", "wang2013", "wang2006")
TARGETS = {"machajdik": 1.0, "paef": 1.5, "yanulevskaya": 1.0, "wang2013": 0.3}  # s
ALL_OF_THEM = 1.5  # s, the four together
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")
SIZE = (500, 400)  # width and height, px: 200,000 together


class Cost(NamedTuple):
    """Milliseconds of a processor, for one picture."""

    name: str
    ours_ms: float
    theirs_ms: float | None


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--sets", default=",".join(SETS), help="with commas between")
    reader.add_argument("--memory-of", help=argparse.SUPPRESS)
    given = reader.parse_args()
    cv2.setNumThreads(1)
    with threadpool_limits(limits=1):
        if given.memory_of:
            print(json.dumps(grown_mb(json.loads(given.memory_of))))
            return
        show(given.sets.split(","), given.rounds)


def show(sets: list[str], rounds: int) -> None:
    """Print the table of the sets, then one of the blocks of each."""
    pictures = photographs()
    there = [kind for kind in sets if kind in kinds("features")]
    wholes = {
        f"{kind}{' ' * bool(variant)}{variant}": of(kind, variant)
        for kind in there
        for variant in variants(kind)
    }
    print(f"{len(pictures)} photographs, {rounds} rounds, load {os.getloadavg()[0]:.1f}\n")
    print("| set | values | CPU ms a picture | target, ms | peak memory, MB |")
    print("| --- | --- | --- | --- | --- |")
    total = 0.0
    for name, feature in wholes.items():
        ms = cost(feature.extract, pictures, rounds)
        kind = feature.kind()
        target = TARGETS.get(kind)
        total += ms if target and name.split()[-1] in (kind, "vocabulary") else 0
        aim = f"{1000 * target:.0f}" if target else ""
        print(f"| {name} | {feature.length} | {ms:.0f} | {aim} | {memory_mb(feature):.0f} |")
    print(f"| the four together | | {total:.0f} | {1000 * ALL_OF_THEM:.0f} | |")
    for name, feature in wholes.items():
        blocks(name, feature, pictures, rounds)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def blocks(name: str, feature: Feature, pictures: list[Picture], rounds: int) -> None:
    """Print what each block costs alone."""
    print(f"\n| {name} | CPU ms a picture | peer, CPU ms | peer / ours |")
    print("| --- | --- | --- | --- |")
    for one in sorted(costs(feature, pictures, rounds), key=lambda one: -one.ours_ms):
        peer = "" if one.theirs_ms is None else f"{one.theirs_ms:.1f}"
        ratio = "" if one.theirs_ms is None else f"{one.theirs_ms / one.ours_ms:.1f}"
        print(f"| {one.name} | {one.ours_ms:.1f} | {peer} | {ratio} |", flush=True)


def costs(feature: Feature, pictures: list[Picture], rounds: int) -> Iterator[Cost]:
    """Give the cost of each block alone, and of its peer."""
    settings = feature.identity()
    for block in cast(Any, feature).blocks:
        alone = type(feature).model_validate(
            {name: getattr(feature, name) for name in type(feature).model_fields}
            | {"blocks": (block,)}
        )
        peer = PEERS.get((settings["kind"], block))
        theirs = None
        if peer and settings.get("variant") != "vocabulary":
            check(alone, peer, pictures[0])
            theirs = cost(peer.of, pictures, rounds)
        yield Cost(block, cost(alone.extract, pictures, rounds), theirs)


def check(alone: Feature, peer: Peer, picture: Picture) -> None:
    """Stop where a peer does not give what it is measured against."""
    if peer.tolerance is not None:
        np.testing.assert_allclose(
            np.ravel(peer.of(picture)), alone.extract(picture), rtol=peer.tolerance, atol=1e-6
        )


def cost(run: Callable[[Picture], Any], pictures: list[Picture], rounds: int) -> float:
    """Give the median over pictures of the least processor time, ms."""
    run(pictures[0])
    return statistics.median(min(spent(run, one) for _ in range(rounds)) for one in pictures)


def spent(run: Callable[[Picture], Any], picture: Picture) -> float:
    """Give the processor time of one picture, ms."""
    began = time.process_time()
    run(picture)
    return 1000 * (time.process_time() - began)


def photographs() -> list[Picture]:
    """Give photographs of 200,000 px."""
    images = [Image.fromarray(getattr(skimage.data, name)()) for name in PHOTOGRAPHS]
    return [np.asarray(one.resize(SIZE, Image.Resampling.BICUBIC)) for one in images]


def variants(kind: str) -> tuple[str, ...]:
    """Give the values of the setting `variant`, or one empty word where a set has none."""
    field = find("features", kind).model_fields.get("variant")
    return field.annotation.__args__ if field and field.annotation else ("",)


def of(kind: str, variant: str) -> Feature:
    """Give a set at its default settings."""
    settings = {"variant": variant} if variant else {}
    return named(Feature, kind, settings)  # type: ignore[type-abstract]  # it gives a part


def memory_mb(feature: Feature) -> float:
    """Give what a process of its own takes, above what it holds before the first picture."""
    named_ = json.dumps([feature.kind(), feature.identity().get("variant", "")])
    run = [sys.executable, "-m", "benchmarks.hand_made", "--memory-of", named_]
    return float(json.loads(subprocess.run(run, capture_output=True, check=True).stdout))


def grown_mb(named_: list[str]) -> float:
    """Extract from every photograph in this process, and give by how much its peak grew."""
    feature, pictures = of(*named_), photographs()
    before = peak_mb()
    for picture in pictures:
        feature.extract(picture)
    return peak_mb() - before


def peak_mb() -> float:
    """Most memory that this process has held; what getrusage tells begins with its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) * 1024 / 1e6


if __name__ == "__main__":
    main()
