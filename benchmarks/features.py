"""How many pictures a CPU second become features, against the same net run bare.

    python -m benchmarks.features [--pictures 1000] [--rounds 3] [--folder FOLDER_OF_JPEGS]

The contenders take turns in one process: the stage `extract` from JPEG bytes on the shelf (children
that decode, checks, files of results) with one worker and with several, a plain Pillow loop that
only decodes and resizes, a plain ONNX Runtime loop over arrays of the net's size, and plain PyTorch
loops over the same arrays and weights. All nets run on one thread; CPU seconds of child processes
count, their start included. The best round of each is printed.

Targets: the net at least 4 × PyTorch; the pipeline at least 0.9 × (bare net + bare decoding). One
worker is what compares with the bare loops, which keep one core busy too; in the line of several
workers is also what busy cores take from each other. Pictures a second (clock) say nothing on a
machine that has other work: the load is printed. Memory is that of this process and its children,
the arrays of the bare loops included; it must not grow with the number of pictures.
"""

import argparse
import hashlib
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import daft
import numpy as np
import onnxruntime
import polars as pl
import skimage
from numpy.typing import NDArray
from PIL import Image

from affekt.features.backbone import Backbone
from affekt.nets.efficientnet_lite0 import build, read_weights
from affekt.pictures.shelf import PER_SHARD, Shelf
from affekt.stage import Desk, Progress
from affekt.stages.extract import Extract
from affekt.store.rows import in_polars

torch: Any = import_module("torch") if find_spec("torch") else None
if torch is not None:
    from benchmarks.lite0_torch import TorchLite0

SIZE = (500, 400)  # px, that of the OASIS photographs
PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")
Array = NDArray[Any]


class Spent(NamedTuple):
    """What one round took, for one picture."""

    cpu_ms: float
    clock_ms: float


class Memory:
    """Resident memory of this process and its children while the stage works."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def look(self, progress: Progress) -> None:
        """Look every fifty pictures; a new run begins anew."""
        if progress.done == 1:
            self.told = []
        if progress.done % 50 == 0:
            mine = Path("/proc/self/task").glob("*/children")
            children = {pid for path in mine for pid in path.read_text().split()}
            self.told.append(sum(map(resident, ["self", *sorted(children)])))

    def show(self) -> None:
        """Print the peaks of the first and the last third of the last run of the stage."""
        third = max(1, len(self.told) // 3)
        first, last = max(self.told[:third]), max(self.told[-third:])
        print(f"memory, peak of first and last third   {first / 1e6:5.0f} MB {last / 1e6:5.0f} MB")


def resident(pid: str) -> int:
    """Bytes of a process in memory."""
    try:
        return int(Path("/proc", pid, "statm").read_text().split()[1]) * resource.getpagesize()
    except FileNotFoundError:  # it has just ended
        return 0


def main() -> None:
    """Run the rounds and print the table."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("--pictures", type=int, default=1000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--workers", type=int, default=2)
    reader.add_argument("--folder", type=Path, help="JPEG files to use instead of made ones")
    given = reader.parse_args()
    files = read(given.folder, given.pictures) if given.folder else made(given.pictures)
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory()
        contenders = prepared(files, Path(folder), given.workers, memory)
        rounds = [
            {name: measured(run, len(files)) for name, run in contenders.items()}
            for _ in range(given.rounds)
        ]
    best = {name: min(one[name] for one in rounds) for name in contenders}
    print(f"{len(files)} pictures of {sum(map(len, files)) / len(files) / 1000:.0f} kB")
    show(best)
    if memory.told:
        memory.show()


def made(count: int) -> list[bytes]:
    """Different JPEG files, cut from the photographs that come with scikit-image."""
    folder = Path(skimage.__file__).parent / "data"
    sources = [Image.open(folder / name).convert("RGB") for name in PHOTOGRAPHS]
    chance = np.random.default_rng(7)
    return [jpeg(sources[number % len(sources)], chance) for number in range(count)]


def jpeg(source: Image.Image, chance: np.random.Generator) -> bytes:
    """One cut of a photograph, between half and all of it, as JPEG."""
    share, x, y = chance.uniform(0.5, 1), chance.random(), chance.random()
    width, height = source.width * share, source.height * share
    left, top = x * (source.width - width), y * (source.height - height)
    file = io.BytesIO()
    box = (left, top, left + width, top + height)
    source.resize(SIZE, Image.Resampling.BICUBIC, box=box).save(file, "JPEG", quality=90)
    return file.getvalue()


def read(folder: Path, count: int) -> list[bytes]:
    """Give the first files of a folder."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.jp*g"))[:count]]


def prepared(
    files: list[bytes], folder: Path, workers: int, memory: Memory
) -> dict[str, Callable[[], object]]:
    """Make everything ready that is not to be measured."""
    arrays = [decoded(data)[None] for data in files]
    weights = read_weights()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(build(weights), options)
    shelf, table = shelved(files, folder)
    Backbone().extract(arrays[0][0])  # opens the session, which a long run does once

    def pipeline(workers: int) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            desk = Desk(shelf, folder, Path(scratch), watch=memory.look)
            outcome = Extract(feature=Backbone(), workers=workers).run(desk, table)
            assert in_polars(outcome.table).height == len(files)

    contenders: dict[str, Callable[[], object]] = {
        "affekt, one worker": lambda: pipeline(1),
        f"affekt, {workers} workers": lambda: pipeline(workers),
        "Pillow, JPEG to array": lambda: [decoded(data) for data in files],
        "ONNX Runtime, bare net": lambda: [
            session.run(["features"], {"pixels": one}) for one in arrays
        ],
    }
    if torch is not None:
        torch.set_num_threads(1)
        net = TorchLite0(weights)
        batches = [np.concatenate(arrays[at : at + 16]) for at in range(0, len(arrays), 16)]
        contenders["PyTorch, bare net, one by one"] = lambda: [net(one.copy()) for one in arrays]
        contenders["PyTorch, bare net, by sixteen"] = lambda: [net(batch) for batch in batches]
    return contenders


def decoded(data: bytes) -> Array:
    """What a plain loop does: decode with draft, resize with antialiasing."""
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (448, 448))
        squashed = image.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    return np.asarray(squashed)


def shelved(files: list[bytes], folder: Path) -> tuple[Shelf, daft.DataFrame]:
    """Put the files on a shelf."""
    shelf, rows = Shelf(folder / "pictures"), []
    for number in range(0, len(files), PER_SHARD):
        with shelf.writer(f"shard-{number:06d}") as writer:
            for data in files[number : number + PER_SHARD]:
                image_id = hashlib.sha256(data).hexdigest()
                rows.append({"image_id": image_id, **writer.add(image_id, data)._asdict()})
    return shelf, daft.from_arrow(pl.DataFrame(rows).to_arrow())


def measured(run: Callable[[], object], count: int) -> Spent:
    """Give CPU and clock time a picture, child processes included."""
    cpu, clock = cpu_seconds(), time.perf_counter()
    run()
    return Spent((cpu_seconds() - cpu) * 1000 / count, (time.perf_counter() - clock) * 1000 / count)


def cpu_seconds() -> float:
    """CPU seconds of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def show(best: dict[str, Spent]) -> None:
    """Print the table and the ratios."""
    print(f"best round of each; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end")
    print(f"{'':32}{'CPU ms':>9}{'a CPU s':>10}{'clock ms':>10}")
    for name, spent in best.items():
        print(f"{name:32}{spent.cpu_ms:9.2f}{1000 / spent.cpu_ms:10.1f}{spent.clock_ms:10.2f}")
    one, several, *_ = best.values()
    whole, busy, decoding, bare, *peers = (spent.cpu_ms for spent in best.values())
    print(f"pipeline / (bare net + bare decoding)  {(bare + decoding) / whole:5.2f}  target 0.90")
    print(f"the same with several workers          {(bare + decoding) / busy:5.2f}")
    print(f"pictures a second, several / one       {one.clock_ms / several.clock_ms:5.2f}")
    if peers:
        print(f"net / best PyTorch loop                {min(peers) / bare:5.2f}  target 4.00")
        print(f"pipeline / best PyTorch loop           {min(peers) / whole:5.2f}")
    else:
        print("PyTorch is not installed: pip install 'affekt[nets]'", file=sys.stderr)


if __name__ == "__main__":
    main()
