"""A plan that asks what speaks for an answer, from its text to its report (G19, M75)."""

from pathlib import Path

import polars as pl
import pytest

from affekt import project
from affekt.errors import AffektError
from affekt.stages.explain import Explain
from affekt.store import Failure
from tests.cli.run import here
from tests.report.made import painted

PLAN = """seed = 7
[bench]
datasets = [{ kind = "imagefolder", root = "mine" }]
protocols = ["kfold"]
[[bench.entries]]
name = "net"
feature = "backbone"
model = { kind = "logistic", penalty = 0.01 }
[[bench.explanations]]
on = "imagefolder"
entry = "net"
right = 1
wrong = 1
measured = 1
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    for emotion in ("awe", "fear"):
        folder = tmp_path / "mine" / emotion
        folder.mkdir(parents=True)
        for at in range(5):
            (folder / f"{at}.png").write_bytes(painted(f"{emotion} {at}"))
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.mark.slow
def test_an_explanation_is_made_once_and_is_of_what_the_cell_says(plan: Path) -> None:
    """G19: a product under an address, which the report only reads."""
    ran = project.open_plan(plan)
    assert {step.name: step.state for step in ran.status()}[
        "explain 1 · imagefolder · net"
    ] == "open"
    (cell, *_) = ran.bench()
    assert [one.manifest["stage"] for one in ran.store.computed].count("explain") == 1
    (one,) = ran.explanations()
    assert not isinstance(one.explained, Failure)
    assert not isinstance(cell.predictions, Failure)
    said = cell.predictions.table().filter(pl.col("fold") == 0)
    both = one.explained.table().join(said, on=["image_id", "emotion"], suffix="_said")
    assert both.height == one.explained.manifest["kept"] >= 1
    assert both["probability"].to_list() == pytest.approx(both["probability_said"].to_list())
    page = ran.report(only="g19").read_text(encoding="utf-8")
    assert "can be shown: no licence is known" in page  # its own folder tells of none
    assert "like the map, all layers shuffled" in page
    again = project.open_plan(plan)
    again.bench()
    assert again.store.computed == []


@pytest.mark.slow
def test_an_explanation_that_cannot_be_made_is_told_and_keeps_nothing_else_back(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P8; exit code 1."""

    def broken(*_: object, **__: object) -> None:
        raise AffektError("explain: the net is gone; train it again")

    monkeypatch.setattr(Explain, "run", broken)
    ran = here("bench", "plan.toml", cwd=plan.parent)
    assert ran.code == 1
    cells, _, told = ran.out.partition("\nexplanation ")
    assert "imagefolder  net       kfold     done" in cells
    assert "1            imagefolder  net    failed            explain: the net is gone" in told
