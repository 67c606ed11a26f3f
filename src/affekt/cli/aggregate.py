"""`crowd aggregate`: labels, workers and agreement of any table of votes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from affekt import durable
from affekt.cells import to_csv
from affekt.cli import voice
from affekt.errors import DiskTrouble, TableError, UsageError
from affekt.rules._aggregate import Aggregated, How, aggregate
from affekt.rules._coding import Coded, code

WORKERS_SHOWN = 10


def crowd_aggregate(
    *,
    votes: str,
    rule: str,
    truth: str | None,
    gold: str | None,
    output: str | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Decide labels and print, or write, all that the votes say."""
    labels = _named(how["labels"])
    frame, known = read(votes), {"gold": gold, "truth": truth}
    tables = {name: read(path) for name, path in known.items() if path}
    coded = _from(votes, frame, labels, tables)
    wanted = How(rule, how["ties"], how["seed"], is_ordered=labels is not None)
    codes = {name: coded.codes_of(table) for name, table in tables.items()}
    found = aggregate(coded, wanted, gold=codes.get("gold"), truth=codes.get("truth"))
    files = [] if output is None else write(found, Path(output))
    if as_json:
        voice.document({**found.facts, "agreement": found.agreement.to_dicts(), "files": files})
        return
    for line in _sentences(found.facts):
        voice.line(line)
    voice.table(found.agreement.rows(), found.agreement.columns)
    if files:
        voice.line(f"written: {', '.join(files)}")
        return
    shown = found.workers.sort("votes", "worker", descending=[True, False]).head(WORKERS_SHOWN)
    voice.table(shown.rows(), shown.columns)
    voice.line("labels and all workers: give a folder with -o")


def read(path: str) -> pl.DataFrame:
    """Read a table as text: Parquet or JSON lines by the end of the name, else CSV.

    Raises:
        DiskTrouble: It cannot be read.
        TableError: It is no such table.
    """
    kind = Path(path).suffix.lower()
    try:
        if kind == ".parquet":
            return pl.read_parquet(path)
        if kind in (".jsonl", ".ndjson"):
            return pl.read_ndjson(path)
        with Path(path).open("rb") as file:
            first = file.readline(65_536)
        separator = max(b",;\t", key=first.count)
        return pl.read_csv(path, separator=chr(separator), infer_schema=False)
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be read ({trouble.strerror or trouble}); name a table of votes"
        ) from trouble
    except pl.exceptions.PolarsError as trouble:
        raise TableError(
            f"{path}: is no table ({str(trouble).splitlines()[0]}); CSV in UTF-8 with a header, "
            "Parquet and JSON lines are read"
        ) from trouble


def write(found: Aggregated, folder: Path) -> list[str]:
    """Write the three tables as CSV and Parquet; give the names.

    Raises:
        UsageError: One of the files is there.
        DiskTrouble: The folder cannot be written.
    """
    tables = {"labels": found.labels, "workers": found.workers, "agreement": found.agreement}
    paths = [folder / f"{name}{end}" for name in tables for end in (".csv", ".parquet")]
    there = [path for path in paths if path.exists()]
    if there:
        raise UsageError(f"{there[0]} is there and is not written over; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            with durable.replaced(folder / f"{name}.csv") as beside:
                text = to_csv(table.columns, table.iter_rows())
                beside.write_text(text, encoding="utf-8", newline="")
            with durable.replaced(folder / f"{name}.parquet") as beside:
                table.write_parquet(beside)
    except OSError as trouble:
        raise DiskTrouble(
            f"{folder}: cannot be written ({trouble.strerror}); name a folder of your own"
        ) from trouble
    return [str(path) for path in paths]


def _from(
    path: str,
    frame: pl.DataFrame,
    labels: list[str] | None,
    known: Mapping[str, pl.DataFrame],
) -> Coded:
    """Code the votes; tasks that are only in gold or truth belong to them, without a vote."""
    try:
        return code(frame, labels=labels, also=list(known.values()))
    except TableError as trouble:
        raise TableError(f"{path}: {trouble}") from trouble


def _named(labels: str | None) -> list[str] | None:
    if labels is None:
        return None
    names = [name.strip() for name in labels.split(",")]
    if "" in names or len(set(names)) < len(names):
        raise UsageError(f"--labels {labels!r}: give each label once, with commas between")
    return names


def _sentences(facts: Mapping[str, Any]) -> list[str]:
    counts = ", ".join(f"{name} {n:,}" for name, n in facts["labels"].items())
    ties, out = facts["ties"], facts["left_out"]
    lines = [
        f"{facts['votes']:,} votes of {facts['workers']:,} workers on {facts['tasks']:,} tasks",
        f"labels by {facts['rule']}: {counts}; without a label {facts['without_label']:,}; "
        f"unlike the majority {facts['unlike_majority']:,}",
        f"tasks tied by majority: {ties['tasks']:,}, decided by the rule {ties['rule']!r}",
        f"tasks without votes: {facts['without_votes']:,}; with a single one: "
        f"{facts['single_worker']:,}",
    ]
    if out:
        lines.append("rows left out: " + ", ".join(f"{why} {n:,}" for why, n in out.items()))
    if facts["truth"]:
        told = facts["truth"]
        lines.append(
            f"right on {told['tasks']:,} tasks of known truth: {_percent(told['accuracy'])} by "
            f"{facts['rule']}, {_percent(told['accuracy_majority'])} by majority"
        )
    return lines + [f"careful: {warning}" for warning in facts["warnings"]]


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.2%}"
