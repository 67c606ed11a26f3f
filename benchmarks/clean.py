"""Pictures a CPU second: the decode + hash pass of `clean` against plain Pillow + imagehash.

Run: ``python -m benchmarks.clean`` (needs ``pip install imagehash``). Ours is measured as it runs,
the decoding child and the pipes to it included; the peer decodes in this very process. Both decode
each picture whole and hash it on one core, alternating batch by batch. The photographs are those
that come inside scikit-image, saved as JPEG with the longer side as told.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import imagehash
from PIL import Image

from affekt.pictures.decode import Decoders

PHOTOGRAPHS = (
    "astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "motorcycle_left.png",
    "motorcycle_right.png", "rocket.jpg", "retina.jpg", "ihc.png", "brick.png", "grass.png",
    "gravel.png",
)  # fmt: skip
SIDES = (500, 1024)
TICK = os.sysconf("SC_CLK_TCK")


def photographs(side_px: int) -> list[bytes]:
    """Give the photographs inside scikit-image as JPEG files of that size."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    files = []
    for name in PHOTOGRAPHS:
        with Image.open(Path(spec.origin).parent / "data" / name) as picture:
            share = side_px / max(picture.size)
            size = (round(picture.width * share), round(picture.height * share))
            file = BytesIO()
            scaled = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            scaled.save(file, "JPEG", quality=90)
            files.append(file.getvalue())
    return files


def plain(data: bytes) -> int:
    """Decode and hash with Pillow and imagehash alone."""
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        return int(str(imagehash.phash(picture)), 16)


def cpu_seconds(pids: Sequence[int]) -> float:
    """Give the processor time of this process and some others so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return time.process_time() + sum(int(each[11]) + int(each[12]) for each in fields) / TICK


def rates(files: list[bytes], rounds: int) -> tuple[float, float]:
    """Give pictures a CPU second, ours and the peer's, alternating."""
    with Decoders(workers=1) as decoders:
        decoders.facts(files[0])
        contenders: tuple[Callable[[bytes], object], ...] = (decoders.facts, plain)
        seconds = [0.0, 0.0]
        for number in range(2 * rounds):
            before = cpu_seconds(decoders.pids())
            for data in files:
                contenders[number % 2](data)
            seconds[number % 2] += cpu_seconds(decoders.pids()) - before
    done = len(files) * rounds
    return done / seconds[0], done / seconds[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30, help="batches for each contender")
    parser.add_argument("--folder", type=Path, help="measure on the JPEG files of a folder instead")
    given = parser.parse_args()
    if given.folder:
        paths = sorted(given.folder.glob("*.jp*g"))
        tasks = {str(given.folder): [path.read_bytes() for path in paths]}
    else:
        tasks = {f"{side} px": photographs(side) for side in SIDES}
    print(f"{'pictures':>24} {'affekt /CPU s':>14} {'plain /CPU s':>14} {'ratio':>7}")
    for name, files in tasks.items():
        ours, theirs = rates(files, given.rounds)
        print(f"{name[-24:]:>24} {ours:14.0f} {theirs:14.0f} {ours / theirs:7.2f}")


if __name__ == "__main__":
    main()
