"""What the models of the benchmark told of themselves, such as the penalty each fold chose."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from affekt.foreign import clean
from affekt.report.exhibits import Column, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scores import FLOORS
from affekt.store import Product

MOST_NAMED = 6  # different values of a fact that are named one by one


def table(given: ReportInput) -> Table | None:
    """Give one row a fact of an entry's model, over all folds; None where no model told any."""
    rows: list[Row] = []
    for result in given.results:
        if result.entry in FLOORS or not isinstance(result.predictions, Product):
            continue
        folds = result.predictions.manifest.get("notes", {}).get("folds", [])
        head = (clean(result.dataset), clean(result.protocol), clean(result.entry))
        rows += [(*head, name, text) for name, text in _told([one["model"] for one in folds])]
    if not rows:
        return None
    columns = ("data set", "protocol", "entry", "fact", "over the folds")
    return Table(
        name="models",
        title="What the models told",
        columns=tuple(Column(name, "text") for name in columns),
        rows=tuple(rows),
        notes=(
            "In parentheses: folds. A search names its mean loss for each penalty; it sees "
            "training rows only.",
        ),
    )


def _told(facts: Sequence[Mapping[str, Any]], *, of: str = "") -> Iterator[tuple[str, str]]:
    """Give the name of each fact, or of each one of a fact, and what it was over the folds."""
    for name in dict.fromkeys(name for one in facts for name in one):
        values = [one[name] for one in facts if name in one]
        nested = [value for value in values if isinstance(value, dict)]
        plain = [value for value in values if not isinstance(value, dict)]
        told = f"{of}, {clean(name)}" if of else clean(name)
        if plain:
            yield told, _plain(plain)
        if nested and all(_is_number(one) for value in nested for one in value.values()):
            yield told, (_means if "_search" in told else _by_key)(nested)
        elif nested:
            yield from _told(nested, of=told)


def _plain(values: Sequence[Any]) -> str:
    """Name each value and its folds; of many different numbers, their ends and mean."""
    counts = Counter(_word(value) for value in values)
    if len(counts) > MOST_NAMED and all(map(_is_number, values)):
        return f"{min(values):.4g} to {max(values):.4g}, mean {fmean(values):.4g}"
    named = [f"{word} ({n})" for word, n in counts.most_common(MOST_NAMED)]
    more = f", and {len(counts) - MOST_NAMED} others" if len(counts) > MOST_NAMED else ""
    return ", ".join(named) + more


def _means(values: Sequence[Mapping[str, float]]) -> str:
    keys = dict.fromkeys(key for one in values for key in one)
    means = {key: fmean(one[key] for one in values if key in one) for key in keys}
    return ", ".join(f"{clean(key)}: {mean:.3f}" for key, mean in means.items())


def _by_key(values: Sequence[Mapping[str, float]]) -> str:
    keys = dict.fromkeys(key for one in values for key in one)
    told = {key: _plain([one[key] for one in values if key in one]) for key in keys}
    return "; ".join(f"{clean(key)}: {text}" for key, text in told.items())


def _word(value: Any) -> str:
    if isinstance(value, list):
        return clean(", ".join(map(str, value)))
    return f"{value:.6g}" if _is_number(value) else clean(str(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
