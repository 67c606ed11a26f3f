"""Writing a release of 20,000 pictures: against plain ``datasets`` and ``webdataset.TarWriter``.

Run: ``python -m benchmarks.release`` (needs ``make .venv-consumers/installed``). All write the same
pictures with the same rows, in processes of their own, in turns, each from files on the disk:
affekt from the shelf of rebuilt pictures that lies ready, checksums, tables and papers included;
the others from plain files, ``datasets`` as its ``push_to_hub`` does before it sends anything. Only
affekt has the second line, the whole stage: decode every original, make it anew from its pixels,
write, and check what was written. The pictures are drawn once, JPEGs of 28 to 60 kB; their rebuilt
copies have about 97 kB.
"""

import argparse
import hashlib
import shutil
import statistics
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks import _release_made as made
from benchmarks._fetch_measure import ROOT, Took, measured
from benchmarks._turns import ratio, tell

OURS, WHOLE = "affekt, writing", "affekt, whole stage"
PEERS = ("datasets", "webdataset")
LIMIT_SECONDS = 3_600


def main() -> None:
    """Measure and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the drawn pictures here, for another run")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-consumers" / "bin" / "python")
    given = parser.parse_args()
    if not given.peers.is_file():
        sys.exit(f"{given.peers}: there is no such Python; run `make .venv-consumers/installed`")
    with TemporaryDirectory() as temporary:
        root = (given.folder or Path(temporary)).absolute() / str(given.pictures)
        made.made(root, given.pictures)
        told(root, Path(temporary) / "out", str(given.peers.absolute()), given.rounds)


def told(root: Path, out: Path, peers: str, rounds: int) -> None:
    """Let all run in turns and print a line each."""
    ours = [sys.executable, "-m", "benchmarks._release_ours"]
    theirs = [peers, str(ROOT / "benchmarks" / "_release_theirs.py")]
    commands = {
        OURS: [*ours, "write", str(root), str(out)],
        **{who: [*theirs, who, str(root / "plain"), str(out)] for who in PEERS},
        WHOLE: [*ours, "stage", str(root), str(out)],
    }
    took: dict[str, list[Took]] = {who: [] for who in commands}
    stored: dict[str, int] = {}
    for number in range(rounds):
        for who, command in commands.items():
            shutil.rmtree(out, ignore_errors=True)
            took[who].append(_run(who, command, root))
            if number == 0:
                _check(who, root, out)
                stored[who] = sum(map(_size, _files(who, out)))
    _tell(took, stored, list((root / "plain").glob("*.jpg")))


def _run(who: str, command: Sequence[str], root: Path) -> Took:
    one = measured(command, root, LIMIT_SECONDS)
    if not one.is_finished:
        sys.exit(f"{who}: {one.said}")
    return one


def _tell(
    took: Mapping[str, list[Took]], stored: Mapping[str, int], pictures: Sequence[Path]
) -> None:
    n, mb = len(pictures), sum(map(_size, pictures)) / 1e6
    print(f"{n:,} pictures, {mb:,.0f} MB of pictures as they are released")
    tell("contender", "pictures/s", "MB/s", "CPU s", "s", "peak MB", "stored MB")
    for who, runs in took.items():
        seconds = statistics.median(one.seconds for one in runs)
        cpu = statistics.median(one.cpu_seconds for one in runs)
        memory, size = max(one.memory_mb for one in runs), stored[who] / 1e6
        numbers = (f"{n / seconds:,.0f}", f"{mb / seconds:,.0f}", f"{cpu:.1f}", f"{seconds:.1f}")
        tell(who, *numbers, f"{memory:,.0f}", f"{size:,.0f}")
    for peer in PEERS:
        cpus = ([one.cpu_seconds for one in took[who]] for who in (peer, OURS))
        clocks = ([one.seconds for one in took[who]] for who in (peer, OURS))
        print(f"  {peer} / {OURS}: CPU {ratio(*cpus)}, seconds {ratio(*clocks)}")


def _check(who: str, root: Path, out: Path) -> None:
    """Hold the pictures that were written against those that were to be.

    Raises:
        SystemExit: One is missing, or another picture.
    """
    wanted = sorted(path.stem for path in (root / "plain").glob("*.jpg"))
    found = sorted(hashlib.sha256(data).hexdigest() for data in _pictures(_files(who, out)))
    if found != wanted:
        sys.exit(f"{who}: wrote {len(found):,} pictures that are not the {len(wanted):,} given")


def _files(who: str, out: Path) -> list[Path]:
    """Give what was written, without caches."""
    if who not in PEERS:
        return [path for path in (out / "release").rglob("*") if path.is_file()]
    return [path for path in out.iterdir() if path.is_file()]


def _pictures(files: Sequence[Path]) -> Iterator[bytes]:
    for path in files:
        if path.suffix == ".tar":
            with tarfile.open(path) as tar:
                for member in tar:
                    if member.name.endswith(".jpg"):
                        yield tar.extractfile(member).read()  # type: ignore[union-attr]
        elif path.suffix == ".parquet" and path.parent.name != "annotations":
            for batch in pq.ParquetFile(path).iter_batches(500, columns=["image"]):
                yield from (one["bytes"] for one in batch.column("image").to_pylist())


def _size(path: Path) -> int:
    return path.stat().st_size


if __name__ == "__main__":
    main()
