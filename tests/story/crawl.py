"""Collects from a local Flickr, in a process that may be killed: folder, address of the API."""

import json
import resource
import sys
import time
from pathlib import Path

from affekt.fetch.manners import Manners
from affekt.pictures.shelf import Shelf
from affekt.sources.flickr import Flickr
from affekt.stage import Desk
from affekt.stages.collect import Collect
from affekt.store.rows import in_polars
from affekt.taxonomy import MIKELS8
from tests.servers.flickr import SINCE, UNTIL

TABLE = "found.parquet"


def collect(folder: Path, base: str) -> None:
    source = Flickr(base=base, since=SINCE, until=UNTIL, calls_per_hour=10**6)
    manners = Manners(contact="test@example.org", allowed_networks=("127.0.0.0/8",))
    desk = Desk(Shelf(folder / "pictures"), folder / "journal", folder / "scratch")
    outcome = Collect(sources=(source,), taxonomy=MIKELS8, fetch=manners).run(desk)
    in_polars(outcome.table).write_parquet(folder / TABLE)


if __name__ == "__main__":
    began = time.perf_counter()
    collect(Path(sys.argv[1]), sys.argv[2])
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(cost) + "\n")
