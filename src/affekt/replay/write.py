"""The comparison as a page to read, a table and a document; the same run gives the same bytes."""

import json
from collections.abc import Sequence
from pathlib import Path

from affekt import durable
from affekt.cells import to_csv
from affekt.replay.compare import Row
from affekt.replay.run import Run

ABOUT = """# The paper's crowd step, replayed

{items:,} pictures, {candidates:,} candidates, seed {seed}. **Nobody took part**: the people, what
they feel and what they answer are simulated, and the marketplace is the emulator. What is felt is
drawn so that the paper's acceptance of each emotion is expected; that the shares of Table 2 come
out is therefore no finding. The pictures are stand-ins, and how many candidates an emotion had is
read from the paper's text.

What the replay does show is the procedure at its full size: test, batches, waves, votes, labels
and cost.

*stated*: the paper says so. *derived*: it follows from what the paper says. *left open*: the
paper does not say. Everything in the
columns of a policy is *simulated*.
"""


def write(
    folder: Path, rows: Sequence[Row], runs: Sequence[Run], **settings: int
) -> tuple[Path, ...]:
    """Write ``replay.md``, ``replay.csv`` and ``replay.json``; give their paths."""
    texts = {
        "replay.md": _page(rows, runs, settings),
        "replay.csv": _table(rows, runs),
        "replay.json": _document(rows, runs, settings),
    }
    for name, text in texts.items():
        with durable.replaced(folder / name) as beside:
            beside.write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in texts)


def _head(runs: Sequence[Run]) -> list[str]:
    return ["id", "what", "paper", "mark", *(f"{one.policy} (simulated)" for one in runs)]


def _page(rows: Sequence[Row], runs: Sequence[Run], settings: dict[str, int]) -> str:
    head = _head(runs)
    lines = [" | ".join(["", *head, ""]).strip(), "|" + " --- |" * len(head)]
    lines += [" | ".join(["", *one[:4], *one.replayed, ""]).strip() for one in rows]
    waves = [
        f"- {one.policy}: {', '.join(f'{asked:,}' for asked in one.waves)} pictures in "
        f"{len(one.waves)} waves, {one.calls:,} calls"
        for one in runs
    ]
    return ABOUT.format(**settings) + "\n" + "\n".join([*lines, "", "## Waves", "", *waves, ""])


def _table(rows: Sequence[Row], runs: Sequence[Run]) -> str:
    return to_csv(_head(runs), ((*one[:4], *one.replayed) for one in rows))


def _document(rows: Sequence[Row], runs: Sequence[Run], settings: dict[str, int]) -> str:
    told = {
        **settings,
        "rows": [
            {**one._asdict(), "replayed": dict(zip(_names(runs), one.replayed, strict=True))}
            for one in rows
        ],
        "runs": {
            one.policy: {"waves": one.waves, "scores": one.scores, "calls": one.calls}
            for one in runs
        },
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _names(runs: Sequence[Run]) -> list[str]:
    return [one.policy for one in runs]
