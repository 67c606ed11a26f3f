"""Files of equal bytes in a folder: affekt against fdupes and jdupes.

Run: ``python -m benchmarks.exact_copies`` in the folder above (needs the Debian packages fdupes and
jdupes). The files are painted: JPEG of one to ten kilobytes, every fifth a copy of an earlier one,
in fifty folders. Contenders are whole processes from start to end; they take turns, and a ratio
compares two runs of one turn. A first turn, which reads the files from the disk, is not counted.
All must find the same groups.

``affekt copies`` is the command; ``affekt's search`` is a bare interpreter that does nothing but
import and call what the command calls.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks._turns import exponent, ratio, tell

COUNTS = (5_000, 20_000, 80_000)
FOLDERS = 50
SEARCH = """
import sys
from pathlib import Path
from affekt.pictures.equal import equal_files
print("\\n".join("\\n".join(group) + "\\n" for group in equal_files(Path(sys.argv[1])).groups))
"""
PYTHON = sys.executable
WHO = {
    "affekt copies": (PYTHON, "-c", "from affekt.cli import main; main()", "copies"),
    "affekt's search": (PYTHON, "-c", SEARCH),
    "fdupes": ("fdupes", "-qr"),
    "jdupes": ("jdupes", "-qr"),
}


def paint(folder: Path, count: int) -> None:
    """Write the files, the same on every machine with this version of Pillow."""
    generator = np.random.default_rng(2016)
    files: list[bytes] = []
    for number in range(count):
        if number % 5 == 4:
            data = files[int(generator.integers(0, len(files)))]
        else:
            blots = Image.fromarray(generator.integers(0, 256, (8, 8, 3), dtype=np.uint8))
            side_px, quality = generator.integers(64, 160), generator.integers(60, 95)
            file = BytesIO()
            painting = blots.resize((int(side_px), int(side_px)), Image.Resampling.BICUBIC)
            painting.save(file, "JPEG", quality=int(quality))
            data = file.getvalue()
            files.append(data)
        place = folder / f"{number % FOLDERS:02d}"
        place.mkdir(exist_ok=True)
        (place / f"{number:06d}.jpg").write_bytes(data)


def run(command: tuple[str, ...], folder: Path) -> tuple[str, float]:
    """Give what a command prints, and its processor seconds."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [*command, str(folder)], stdout=told, stderr=subprocess.DEVNULL, start_new_session=True
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{command[0]} ended with {process.returncode}"
        told.seek(0)
        return told.read().decode(), usage.ru_utime + usage.ru_stime


def groups_in(text: str) -> set[frozenset[str]]:
    """Give the groups that were printed: a name a line, an empty line between groups."""
    return {frozenset(group.splitlines()) for group in text.strip().split("\n\n")}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--rounds", type=int, default=9, help="turns of each contender")
    given = parser.parse_args()
    tell("files", "CPU s", "spread", "times jdupes", "times fdupes")
    costs: dict[str, dict[int, float]] = {who: {} for who in WHO}
    for count in given.counts:
        with tempfile.TemporaryDirectory() as folder:
            paint(Path(folder), count)
            found = {who: groups_in(run(command, Path(folder))[0]) for who, command in WHO.items()}
            assert len(set(map(frozenset, found.values()))) == 1, "the groups differ"
            turns = [
                {who: run(command, Path(folder))[1] for who, command in WHO.items()}
                for _ in range(given.rounds)
            ]
        spent = {who: [turn[who] for turn in turns] for who in WHO}
        for who, each in spent.items():
            costs[who][count] = median(each)
            spread = f"{min(each):.2f} – {max(each):.2f}"
            times = [ratio(each, spent[peer]) for peer in ("jdupes", "fdupes")]
            tell(f"{count:,}: {who}", f"{median(each):.3f}", spread, *times)
        print(f"    {len(found['affekt copies']):,} groups, the same by all")
    for who, cost in costs.items():
        if len(cost) > 1:
            print(f"CPU seconds of {who} grow with the power {exponent(cost):.2f}")


if __name__ == "__main__":
    main()
