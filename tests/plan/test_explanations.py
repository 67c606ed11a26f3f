"""Explanations of a plan: a data set, an entry whose answer is linear in what a net sees (G19)."""

from pathlib import Path

import pytest

from affekt.plan import explain
from tests.plan.test_plan import folder, problems, read

__all__ = ["folder"]

BENCH = """seed = 7
[bench]
datasets = [{ kind = "oasis", root = "a" }]
protocols = ["kfold"]
"""
NET = 'name = "net"\nfeature = "backbone"\nmodel = "logistic"'


def asked(more: str, entry: str = NET) -> str:
    return f"{BENCH}[[bench.entries]]\n{entry}\n[[bench.explanations]]\n{more}\n"


def test_an_explanation_names_a_data_set_and_an_entry_and_has_the_seed_of_the_plan(
    folder: Path,
) -> None:
    plan = read(folder, asked('on = "oasis"\nentry = "net"\nwrong = 12'))
    assert plan.bench is not None
    (one,) = plan.bench.explanations
    assert (one.on, one.entry.name) == ("oasis", "net")
    assert (one.how.right, one.how.wrong, one.how.layer, one.how.seed) == (8, 12, "head", 7)
    stage = explain(plan.bench, one, {})
    assert (stage.model, stage.protocol.kind()) == (one.entry.model, "kfold")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('entry = "net"', "explanations.0.on: is None; the name of a data set is expected"),
        ('on = "oasi"\nentry = "net"', "did you mean 'oasis'?"),
        ('on = "oasis"', "explanations.0.entry: is None, and no entry is called so"),
        ('on = "oasis"\nentry = "ne"', "no entry is called so; did you mean 'net'?"),
        ('on = "oasis"\nentry = "net"\nrigth = 3', "is not a setting of an explanation; did you"),
        ('on = "oasis"\nentry = "net"\nright = 99', "explanations.0.right: is 99"),
        ('on = "oasis"\nentry = "net"\nlayer = "stage9"', "explanations.0.layer: is 'stage9'"),
        ('on = "oasis"\nentry = "net"\nmeasured = 3', "`measured` is 3, and those shown are"),
    ],
)
def test_what_is_wrong_with_an_explanation_is_told(folder: Path, more: str, said: str) -> None:
    (found,) = problems(folder, asked(more))
    assert said in found


@pytest.mark.parametrize(
    ("feature", "model", "said"),
    [
        ('"backbone"', '"linear_svm"', "whose model is 'linear_svm'; one affine map"),
        ('"backbone"', '{ kind = "logistic", fitted_on = "everything" }', "sees tested pictures"),
        ('"colour_histogram"', '"logistic"', "is not the 'backbone' 'efficientnet_lite0'"),
        ('"yanulevskaya"', '"logistic"', "is learned anew in every fold"),
        ('{ kind = "backbone", layer = "stage6" }', '"logistic"', "the layer 'stage6'; 'features'"),
        ('{ kind = "backbone", layer = "logits" }', '"head"', "'features' is needed"),
        ('{ kind = "backbone", framing = "crop" }', '"head"', 'framing = "squash" and'),
        (
            '{ kind = "backbone", precision = "int8", calibration = "x" }',
            '"head"',
            "8-bit integers",
        ),
        ('{ kind = "backbone", views = ["mirrored"] }', '"head"', "a part or a mirror image"),
    ],
)
def test_an_entry_without_an_exact_map_is_told_why(
    folder: Path, feature: str, model: str, said: str
) -> None:
    """M75: pooling followed by one affine map."""
    entry = f'name = "net"\nfeature = {feature}\nmodel = {model}'
    (found,) = problems(folder, asked('on = "oasis"\nentry = "net"', entry))
    assert said in found


def test_a_protocol_between_two_data_sets_explains_nothing(folder: Path) -> None:
    text = asked('on = "oasis"\nentry = "net"').replace('["kfold"]', '["learning_curve"]')
    (found,) = problems(folder, text)
    assert "needs a protocol that trains and tests on one data set; add 'holdout'" in found


def test_explanations_that_are_no_list_are_told(folder: Path) -> None:
    text = asked("").partition("[[bench.expl")[0].replace("[bench]\n", "[bench]\nexplanations=3\n")
    (found,) = problems(folder, text)
    assert "write [[bench.explanations]] with on, entry" in found
