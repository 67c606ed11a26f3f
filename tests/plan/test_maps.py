"""Maps of a plan: a data set, one or two entries, and how they are laid out."""

from pathlib import Path

import pytest

from tests.plan.test_plan import folder, problems, read

__all__ = ["folder"]

BENCH = """seed = 7
[bench]
datasets = [{ kind = "oasis", root = "a" }]
[[bench.entries]]
name = "net"
feature = "backbone"
model = "logistic"
[[bench.entries]]
name = "words"
feature = "yanulevskaya"
model = "logistic"
[[bench.entries]]
name = "elsewhere"
feature = "backbone"
model = "logistic"
on = []
"""


def asked(more: str) -> str:
    return f"{BENCH}[[bench.maps]]\n{more}\n"


def test_a_map_names_a_data_set_and_entries_and_has_the_seed_of_the_plan(folder: Path) -> None:
    plan = read(folder, asked('on = "oasis"\nentries = ["net", "elsewhere"]\nperplexity = 12.0'))
    assert plan.bench is not None
    (one,) = plan.bench.maps
    assert (one.on, [entry.name for entry in one.entries]) == ("oasis", ["net", "elsewhere"])
    assert (one.how.perplexity, one.how.seed, one.how.components) == (12.0, 7, 50)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('entries = ["net"]', "maps.0.on: is None; the name of a data set is expected"),
        ('on = "oasi"\nentries = ["net"]', "did you mean 'oasis'?"),
        ('on = "oasis"', "entries: is None; a list of one or two names"),
        ('on = "oasis"\nentries = ["net", "net", "net"]', "a list of one or two names"),
        ('on = "oasis"\nentries = ["ne"]', "no entry is called so; did you mean 'net'?"),
        ('on = "oasis"\nentries = ["words"]', "'yanulevskaya' is learned anew in every fold"),
        ('on = "oasis"\nentries = ["net"]\nperplexty = 3', "is not a setting of a map; did you"),
        ('on = "oasis"\nentries = ["net"]\nperplexity = 0', "maps.0.perplexity: is 0"),
    ],
)
def test_what_is_wrong_with_a_map_is_told(folder: Path, more: str, said: str) -> None:
    (found,) = problems(folder, asked(more))
    assert said in found


def test_an_entry_that_runs_elsewhere_cannot_be_shown(folder: Path) -> None:
    text = asked('on = "oasis"\nentries = ["elsewhere"]').replace("on = []", 'on = ["oasis-2"]')
    text = text.replace('[{ kind = "oasis", root = "a" }]', '["oasis", "oasis"]')
    text = text.replace(
        '"oasis", "oasis"', '{ kind = "oasis", root = "a" }, { kind = "oasis", root = "b" }'
    )
    (found,) = problems(folder, text)
    assert "'elsewhere', which does not run on 'oasis'" in found


def test_an_entry_that_cannot_be_read_is_told_once(folder: Path) -> None:
    text = asked('on = "oasis"\nentries = ["net"]').replace('"backbone"', '"bakbone"', 1)
    (found,) = problems(folder, text)
    assert "entries.0.feature" in found


def test_maps_that_are_no_list_are_told(folder: Path) -> None:
    text = BENCH.replace("[bench]\n", "[bench]\nmaps = 3\n")
    (found,) = problems(folder, text)
    assert "write [[bench.maps]] with on, entries" in found
