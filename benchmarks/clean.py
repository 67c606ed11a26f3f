"""Pictures a CPU second: the decode + hash pass of `clean` against plain Pillow + imagehash.

Run: ``python benchmarks/clean.py`` (needs ``pip install imagehash``). Ours is measured as it runs,
the decoding child and the pipes to it included, one picture after the other and with several on the
way; the peer decodes in this very process. Both decode each picture whole and hash it on one core,
alternating batch by batch. Below, what a picture costs on either side of the pipe, and with a copy
stored whose longer side is 256 px. The photographs are those that come inside scikit-image, saved
as JPEG with the longer side as told.
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

from affekt.pictures.decode import Asked, Decoders

PHOTOGRAPHS = (
    "astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "motorcycle_left.png",
    "motorcycle_right.png", "rocket.jpg", "retina.jpg", "ihc.png", "brick.png", "grass.png",
    "gravel.png",
)  # fmt: skip
SIDES = (240, 500, 1024)
STORED_PX = 256
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
    """Give the processor time of some other processes so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / TICK


def in_flight(decoders: Decoders, files: list[bytes], side_px: int | None = None) -> None:
    """Look at all pictures, several on the way at a time."""
    for one in decoders.looked(Asked(at, data, side_px) for at, data in enumerate(files)):
        assert one.facts, one.trouble


def costs(files: list[bytes], rounds: int) -> list[tuple[float, float]]:
    """Give ms a picture here and in the child, in turns: one by one, in flight, stored, plain."""
    with Decoders(workers=1) as decoders:
        decoders.facts(files[0])
        contenders: tuple[Callable[[], object], ...] = (
            lambda: [decoders.facts(data) for data in files],
            lambda: in_flight(decoders, files),
            lambda: in_flight(decoders, files, STORED_PX),
            lambda: [plain(data) for data in files],
        )
        took = [[0.0, 0.0] for _ in contenders]
        for _ in range(rounds):
            for sums, contender in zip(took, contenders, strict=True):
                here, there = time.process_time(), cpu_seconds(decoders.pids())
                contender()
                sums[0] += time.process_time() - here
                sums[1] += cpu_seconds(decoders.pids()) - there
    done = len(files) * rounds / 1000
    return [(here / done, there / done) for here, there in took]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60, help="batches for each contender")
    parser.add_argument("--folder", type=Path, help="measure on the JPEG files of a folder instead")
    given = parser.parse_args()
    if given.folder:
        paths = sorted(given.folder.glob("*.jp*g"))
        tasks = {str(given.folder): [path.read_bytes() for path in paths]}
    else:
        tasks = {f"{side} px": photographs(side) for side in SIDES}
    print(
        f"{'pictures':>24} {'kB':>4} {'pictures a CPU s':>28} {'ratio':>6}  ms here + in the child"
    )
    for name, files in tasks.items():
        took = costs(files, given.rounds)
        rates = [1000 / sum(one) for one in took]
        sides = "  ".join(f"{here:.3f} + {there:.3f}" for here, there in took[:3])
        print(
            f"{name[-24:]:>24} {sum(map(len, files)) / len(files) / 1000:4.0f} "
            f"{rates[0]:8.0f} {rates[1]:9.0f} {rates[3]:9.0f} {rates[1] / rates[3]:6.2f}  {sides}"
        )
    print("one by one, several in flight, plain; ratio of the latter two; one by one, in flight,")
    print(f"in flight with a copy of {STORED_PX} px")


if __name__ == "__main__":
    main()
