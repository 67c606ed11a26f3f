"""`affekt crowd plan` and `affekt crowd replay` as a user meets them."""

import json
from pathlib import Path

import click
import pytest

from affekt import templates
from affekt.cli import affekt as commands
from affekt.planning.money import FEES
from tests.cli.run import Command
from tests.test_start import HEAVY, imported_by

BENCH = """seed = 1
project = "made"
[bench]
datasets = [{ kind = "oasis", root = "raw" }]
protocols = ["holdout"]
[[bench.entries]]
name = "one"
feature = "colour_histogram"
model = "prior"
"""


def test_the_fees_to_choose_from_are_those_there_are() -> None:
    """C39: the command names them itself, so that its help imports nothing."""
    group = commands.commands["crowd"]
    assert isinstance(group, click.Group)
    (fees,) = [one for one in group.commands["plan"].params if one.name == "fees"]
    assert isinstance(fees.type, click.Choice)
    assert set(fees.type.choices) == set(FEES)


@pytest.mark.parametrize("command", ["plan", "replay", "status"])
def test_help_imports_nothing_heavy(command: str) -> None:
    """C1."""
    assert not imported_by("crowd", command, "--help") & HEAVY


@pytest.mark.slow
def test_the_papers_campaign_is_planned_without_a_file(affekt: Command) -> None:
    """C20, C21."""
    ran = affekt("crowd", "plan")
    assert ran.code == 0, ran.err
    lines = {line.split()[0]: line.split() for line in ran.out.splitlines() if line.strip()}
    assert lines["fear"][1:4] == ["13,000", "3.480", "45,240"]
    assert lines["curtailed"][3:6] == ["3.480", "313,203", "0.304"]
    assert "warning: fear: 0.68 of the kept" in ran.out
    assert "saves 20.8 % " in ran.out


@pytest.mark.slow
def test_a_plan_says_what_is_asked_and_options_go_before_it(affekt: Command) -> None:
    """C20."""
    assert affekt("new", "plan.toml", "--template", "tiny").code == 0
    words = ("crowd", "plan", "plan.toml", "--json", "--policy", "fixed", "--set", "votes=7")
    told = json.loads(affekt(*words).out)
    assert {one["items"] for one in told["emotions"]} == {8}
    assert told["policy"]["votes"] == 7
    assert [one["policy"].split()[0] for one in told["policies"]] == ["fixed", "curtailed", "bayes"]
    assert told["total"]["votes"] == pytest.approx(7 * 64)


def test_a_plan_says_when_asking_stops(affekt: Command) -> None:
    """C15, C20."""
    templates.write(Path("plan.toml"), "tiny")
    text = Path("plan.toml").read_text()
    assert "until = { votes = 5 }" in text
    Path("plan.toml").write_text(text.replace("votes = 5", 'kind = "fixed", votes = 6'))
    told = json.loads(affekt("crowd", "plan", "plan.toml", "--json").out)
    assert told["total"]["votes"] == pytest.approx(6 * 64)


def test_a_plan_that_asks_nobody_is_told_so(affekt: Command) -> None:
    Path("plan.toml").write_text(BENCH)
    ran = affekt("crowd", "plan", "plan.toml")
    assert ran.code == 2
    assert "has no build line" in ran.err


def test_paid_tests_are_told(affekt: Command) -> None:
    """C40."""
    ran = affekt("crowd", "plan", "--per-class", "awe=10", "--candidates", "1000")
    assert "tests of 1,000 candidates: 280.00 to them, 0.00 fees" in ran.out


def test_what_costs_more_than_the_cap_is_a_finding(affekt: Command) -> None:
    """C41."""
    words = ("crowd", "plan", "--per-class", "awe=1000,joy=500", "--kept", "joy=0.4")
    assert affekt(*words, "--cap", "200").code == 0
    ran = affekt(*words, "--cap", "20")
    assert ran.code == 1
    assert "the cap is 20.00" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "curtaild"), "did you mean 'curtailed'"),
        (("--set", "vots=7"), "vots: is not a setting of 'curtailed'"),
        (("--set", "votes"), "--set 'votes' is not understood"),
        (("--per-class", "awe"), "--per-class: 'awe' is not understood"),
        (("--per-class", "awe=some"), "'some' is no whole number"),
        (("--kept", "joy=0.4"), "--kept names 'joy', which is not asked"),
        (("--kept", "awe=4"), "'4' is no number from 0 to 1"),
        (("--accuracy", "0.5"), "coins tell nothing"),
        (("--reward", "0.105"), "in whole cents"),
        (("none.toml",), "there is no such file"),
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_exit_2(
    words: tuple[str, ...], said: str, affekt: Command
) -> None:
    """C9."""
    ran = affekt("crowd", "plan", *words)
    assert ran.code == 2
    assert said in ran.err


def test_recorded_votes_are_replayed(affekt: Command) -> None:
    """C20."""
    rows = [f"{task},w{at},{yes}" for task, word in (("a", "yyynn"), ("b", "ynynn"))
            for at, yes in enumerate(word)]  # fmt: skip
    Path("votes.csv").write_text("\n".join(["task,worker,label", *rows]) + "\n")
    ran = affekt("crowd", "replay", "votes.csv", "--yes", "y")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "2 tasks, 10 votes; in their order"
    assert ran.out.splitlines()[-1].split() == ["y", "2", "0", "10", "8", "0.200", "1", "1", "0"]


def test_a_drawn_replay_is_told_as_one_document(affekt: Command) -> None:
    Path("votes.csv").write_text("task,worker,label\na,w1,y\na,w2,y\na,w2,n\na,w3,n\n")
    words = ("crowd", "replay", "votes.csv", "--set", "votes=1", "--draw", "1", "--json")
    told = json.loads(affekt(*words).out)
    assert (told["tasks"], told["votes"], told["repeated"], told["draw"]) == (1, 3, 1, 1)
    assert [one["name"] for one in told["classes"]] == ["n", "y", "all"]
