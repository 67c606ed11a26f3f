"""`crowd replay`: recorded votes under another policy."""

from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.cli.crowdplan import rates_of
from affekt.planning.chosen import policy_of
from affekt.planning.recorded import Columns, read_recorded
from affekt.planning.replay import Outcome, Wish, beside
from affekt.planning.replay import replay as run

HEAD = (
    "class", "questions", "too few", "votes fixed", "votes", "saved", "kept fixed", "kept",
    "unequal",
)  # fmt: skip


def replay(*, files: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Print what a policy makes of recorded votes."""
    recorded = read_recorded([Path(name) for name in files], _columns(options))
    policy = policy_of(options["policy"], options["settings"], trust=options["trust"])
    wish = Wish(
        policy, rates_of(options), yes=options["yes"] or "", cut=options["at_least"],
        draw=options["draw"], seed=options["seed"],
    )  # fmt: skip
    outcomes = run(recorded, wish)
    if as_json:
        voice.document(
            {
                "policy": policy.identity(),
                "beside": beside(policy).identity(),
                "tasks": len(recorded.tasks),
                "votes": len(recorded.task),
                "repeated": recorded.repeated,
                "draw": wish.draw,
                "seed": wish.seed,
                "classes": [one._asdict() for one in outcomes],
            }
        )
        return
    voice.line(
        f"{len(recorded.tasks):,} tasks, {len(recorded.task):,} votes; "
        + (f"{wish.draw} drawn of each, seed {wish.seed}" if wish.draw else "in their order")
        + (f"; {recorded.repeated:,} repeated votes left out" if recorded.repeated else "")
    )
    voice.line("")
    voice.table([_cells(one) for one in outcomes], HEAD)


def _columns(options: dict[str, Any]) -> Columns:
    return Columns(
        task=options["task"], worker=options["worker"], label=options["label"],
        time=options["time"], kind=options["by"], is_counts=options["counts"],
        header=tuple(filter(None, options["header"].split(","))),
    )  # fmt: skip


def _cells(one: Outcome) -> tuple[object, ...]:
    return tuple(one)
