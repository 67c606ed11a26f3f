"""What affekt does with links, as a program: ``python -m benchmarks._fetch_ours LINKS OUT``.

Fetch, decode whole in children, hash, put on the shelf. ``OUT/ends.json`` tells what each link
ended in, by its place in the list.
"""

import argparse
import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from affekt.errors import PictureError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.words import Fetched, Link
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import PER_SHARD, Shelf

WORKERS = 2
AHEAD = 16


def looked(one: Fetched, decoders: Decoders) -> tuple[Fetched, str | None]:
    """Decode what came, and tell what it ended in."""
    if one.data is None:
        return one, one.reason
    try:
        decoders.facts(one.data)
    except PictureError as trouble:
        return one._replace(data=None), trouble.reason
    return one, None


def all_looked(
    fetched: Iterable[Fetched], decoders: Decoders
) -> Iterator[tuple[Fetched, str | None]]:
    """Decode in the order of answers, a few at a time."""
    waiting = deque[Future[tuple[Fetched, str | None]]]()
    with ThreadPoolExecutor(WORKERS) as pool:
        for one in fetched:
            waiting.append(pool.submit(looked, one, decoders))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def main() -> None:
    """Fetch all links."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("links", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--manners", default="{}")
    given = parser.parse_args()
    links = [Link(str(n), url) for n, url in enumerate(json.loads(given.links.read_text()))]
    manners = Manners.model_validate_json(given.manners)
    fetcher = Fetcher(manners, given.out / "ledger", opt_outs=("noai", "noimageai", "noml"))
    shelf, ends = Shelf(given.out / "shelf"), dict[str, str | None]()
    with Decoders(WORKERS) as decoders:
        seen = all_looked(fetcher.pictures(links), decoders)
        for number in range(0, len(links), PER_SHARD):
            with shelf.writer(f"shard-{number:06d}") as writer:
                for one, reason in islice(seen, PER_SHARD):
                    ends[one.name] = reason
                    if one.data is not None:
                        writer.add(hashlib.sha256(one.data).hexdigest(), one.data)
    (given.out / "ends.json").write_text(json.dumps(ends))


if __name__ == "__main__":
    main()
