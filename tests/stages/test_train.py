"""Nets learn from what they are handed, and are tested on nothing of it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest

import affekt
from affekt import line
from affekt.errors import AffektError, Damaged, MissingExtra, Refused
from affekt.features.backbone import Backbone
from affekt.models.linear_svm import LinearSvm
from affekt.models.own import Own
from affekt.parts import Place
from affekt.plan import Bench, Entry, Result, seen
from affekt.plan.shapes import NetPlan
from affekt.predicting.taking import fitted_temperature, take
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages import train
from affekt.stages.load import Load
from affekt.stages.train import Start, Train
from affekt.stages.withhold import Withhold
from affekt.store import Failure, Product, Store
from affekt.tables import PICTURES
from affekt.taxonomy import MIKELS8, VALENCE2
from affekt.training.finetune import Finetune
from tests.protocols.tables import pictures
from tests.stages.people import checked, desk
from tests.stages.toyset import Toy

TOY = Toy(root=Place(written="toy"))
QUICK = Finetune(mode="head", epochs=3, batch=4, rate=0.01, threads=1, averaging=0)


class Cheat(Stage):
    """What trains, and tries to look at every picture there is."""

    gives = PICTURES
    takes = PICTURES
    is_confined = True
    wanted: ClassVar[pl.DataFrame]

    def run(self, desk: Desk, pictures: pl.DataFrame, *_: Any, **__: Any) -> Outcome:
        list(desk.shelf.scan(self.wanted))
        return Outcome(pictures)


def test_pictures_to_be_tested_their_twins_and_those_without_a_part_are_held_back(
    tmp_path: Path,
) -> None:
    frame = pictures(
        ["positive"] * 6,
        groups=["a", "b", "c", "c", "d", "e"],
        parts=["train", "validate", "train", "test", "test", None],
    )
    frame = frame.with_columns(
        shard=pl.when(pl.col("image_id") != "image-001").then(pl.lit("shard"))
    )
    kept, dropped = checked(Withhold(), Withhold().run(desk(tmp_path), frame), 6)
    assert kept["image_id"].to_list() == ["image-000"]
    assert dropped.select("image_id", "reason").rows() == [
        ("image-001", "no-picture"),
        ("image-002", "twin-is-tested"),
        ("image-003", "for-testing"),
        ("image-004", "for-testing"),
        ("image-005", "no-part"),
    ]


def test_a_set_without_parts_is_not_learned_from(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="name a part 'train'"):
        Withhold().run(desk(tmp_path), pictures(["positive"] * 3))


def test_what_trains_cannot_open_a_test_picture(tmp_path: Path) -> None:
    """Issue 6, item 2: the shelf of the desk hands out the rows of the stage's table alone."""
    store = Store(tmp_path)
    loaded = store.make(Load(dataset=TOY))
    withheld = store.make(Withhold(), loaded)
    learnable, every = withheld.table(), loaded.table()
    Cheat.wanted = learnable
    assert store.make(Cheat(), withheld).manifest["kept"] == learnable.height
    assert learnable.height < every.height
    assert "test" not in learnable["part"].to_list()
    for test in every.filter(part="test").iter_slices(1):
        Cheat.wanted = test
        again = store.make(Withhold(), loaded)
        with pytest.raises(Refused, match="may not open what is tested"):
            store.make(Cheat(), again, again)  # another address, so it runs anew


def test_a_limited_shelf_stays_limited_elsewhere_and_when_limited_again(tmp_path: Path) -> None:
    import pickle

    store = Store(tmp_path)
    rows = store.make(Load(dataset=TOY)).table()
    some = store.shelf.limited(rows["image_id"][:2])
    for shelf in (some, pickle.loads(pickle.dumps(some)), some.limited(rows["image_id"])):
        assert len(list(shelf.scan(rows[:2]))) == 2
        with pytest.raises(Refused):
            shelf.read(*rows.select("shard", "row_group", "row", "image_id").row(2))


def test_targets_are_labels_or_shares_of_votes() -> None:
    """M45"""
    frame = pl.DataFrame(
        {"emotion": ["positive", "negative"], "shares": [[0.6, 0.2], None]},
        schema={"emotion": pl.String, "shares": pl.List(pl.Float64)},
    )
    stage = Train(recipe=Finetune(), taxonomy=VALENCE2)
    soft = Train(recipe=Finetune(targets="shares"), taxonomy=VALENCE2)
    assert stage._targets(frame).tolist() == [[1, 0], [0, 1]]
    assert soft._targets(frame).tolist() == [[0.75, 0.25], [0, 1]]
    with pytest.raises(AffektError, match="'bliss' is not in the taxonomy"):
        stage._targets(frame.with_columns(emotion=pl.lit("bliss")))


def test_workers_are_no_part_of_the_address() -> None:
    one = Train(recipe=Finetune(), taxonomy=VALENCE2, workers=1, checkpoint_every=1)
    assert one.digest() == Train(recipe=Finetune(), taxonomy=VALENCE2).digest()


def test_without_the_extra_one_line_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: also where a library is there and breaks."""

    def broken(name: str) -> None:
        raise RuntimeError("operator does not exist")

    monkeypatch.setattr("affekt.training.extra.import_module", broken)
    with pytest.raises(MissingExtra, match=r"pip install 'affekt\[nets\]'"):
        train.Train(recipe=QUICK, taxonomy=VALENCE2).run(desk(tmp_path), pictures(["positive"]))


def plan() -> Bench:
    looks = {"kind": "backbone", "weights": "tuned"}
    return Bench(
        datasets={"toy": TOY},
        entries=(
            Entry(name="own", feature=looks | {"layer": "logits"}, model=Own()),
            Entry(name="probe", feature=looks, model=LinearSvm(seed=1)),
            Entry(name="frozen", feature=Backbone(), model=LinearSvm(seed=1)),
            Entry(name="wrong", feature=Backbone(layer="logits"), model=Own()),
        ),
        protocols={"holdout": Holdout(), "kfold": KFold(n_folds=2, seed=1)},
        taxonomy=VALENCE2,
        nets=(NetPlan("tuned", TOY, QUICK),),
        floors=(),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    return Store(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def results(store: Store) -> Iterator[dict[tuple[str, str], Result]]:
    found = {(one.entry, one.protocol): one for one in line.bench(plan(), store)}
    yield found
    before = len(store.computed)
    for _ in line.bench(plan(), store):
        pass
    assert len(store.computed) == before  # found again, nothing made anew


@pytest.fixture(scope="module")
def net(store: Store, results: Any) -> Product:
    (found,) = [one for one in store.standing() if one.stage == "train"]
    return found


@pytest.mark.slow
def test_a_net_is_scored_by_its_own_outputs(results: dict[tuple[str, str], Result]) -> None:
    """G9"""
    made = results["own", "holdout"].predictions
    assert isinstance(made, Product)
    table = made.table()
    assert table.height == 4 * 2
    (told,) = made.manifest["notes"]["folds"]
    assert (told["validate"], told["temperature"] > 0) == (4, True)  # M73: of nets, too
    sums = table.group_by("image_id").agg(pl.col("probability").sum())["probability"]
    assert sums.to_list() == pytest.approx([1] * 4)
    best = table.sort("probability").group_by("image_id").last()
    truth = results["own", "holdout"].pictures
    assert isinstance(truth, Product)
    joined = best.join(truth.table(), on="image_id", suffix="_true")
    assert (joined["emotion"] == joined["emotion_true"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("entry", ["own", "probe"])
def test_a_net_is_never_tested_on_what_it_learned_from(
    results: dict[tuple[str, str], Result], entry: str
) -> None:
    lost = results[entry, "kfold"].predictions
    assert isinstance(lost, Failure)
    assert "16 of 20 tested pictures" in lost.reason
    told = [one for one in seen(plan()) if one.startswith(f"{entry} ")]
    assert len(told) == 1  # what the plan alone tells is what comes true
    assert isinstance(results["frozen", "kfold"].predictions, Product)


@pytest.mark.slow
def test_only_a_trained_net_is_taken_at_its_word(results: dict[tuple[str, str], Result]) -> None:
    lost = results["wrong", "holdout"].predictions
    assert isinstance(lost, Failure)
    assert "the entry looks through none" in lost.reason


@pytest.mark.slow
def test_the_product_names_what_was_learned_from_and_what_moved(net: Product) -> None:
    """M40, M46"""
    assert net.table()["part"].value_counts().sort("part").rows() == [
        ("train", 12),
        ("validate", 4),
    ]
    notes = net.manifest["notes"]
    assert notes["moved"] == {
        "mode": "head",
        "weights_moved": 2 * 1281,
        "weights": 4_652_008 - 1000 * 1281 + 2 * 1281,
        "layers_moved": 2,
        "running_means_moved": False,
    }
    assert [one["epoch"] for one in notes["history"]] == [0, 1, 2]
    assert {"accuracy", "standard_error"} <= notes["history"][0].keys()


@pytest.mark.slow
def test_the_folder_of_a_net_holds_all_it_should(net: Product) -> None:
    """S1, M50"""
    wanted = "CHECKSUMS.sha256 README.md config.json model.onnx model.safetensors"
    assert net.own == (*wanted.split(), "preprocessor_config.json")
    config = json.loads(net.file("config.json").read_text())
    assert config["label_names"] == list(VALENCE2.names)
    told = config["affekt"]
    assert told["data"]["pictures"] == {"train": 12, "validate": 4}
    assert len(told["data"]["sha256"]) == 64
    assert [one["pictures"] for one in told["metrics"]] == [4]
    assert config["pretrained_cfg"]["input_size"] == [3, 224, 224]
    assert net.manifest["notes"]["graph_apart"] < 1e-4
    for row in net.file("CHECKSUMS.sha256").read_text().splitlines():
        digest, name = row.split("  ")
        assert hashlib.sha256(net.file(name).read_bytes()).hexdigest() == digest
    assert "standard error" in net.file("README.md").read_text()


@pytest.mark.slow
def test_a_folder_that_is_taken_out_says_what_the_benchmark_heard(
    store: Store,
    net: Product,
    results: dict[tuple[str, str], Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M50, S4: at the temperature that the benchmark fitted, unless it is an end of the search."""
    made, shown = results["own", "holdout"].predictions, results["own", "holdout"].pictures
    assert isinstance(made, Product)
    assert isinstance(shown, Product)
    temperature = made.manifest["notes"]["folds"][0]["temperature"]
    monkeypatch.setattr("affekt.predicting.taking.is_inside", lambda found: found != temperature)
    assert fitted_temperature(store, net) is None
    monkeypatch.setattr("affekt.predicting.taking.is_inside", lambda found: found == temperature)
    assert fitted_temperature(store, net) == temperature
    take(net, tmp_path / "with", temperature)
    take(net, tmp_path / "without")
    assert affekt.load(tmp_path / "with").temperature == temperature
    tested = shown.table().filter(part="test").sort("image_id")
    pictures = [data for _, data in store.shelf.scan(tested)]
    found = affekt.load(tmp_path / "without").predict(pictures)
    wanted = made.table().pivot("emotion", index="image_id", values="probability")
    order = [name for name, _ in store.shelf.scan(tested)]
    rows = pl.DataFrame({"image_id": order}).join(wanted, on="image_id", maintain_order="left")
    said = rows.select(found.emotions).to_numpy()
    assert len(said) == 4
    np.testing.assert_allclose(found.probabilities, said, atol=1e-4)


@pytest.mark.slow
def test_a_folder_is_taken_out_whole_and_never_over_another(net: Product, tmp_path: Path) -> None:
    take(net, tmp_path / "new" / "net")
    held = {path.name: path.read_bytes() for path in (tmp_path / "new" / "net").iterdir()}
    assert held == {name: net.file(name).read_bytes() for name in net.own}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["net"]
    with pytest.raises(Refused, match="nothing is overwritten"):
        take(net, tmp_path / "new")


@pytest.mark.slow
def test_a_folder_is_not_taken_from_a_damaged_product(net: Product, tmp_path: Path) -> None:
    manifest = {**net.manifest, "files": {**net.manifest["files"], "README.md": "0" * 64}}
    with pytest.raises(Damaged, match="not what was written"):
        take(replace(net, manifest=manifest), tmp_path / "net")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_vectors_are_filed_under_the_net_they_come_from(store: Store, net: Product) -> None:
    made = [one for one in store.standing() if net.address in one.manifest["inputs"]]
    vectors = [one.manifest["recipe"]["feature"] for one in made if one.stage == "extract"]
    assert {one["weights_sha256"] for one in vectors} == {net.address}
    assert {one["layer"] for one in vectors} == {"features", "logits"}


def begun(store: Store, net: Product, recipe: Finetune) -> Train:
    """Training on the toy set from the weights of a net."""
    start = Start(
        net.address, net.file("model.onnx"), net.file("model.safetensors"), VALENCE2.names
    )
    return Train(recipe=recipe, taxonomy=VALENCE2, checkpoint_every=1).begun_with(start)


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    found: dict[str, Any] = load_file(folder / "model.safetensors")
    return found


@pytest.mark.slow
def test_a_net_may_begin_with_the_weights_of_another(store: Store, net: Product) -> None:
    """Issue 6, item 3: weak labels first, then strong ones."""
    still = QUICK.model_copy(update={"epochs": 1, "rate": 1e-12, "weight_decay": 0.0})
    shown = store.make(Withhold(), store.make(Load(dataset=TOY)))
    made = store.make(begun(store, net, still), shown, net)
    before, after = (weights(one.file("model.safetensors").parent) for one in (net, made))
    assert before.keys() == after.keys()
    assert all(np.allclose(before[name], after[name], atol=1e-6) for name in before)
    assert made.address != net.address
    told = json.loads(made.file("config.json").read_text())["affekt"]["data"]
    assert (told["title"], told["learned_before"]) == ("Toy", "Toy, 16 pictures")
    assert made.table()["image_id"].to_list() == net.table()["image_id"].to_list()


@pytest.mark.slow
def test_a_run_that_begins_with_another_net_goes_on_after_a_kill_with_the_same_numbers(
    store: Store, net: Product, tmp_path: Path
) -> None:
    """M47"""
    stage = begun(store, net, QUICK.model_copy(update={"seed": 3}))
    rows = store.make(Withhold(), store.make(Load(dataset=TOY))).table()

    def cut(progress: Progress) -> None:
        if progress.stage == "train" and progress.done == 5:
            raise KeyboardInterrupt

    first, second = (Desk(store.shelf, tmp_path, tmp_path / one) for one in ("whole", "cut"))
    stage.run(first, rows)
    with pytest.raises(KeyboardInterrupt):
        stage.run(replace(second, watch=cut), rows)
    stage.run(second, rows)
    whole, resumed = (weights(one.scratch / "net") for one in (first, second))
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.slow
def test_other_emotions_get_a_new_last_layer(store: Store, net: Product) -> None:
    stage = begun(store, net, QUICK)
    assert {name for name in stage._held() if "classifier" in name} == {
        "classifier.weight",
        "classifier.bias",
    }
    other = stage.model_copy(update={"taxonomy": MIKELS8})
    assert not [name for name in other._held() if "classifier" in name]


def test_weights_of_no_trained_net_say_where_they_belong() -> None:
    with pytest.raises(AffektError, match=r"\[\[bench.nets\]\]"):
        Backbone(weights=Place(written="nothing")).identity()
