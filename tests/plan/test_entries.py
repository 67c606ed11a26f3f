"""Entries of a benchmark: given values, and the data sets that each runs on."""

from pathlib import Path

from affekt.stages.extract import Extract
from affekt.stages.given import Given
from tests.plan.test_plan import folder, problems, read

__all__ = ["folder"]

TWO = """[bench]
datasets = [
  { kind = "oasis", root = "a" }, { kind = "oasis", root = "b" },
  { kind = "abstract_paintings", root = "c" },
]
"""


def entry(name: str, more: str) -> str:
    return f'[[bench.entries]]\nname = "{name}"\nmodel = "logistic"\n{more}\n'


def test_the_word_given_means_the_values_that_a_data_set_brings(folder: Path) -> None:
    bench = read(folder, TWO + entry("one", 'feature = "given"')).bench
    assert bench is not None
    assert bench.entries[0].feature is None
    stage = bench.extract(bench.entries[0], {})
    assert isinstance(stage, Given)
    assert bench.predict(bench.entries[0], bench.datasets["oasis"], bench.protocols["kfold"])


def test_an_entry_without_feature_is_still_a_mistake(folder: Path) -> None:
    (said,) = problems(folder, TWO + entry("one", ""))
    assert "feature" in said
    assert "is missing" in said


def test_an_entry_runs_where_it_says_or_everywhere(folder: Path) -> None:
    text = TWO + entry("one", 'feature = "backbone"\non = ["oasis-2"]')
    bench = read(folder, text + entry("two", 'feature = "backbone"')).bench
    assert bench is not None
    on = {name: [one.name for one in bench.entries_on(name)] for name in bench.datasets}
    assert on == {"oasis": ["two"], "oasis-2": ["one", "two"], "abstract_paintings": ["two"]}
    assert isinstance(bench.extract(bench.entries[0], {}), Extract)


def test_a_data_set_that_is_not_in_the_plan_is_told(folder: Path) -> None:
    (said,) = problems(folder, TWO + entry("one", 'feature = "backbone"\non = ["oasis-3"]'))
    assert "bench.entries.0.on" in said
    assert "names the data set 'oasis-3'; did you mean" in said


def test_only_a_feature_that_reads_can_be_held_against_texts(folder: Path) -> None:
    """M66: whether the net of a `clip` reads is known when it is opened."""
    mute = entry("one", 'feature = "backbone"') + entry("two", 'feature = "given"')
    said = problems(folder, TWO + mute.replace("logistic", "zero_shot"))
    assert len(said) == 2
    assert all("reads no texts, and the model 'zero_shot' holds" in one for one in said)
    reading = entry("one", 'feature = { kind = "clip", net = "nowhere" }')
    assert read(folder, TWO + reading.replace("logistic", "zero_shot")).bench
