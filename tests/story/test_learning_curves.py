"""A plan with learning curves of strong and weak labels, from its text to its report (G24)."""

from pathlib import Path

import polars as pl
import pytest

from affekt import project
from affekt.errors import PlanError
from affekt.plan import Result
from affekt.project import Project
from affekt.store import Product

PLAN = """seed = 3
[collect]
sources = [{ kind = "generated", per_emotion = 7, photographs = false }]
[sample]
per_emotion = 4
[noisy]
per_emotion = 3
[verify]
crowd = "simulated"
until = { kind = "fixed", votes = 3 }
[decide]
rule = { kind = "at_least", yes = 1, of = 3 }
[split]
train = 0.5
test = 0.5
validate = 0.0
[release]
name = "grown"
licence = "cc0"
[bench]
datasets = ["release"]
protocols = ["holdout", { kind = "learning_curve", fewest = 4, draws = 2 }]
[[bench.entries]]
name = "colours"
feature = { kind = "colour_histogram", bins = [2, 2, 2] }
model = "head"
[[bench.entries]]
name = "a net's answers"
feature = { kind = "backbone", layer = "logits" }
model = "own"
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    path = tmp_path_factory.mktemp("curves") / "plan.toml"
    # What learns nothing has no curve, so its features are not made here at all.
    path.write_text(PLAN.partition('[[bench.entries]]\nname = "a net')[0], encoding="utf-8")
    found = project.open_plan(path)
    found.build()
    found.bench()
    return found


@pytest.fixture(scope="module")
def results(ran: Project) -> dict[str, Result]:
    again = project.open_plan(ran.plan.path)
    found = {one.trained_on or "strong labels": one for one in again.bench() if one.curve}
    assert again.store.computed == []  # all was found again
    return found


def product(one: object) -> Product:
    assert isinstance(one, Product), one
    return one


@pytest.mark.slow
def test_both_kinds_of_labels_have_a_curve_under_the_same_test(results: dict[str, Result]) -> None:
    assert {kind: one.dataset for kind, one in results.items()} == {
        "strong labels": "release",
        "weak labels": "weak labels, tested on release",
    }
    tested = [
        product(one.predictions).table().select("repeat", "image_id").unique()
        for one in results.values()
    ]
    ids = [rows["image_id"].unique().sort().to_list() for rows in tested]
    assert ids[0] == ids[1]
    for one, rows in zip(results.values(), tested, strict=True):
        folds = product(one.predictions).manifest["notes"]["folds"]
        sizes = [fold["train"] for fold in folds]
        assert sizes == [4, 8, *([16] if sizes[-1] > 16 else [])] * 2 + sizes[-1:]
        assert rows.height == len(ids[0]) * len(folds)


@pytest.mark.slow
def test_nothing_of_a_tested_picture_is_learned_from(results: dict[str, Result]) -> None:
    """K16: neither it nor a near copy, with labels of either kind."""
    weak = product(results["weak labels"].pictures).table()
    loaded = product(results["strong labels"].pictures).table()
    test = loaded.filter(part="test")
    assert set(weak.filter(part="test")["image_id"]) == set(test["image_id"])
    learned = weak.filter(part="train")
    for column in ("image_id", "phash", "dhash"):
        assert not set(learned[column].drop_nulls()) & set(test[column].drop_nulls())
    strong = loaded.filter(part="train")
    assert learned.height > 0
    assert not set(learned["image_id"]) & set(strong["image_id"])


@pytest.mark.slow
def test_the_report_draws_them_and_tells_what_was_withheld(ran: Project) -> None:
    page = ran.report(only="G24")
    text = page.read_text(encoding="utf-8")
    assert "Learning curves of strong and weak labels" in text
    table = pl.read_csv(next((page.parent / "tables").glob("g24-release*.csv")))
    assert set(table["kind"]) == {"strong", "weak"}
    assert (table["n"] > 0).all()
    assert (table["entry"] == "colours").all()
    ran.report(only="G23")
    withheld = pl.read_csv(next((page.parent / "tables").glob("g23-weak.csv")))
    assert withheld["pictures"].to_list()[-1] > 0


@pytest.mark.slow
def test_status_names_every_step_of_a_curve(ran: Project) -> None:
    names = [step.name for step in ran.status()]
    assert "predict · release · colours · learning_curve" in names
    assert "pair weak labels, tested on release" in names
    assert all(step.state == "done" for step in ran.status())


def test_no_label_at_all_is_no_beginning(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.replace("fewest = 4", "fewest = 0"), encoding="utf-8")
    with pytest.raises(PlanError, match="fewest"):
        project.open_plan(path)


def test_a_curve_that_no_entry_can_have_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.replace('model = "head"', 'model = "ridge"'), encoding="utf-8")
    with pytest.raises(PlanError, match="'learning_curve' has no entry to draw"):
        project.open_plan(path)


def test_entries_that_count_no_label_have_no_curve(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    bench = project.open_plan(path).plan.bench
    assert bench is not None
    assert [one.name for one in bench.learners_on("release")] == ["colours"]
    assert list(bench.protocols) == ["holdout"]
    assert list(bench.curves) == list(bench.weak_curves) == ["learning_curve"]
    without = PLAN.replace("[noisy]\nper_emotion = 3\n", "")
    path.write_text(without, encoding="utf-8")
    bench = project.open_plan(path).plan.bench
    assert bench is not None
    assert not bench.weak_curves
