"""Pairs of near copies among 64-bit hashes: affekt against faiss ``IndexBinaryFlat``.

Run: ``python benchmarks/near_copies.py`` (needs ``pip install faiss-cpu``). Each contender runs in
a process of its own, so that its peak memory is its own. Random hashes with planted near copies.
Above 100,000 hashes faiss is asked for 20,000 of them and its time is scaled up to all of them;
recall is then measured on these. Recall must be 1.0: every pair that the exhaustive search finds
must be ours too.
"""

import argparse
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection
from typing import NamedTuple

import faiss
import numpy as np

QUERIES = 20_000
ALL_UP_TO = 100_000


class Answer(NamedTuple):
    """What one contender found, and what it took."""

    pairs: set[tuple[int, int]]
    seconds: float
    cpu_seconds: float
    memory_mb: float


def hashes_of(count: int) -> np.ndarray:
    """Give random hashes; every hundredth is a near copy of another one."""
    generator = np.random.default_rng(2016)
    hashes = generator.integers(0, 1 << 64, count, dtype=np.uint64)
    copies, originals = generator.permutation(count)[: count // 50].reshape(2, -1)
    hashes[copies] = hashes[originals]
    for _ in range(8):
        flips = np.uint64(1) << generator.integers(0, 64, len(copies)).astype(np.uint64)
        hashes[copies] ^= np.where(generator.random(len(copies)) < 0.7, flips, np.uint64(0))
    return hashes


def ours(count: int, bits: int) -> Answer:
    """Find all pairs with affekt."""
    from affekt.pictures.near import near_pairs  # only in this contender's process

    near_pairs(hashes_of(1000), bits)  # compile
    hashes = hashes_of(count)
    start, cpu = time.perf_counter(), time.process_time()
    pairs = near_pairs(hashes, bits)
    took = time.perf_counter() - start, time.process_time() - cpu
    return Answer(set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)), *took, peak())


def theirs(count: int, bits: int) -> Answer:
    """Find the pairs of some or all hashes with faiss."""
    rows = hashes_of(count).view(np.uint8).reshape(count, 8)
    asked = rows if count <= ALL_UP_TO else rows[:QUERIES]
    start, cpu = time.perf_counter(), time.process_time()
    index = faiss.IndexBinaryFlat(64)
    index.add(rows)
    limits, _, found = index.range_search(asked, bits + 1)  # distances below the radius
    share = count / len(asked)
    took = (time.perf_counter() - start) * share, (time.process_time() - cpu) * share
    queries = np.repeat(np.arange(len(asked)), np.diff(limits.astype(np.int64)))
    pairs = np.sort(np.column_stack([queries, found]), axis=1)
    different = pairs[pairs[:, 0] != pairs[:, 1]]
    return Answer({(int(one), int(two)) for one, two in different}, *took, peak())


def peak() -> float:
    """Give the most memory this process has had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _answer(pipe: Connection, who: str, count: int, bits: int) -> None:
    pipe.send(tuple({"affekt": ours, "faiss": theirs}[who](count, bits)))


def alone(who: str, count: int, bits: int) -> Answer:
    """Let one contender run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, who, count, bits))
    process.start()
    answer = Answer(*receiver.recv())
    process.join()
    return answer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--bits", type=int, nargs="+", default=[4, 8])
    given = parser.parse_args()
    titles = ("hashes", "bits", "who", "pairs", "s", "CPU s", "peak MB", "recall", "CPU ratio")
    print("".join(f"{title:>11}" for title in titles))
    for count in given.counts:
        for bits in given.bits:
            mine, other = alone("affekt", count, bits), alone("faiss", count, bits)
            recall = len(mine.pairs & other.pairs) / max(1, len(other.pairs))
            ratio = other.cpu_seconds / mine.cpu_seconds
            scaled = "" if count <= ALL_UP_TO else f"  (time scaled from {QUERIES:,} queries)"
            for who, each, end in (
                ("affekt", mine, f"{recall:11.3f}{ratio:11.1f}"),
                ("faiss", other, scaled),
            ):
                numbers = f"{each.seconds:11.2f}{each.cpu_seconds:11.2f}{each.memory_mb:11.0f}"
                print(f"{count:11,}{bits:11}{who:>11}{len(each.pairs):11,}{numbers}{end}")


if __name__ == "__main__":
    main()
