"""Pairs of near copies among 64-bit hashes: affekt against faiss ``IndexBinaryFlat``.

Run: ``python -m benchmarks.near_copies`` in the folder above (needs ``pip install faiss-cpu``).
Random hashes with planted near copies. Contenders take turns, each time in a process of its own, so
that memory is its own; it is counted beyond what the process has once the hashes are there and the
search is compiled. Above 100,000 hashes faiss is asked for 20,000 of them and its time is scaled up
to all of them; recall is then measured on these. It must be 1.0: every pair that the exhaustive
search finds must be ours too.

The last rows have no peer: what `dedupe` asks, which pictures are joined by two hashes at once.
There the difference hashes are those of smooth random fields, as crowded as those of photographs:
two of them are within 8 bits in 3 of 100,000 cases; among the 559 photographs of OASIS in 7.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks._turns import exponent, ratio, tell

QUERIES = 20_000
ALL_UP_TO = 100_000
COUNTS = (100_000, 1_000_000, 3_000_000)
SMALL = 1_000  # hashes; to compile the search before it is measured
FIELD = 72  # px a side of a random field
SMOOTHNESS = 1.75  # amplitude falls with this power of the frequency
STEP = 100_000


class Answer(NamedTuple):
    """What one contender found, and what it took."""

    found: Any
    seconds: float
    cpu_seconds: float
    memory_mb: float


def words_of(count: int, generator: np.random.Generator) -> np.ndarray:
    """Give random words."""
    return generator.integers(0, 1 << 64, count, dtype=np.uint64)


def with_copies(hashes: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Make every hundredth a near copy of another one; each hash of a picture in the same way."""
    count = hashes.shape[1]
    copies, originals = generator.permutation(count)[: count // 50].reshape(2, -1)
    for column in hashes:
        column[copies] = column[originals]
        for _ in range(8):
            flips = np.uint64(1) << generator.integers(0, 64, len(copies)).astype(np.uint64)
            column[copies] ^= np.where(generator.random(len(copies)) < 0.7, flips, np.uint64(0))
    return hashes


def photographic(count: int, generator: np.random.Generator) -> np.ndarray:
    """Give difference hashes as crowded as those of photographs."""
    across, down = np.fft.rfftfreq(FIELD)[None], np.fft.fftfreq(FIELD)[:, None]
    frequency = np.hypot(down, across)
    frequency[0, 0] = np.inf
    noise = generator.standard_normal((8_000, *frequency.shape, 2)).view(np.complex128)[..., 0]
    fields = np.fft.irfft2(noise * frequency**-SMOOTHNESS, (FIELD, FIELD))
    means = fields[:, :64].reshape(-1, 8, 8, 9, 8).mean((2, 4))
    steps = np.diff(means / fields.std((1, 2))[:, None, None]).reshape(-1, 64)
    mixing = np.linalg.cholesky(np.cov(steps.T) + 1e-9 * np.eye(64)).astype(np.float32).T
    hashes = []
    for begin in range(0, count, STEP):
        drawn = generator.standard_normal((min(STEP, count - begin), 64), dtype=np.float32)
        hashes.append(np.packbits(drawn @ mixing > 0, axis=1).view(np.uint64).ravel())
    return np.concatenate(hashes)


def hashes_of(count: int, *, both: bool) -> np.ndarray:
    """Give one random hash a picture, or a random and a photographic one."""
    generator = np.random.default_rng(2016)
    columns = [words_of(count, generator)]
    if both:
        columns.append(photographic(count, generator))
    return with_copies(np.stack(columns), generator)


def ours(path: Path, bits: int) -> Answer:
    """Find all pairs with affekt."""
    from affekt.pictures.near import near_pairs  # only in this contender's process

    near_pairs(np.load(path)[0, :SMALL].copy(), bits)
    hashes = np.load(path)[0]
    took = Taking()
    pairs = near_pairs(hashes, bits)
    spent = took.spent()
    found = set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    return Answer(found, *spent)


def joined(path: Path, bits: int) -> Answer:
    """Find what two hashes join, as `dedupe` does, and count the pictures that are not alone."""
    from affekt.pictures.alike import Limit, Prints, alike_components

    limit = Limit(bits, 2 * bits, 2 * bits)
    alike_components(Prints(*np.load(path)[:, :SMALL].copy()), limit)
    hashes = np.load(path)
    took = Taking()
    group = alike_components(Prints(*hashes), limit)
    spent = took.spent()
    return Answer(int((np.bincount(group)[group] > 1).sum()), *spent)


def theirs(path: Path, bits: int) -> Answer:
    """Find the pairs of some or all hashes with faiss."""
    import faiss

    hashes = np.load(path)[0]
    rows = hashes.view(np.uint8).reshape(len(hashes), 8)
    asked = rows if len(hashes) <= ALL_UP_TO else rows[:QUERIES]
    took = Taking()
    index = faiss.IndexBinaryFlat(64)
    index.add(rows)
    limits, _, found = index.range_search(asked, bits + 1)  # distances below the radius
    seconds, cpu_seconds, memory = took.spent()
    share = len(hashes) / len(asked)
    queries = np.repeat(np.arange(len(asked)), np.diff(limits.astype(np.int64)))
    pairs = np.sort(np.column_stack([queries, found]), axis=1)
    different = pairs[pairs[:, 0] != pairs[:, 1]]
    found = {(int(one), int(two)) for one, two in different}
    return Answer(found, seconds * share, cpu_seconds * share, memory)


WHO: dict[str, Callable[[Path, int], Answer]] = {
    "affekt": ours, "faiss": theirs, "affekt, two hashes": joined,
}  # fmt: skip


class Taking:
    """Counts what this process takes from now on."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
        self.memory = peak_mb()
        self.seconds, self.cpu = time.perf_counter(), time.process_time()

    def spent(self) -> tuple[float, float, float]:
        """Give seconds, processor seconds, and megabytes beyond those at the start."""
        took = time.perf_counter() - self.seconds, time.process_time() - self.cpu
        return *took, peak_mb() - self.memory


def peak_mb() -> float:
    """Give the most memory this process has had since the peak was forgotten."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def alone(who: str, path: Path, bits: int) -> Answer:
    """Let one contender run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, who, path, bits))
    process.start()
    answer = Answer(*receiver.recv())
    process.join()
    return answer


def _answer(pipe: Connection, who: str, path: Path, bits: int) -> None:
    pipe.send(tuple(WHO[who](path, bits)))


class Task(NamedTuple):
    """One number of hashes, written to a file, and who searches it."""

    size: int
    bits: int
    path: Path
    names: tuple[str, ...]

    def taken(self, rounds: int) -> dict[str, list[Answer]]:
        """Let the contenders take turns."""
        turns = [
            {who: alone(who, self.path, self.bits) for who in self.names} for _ in range(rounds)
        ]
        return {who: [turn[who] for turn in turns] for who in self.names}


def told(task: Task, answers: dict[str, list[Answer]]) -> float:
    """Print one task, and give the processor seconds of affekt."""
    for who, each in answers.items():
        cpu = [answer.cpu_seconds for answer in each]
        scaled = " (scaled)" if who == "faiss" and task.size > ALL_UP_TO else ""
        title = f"{task.size:,} within {task.bits} bits: {who}{scaled}"
        seconds = median(answer.seconds for answer in each)
        memory = max(answer.memory_mb for answer in each)
        spread = f"{min(cpu):.2f} – {max(cpu):.2f}"
        tell(title, f"{seconds:.2f}", f"{median(cpu):.2f}", spread, f"{memory:.0f}")
    if "faiss" in answers:
        mine, other = answers["affekt"], answers["faiss"]
        recall = len(mine[0].found & other[0].found) / max(1, len(other[0].found))
        times = ratio(*([one.cpu_seconds for one in each] for each in (other, mine)))
        print(f"    {len(mine[0].found):,} pairs, recall {recall:.3f}, faiss / affekt {times}")
    else:
        print(f"    {answers[task.names[0]][0].found:,} pictures are not alone")
    return median(answer.cpu_seconds for answer in answers[task.names[0]])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--bits", type=int, nargs="+", default=[5, 8])
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender")
    given = parser.parse_args()
    tell("hashes", "s", "CPU s", "spread", "MB beyond")
    with tempfile.TemporaryDirectory() as folder:
        for names in (("affekt", "faiss"), ("affekt, two hashes",)):
            paths = {}
            for count in given.counts:
                paths[count] = Path(folder) / f"{len(names)}-{count}.npy"
                np.save(paths[count], hashes_of(count, both=len(names) == 1))
            for bits in given.bits:
                tasks = [Task(count, bits, path, names) for count, path in paths.items()]
                cost = {task.size: told(task, task.taken(given.rounds)) for task in tasks}
                if len(cost) > 1:
                    print(f"    CPU seconds of {names[0]} grow with the power {exponent(cost):.2f}")


if __name__ == "__main__":
    main()
