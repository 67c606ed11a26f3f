"""What a plan tells of cells that would test a net on what it learned from."""

from pathlib import Path

import pytest

from affekt.features.backbone import Backbone
from affekt.models.linear_svm import LinearSvm
from affekt.parts import Place
from affekt.plan import Bench, Entry, seen
from affekt.plan.shapes import NetPlan
from affekt.protocols import Protocol
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from affekt.protocols.transfer import Transfer
from affekt.training.finetune import Finetune
from tests.cli.run import here as affekt
from tests.plan.test_plan import BENCH, NETS, SMALL
from tests.stages.toyset import Toy

MINE, OTHER = (Toy(root=Place(written=name)) for name in ("mine", "other"))


def bench(protocol: Protocol, on: Toy | None = MINE, only: tuple[str, ...] = ()) -> Bench:
    looks = Backbone(weights=Place(written="tuned"))
    rule = {protocol.kind(): protocol}
    return Bench(
        datasets={"mine": MINE, "other": OTHER},
        entries=(
            Entry(name="tuned probe", feature=looks, model=LinearSvm(seed=1), on=only),
            Entry(name="frozen probe", feature=Backbone(), model=LinearSvm(seed=1)),
        ),
        protocols={} if protocol.is_between else rule,
        transfers=rule if protocol.is_between else {},
        taxonomy=MINE.taxonomy,
        nets=(NetPlan("tuned", on, Finetune()),),
    )


@pytest.mark.parametrize(
    ("made", "cells"),
    [
        (bench(KFold(seed=1)), ["mine, kfold"]),
        (bench(Transfer()), ["trained on other, tested on mine, transfer"]),
        (bench(Holdout()), []),
        (bench(Transfer(by_parts=True)), []),
        (bench(KFold(seed=1), on=None), []),
        (bench(KFold(seed=1), only=("other",)), []),
    ],
    ids=["kfold", "transfer", "holdout", "by parts", "weak labels", "elsewhere"],
)
def test_cells_that_are_bound_to_fail_are_named_and_no_others(
    made: Bench, cells: list[str]
) -> None:
    found = list(seen(made))
    assert [one.partition(":")[0] for one in found] == [f"tuned probe · {one}" for one in cells]
    assert all("the net 'tuned' learned from some of 'mine'" in one for one in found)


def test_check_names_them_and_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    text = SMALL + BENCH + "[noisy]\nper_emotion = 1\n" + NETS
    path.write_text(text, encoding="utf-8")
    ran = affekt("check", "plan.toml", cwd=tmp_path)
    assert (ran.code, "sound" in ran.out) == (1, False)
    assert "through a net · release, kfold: would test every picture" in ran.out
    path.write_text(
        text.replace("[bench]\n", '[bench]\nprotocols = ["holdout"]\n'), encoding="utf-8"
    )
    ran = affekt("check", "plan.toml", cwd=tmp_path)
    assert (ran.code, "sound" in ran.out) == (0, True)
