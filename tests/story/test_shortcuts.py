"""A plan with an entry that sees shortcuts alone, from its text to its report (G22)."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from affekt import project

PLAN = """seed = 7
[bench]
datasets = [{ kind = "imagefolder", root = "set" }]
protocols = [{ kind = "kfold", n_folds = 2 }]
[[bench.entries]]
name = "blind"
feature = "shortcuts"
model = "knn"
"""


def test_pictures_that_differ_in_brightness_alone_are_told_apart_by_it(tmp_path: Path) -> None:
    """G22, P11."""
    dice = np.random.default_rng(1)
    for emotion, least in (("awe", 140), ("fear", 10)):
        (tmp_path / "set" / emotion).mkdir(parents=True)
        for at in range(8):
            pixels = dice.integers(least, least + 60, (9, 12, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / emotion / f"{at}.png")
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    ran = project.open_plan(tmp_path / "plan.toml")
    before = ran.report(only="g22").read_text(encoding="utf-8")
    assert "run `affekt bench`" in before
    ran.bench()
    page = ran.report(only="g22")
    assert "brightness tells emotions apart best" in page.read_text(encoding="utf-8")
    name = "g22-scores-imagefolder-kfold.csv"
    with (page.parent / "tables" / name).open(encoding="utf-8") as file:
        scores = {row["entry"]: row for row in csv.DictReader(file)}
    reached = float(scores["blind"]["accuracy"])
    assert reached >= 0.8
    assert float(scores["chance"]["shortcuts ahead"]) == reached - 0.5
