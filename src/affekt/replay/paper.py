"""The whole replay: both policies one after the other, and the page that compares them."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from affekt.errors import UsageError
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from affekt.replay import compare, pictures
from affekt.replay.compare import Row
from affekt.replay.run import KEEP_AT, OF, Run, Watch, run
from affekt.replay.write import write

LEAST_ITEMS = 80


class Replay(NamedTuple):
    """What a replay gave."""

    rows: Sequence[Row]
    runs: Sequence[Run]
    files: tuple[Path, ...]


def replay_paper(folder: Path, *, items: int, candidates: int, seed: int, watch: Watch) -> Replay:
    """Give the paper's crowd step once more, with people who do not exist.

    Args:
        folder: Where page, table and document are written; made when there is none.
        items: Pictures in all; 90,000 in the paper, and fewer in the same shares.
        candidates: People who take the test; 1,000 in the paper.
        seed: Of everything.
        watch: Is told how far it has come.

    Raises:
        UsageError: There are too few pictures for eight emotions, or more than the paper had.
    """
    if not LEAST_ITEMS <= items <= compare.ALL:
        raise UsageError(f"{items:,} pictures; {LEAST_ITEMS} to {compare.ALL:,} are allowed")
    folder.mkdir(parents=True, exist_ok=True)
    asked = pictures.drawn(items, seed)
    runs = []
    for policy in (Fixed(votes=OF, keep_at=KEEP_AT), Curtailed(votes=OF, keep_at=KEEP_AT)):
        watch(f"{policy.kind()}: {candidates:,} candidates, {asked.height:,} pictures")
        with TemporaryDirectory(dir=folder, prefix=".replay-") as place:
            runs.append(
                run(Path(place), policy, asked=asked, candidates=candidates, seed=seed, watch=watch)
            )
    rows = compare.rows(runs, compare.first_round(asked, items))
    files = write(folder, rows, runs, items=asked.height, candidates=candidates, seed=seed)
    return Replay(rows, runs, files)
