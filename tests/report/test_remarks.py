"""What a table says before its numbers: leaks, torn groups, scarce emotions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt.plan import Result
from affekt.report import accuracy, ratings
from affekt.report.bench import read
from affekt.report.exhibits import Table
from affekt.report.remarks import BY_TEXTS, LEAK, Remarks, remarks
from affekt.store import Product, product
from affekt.taxonomy import MIKELS8, Taxonomy
from tests.report import made
from tests.report.made import World
from tests.report.scored import cell

THREE = Taxonomy(name="three", emotions=MIKELS8.emotions[:3])
AMUSED, OTHER, RARE = THREE.names
TRUTH = [AMUSED] * 12 + [OTHER] * 12 + [RARE] * 4


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def noted(world: World, said: np.ndarray | None = None, **notes: Any) -> Result:
    """Give a result of three emotions, all named rightly but the rare one, with these notes."""
    own = notes.pop("of_cell", {})
    if said is None:
        said = np.eye(3)[[0] * 12 + [1] * 12 + [0] * 4]
    result = made.cell(world, TRUTH, said[None], taxonomy=THREE, **own)
    assert isinstance(result.predictions, Product)
    manifest = result.predictions.folder / "manifest.json"
    given = product.read_note(manifest)
    given["notes"] = {**given["notes"], **notes}
    manifest.write_text(json.dumps(given), encoding="utf-8")
    return result._replace(predictions=product.read(result.predictions.folder))


def notes_of(world: World, *results: Result) -> list[str]:
    given = made.whole(world, results)
    bench = read(given)
    blocks = accuracy.exhibit(given, bench).blocks
    return [" ".join(block.notes) for block in blocks if isinstance(block, Table)]


def test_a_leaky_entry_is_stamped_wherever_it_is_named(world: World) -> None:
    """M64"""
    one = noted(world, is_leaky=True)
    assert cell(one).entry == "colours, SVM (LEAKY)"
    assert LEAK in notes_of(world, one)[0]
    assert cell(noted(world)).entry == "colours, SVM"


def test_an_entry_that_learned_nothing_is_stamped_too(world: World) -> None:
    """M66"""
    one = noted(world, is_untrained=True)
    assert cell(one).entry == "colours, SVM (NOT TRAINED)"
    assert BY_TEXTS in notes_of(world, one)[0]


def test_an_unreported_emotion_has_no_part_in_means_and_stays_a_wrong_answer(world: World) -> None:
    """M68, I8"""
    kept, out = cell(noted(world, unreported=[])), cell(noted(world, unreported=[RARE]))
    assert kept.macro_recall.value == pytest.approx(2 / 3)
    assert out.macro_recall.value == 1.0
    assert out.accuracy.value == kept.accuracy.value == pytest.approx(24 / 28)
    assert out.macro_recall.interval.high == 1.0
    assert (out.silence(2), kept.silence(2)) == ("not reported (n = 4)", "")


def test_a_protocol_that_does_not_say_leaves_the_report_its_own_limit(world: World) -> None:
    """I8: the paper leaves out emotions with less than 10 images."""
    one = cell(noted(world))
    assert one.silence(2) == "not reported (n = 4)"
    assert one.macro_recall.value == pytest.approx(2 / 3)


def test_means_are_over_all_where_every_emotion_is_scarce(world: World) -> None:
    one = cell(noted(world, unreported=list(THREE.names)))
    assert one.macro_recall.value == pytest.approx(2 / 3)


def test_folds_by_picture_ask_for_folds_by_group(world: World) -> None:
    """M65: printed only beside grouped ones."""
    (said,) = notes_of(world, noted(world, torn_groups=5))
    assert "By picture: 5 groups" in said
    assert "No protocol of this plan keeps the groups" in said


def test_folds_by_picture_name_the_folds_by_group_beside_them(world: World) -> None:
    """M65"""
    torn = noted(world, torn_groups=5, of_cell={"protocol": "kfold-2", "entry": "one"})
    whole = noted(world, of_cell={"entry": "other"})
    first, second = notes_of(world, torn, whole)
    assert "Read it beside kfold, by group." in first
    assert "By picture" not in second


def test_what_protocols_and_pairs_say_is_said_once(world: World) -> None:
    """M68: both said in the table."""
    one = noted(world, folds=[{"model": {}, "note": "anger (3 pictures) dropped"}] * 5)
    assert remarks(one).said == ("Anger (3 pictures) dropped.",)
    assert notes_of(world, one)[0].count("Anger (3 pictures) dropped.") == 1


def test_the_temperature_of_a_round_goes_with_its_cell(world: World) -> None:
    """M73: where there is one round; the temperatures of several belong to none of them."""
    fold = {"model": {}, "temperature": 1.5, "validate": 9}
    one, two = (remarks(noted(world, folds=[fold] * n)) for n in (1, 2))
    assert (one.temperature, one.validated) == (1.5, 9)
    assert (two.temperature, two.validated) == (None, 0)


def test_ratings_say_it_too(world: World) -> None:
    """M65"""
    means = [1.0, 3.0, 2.0]
    result = made.estimated(world, {"valence": means}, {"valence": np.array([means])})
    assert isinstance(result.predictions, Product)
    manifest = result.predictions.folder / "manifest.json"
    given = product.read_note(manifest)
    manifest.write_text(json.dumps({**given, "notes": {"torn_groups": 2}}), encoding="utf-8")
    torn = result._replace(predictions=product.read(result.predictions.folder))
    (table,) = ratings.exhibit(made.whole(world, (torn,)), read(made.whole(world, (torn,)))).blocks
    assert isinstance(table, Table)
    assert sum("By picture: 2 groups" in note for note in table.notes) == 1


def test_a_cell_that_failed_has_nothing_to_say() -> None:
    assert remarks(made.failed()) == Remarks()
