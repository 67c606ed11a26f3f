"""A folder is used only when it is whole and its files fit together (S1, B73, B79)."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

import affekt
from affekt.errors import AffektError, Refused, UsageError
from affekt.nets.trained import seal
from affekt.predicting.folder import opened
from tests import nasty
from tests.predicting.conftest import Made
from tests.predicting.made import EMOTIONS, change_config

PICKLED = (b"\x80", b"PK\x03\x04")  # how a pickle and a file of torch.save begin


def test_config_tells_all_that_a_user_must_know(made: Made) -> None:
    """S1, S6: and nothing in the folder is a pickle."""
    config = json.loads((made.folder / "config.json").read_text())
    assert config["architecture"] == "tf_efficientnet_lite0"
    assert config["label_names"] == list(EMOTIONS)
    assert config["pretrained_cfg"].items() >= {
        "input_size": [3, 224, 224], "crop_mode": "squash", "interpolation": "bicubic",
    }.items()  # fmt: skip
    own = config["affekt"]
    assert (own["format"], own["taxonomy"], own["data"]["sha256"]) == (1, "mikels8", "0" * 64)
    (one,) = own["metrics"]
    assert one["interval"]["low"] < one["value"] < one["interval"]["high"]
    assert not any(path.read_bytes().startswith(PICKLED) for path in made.folder.iterdir())


def test_the_graph_names_its_labels_and_is_one_file(made: Made) -> None:
    """S6"""
    graph = onnx.load(made.folder / "model.onnx", load_external_data=False)
    told = {one.key: one.value for one in graph.metadata_props}
    assert json.loads(told["label_names"]) == list(EMOTIONS)
    assert told["taxonomy"] == "mikels8"
    assert not any(one.external_data for one in graph.graph.initializer)
    assert graph.graph.input[0].type.tensor_type.shape.dim[0].dim_param


def test_the_card_tells_how_to_use_it(made: Made) -> None:
    """M50"""
    text = (made.folder / "README.md").read_text()
    assert "affekt predict net pictures --output predicted.csv" in text
    assert 'affekt.load("net")' in text


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def flipped(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return change


def written(name: str, text: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(text)
        if name != "CHECKSUMS.sha256":
            seal(folder)

    return change


def said(**changes: object) -> Callable[[Path], None]:
    return lambda folder: change_config(folder, **changes)


TWICE = [*EMOTIONS[:-1], EMOTIONS[0]]
CASES: dict[str, tuple[Callable[[Path], None], type[AffektError], str]] = {
    "no config": (without("config.json"), UsageError, "it lacks config.json"),
    "no graph": (without("model.onnx"), UsageError, "it lacks model.onnx"),
    "no sums": (without("CHECKSUMS.sha256"), UsageError, "it lacks CHECKSUMS.sha256"),
    "no weights": (without("model.safetensors"), Refused, "model.safetensors: missing or not as"),
    "bit of the graph": (flipped("model.onnx"), Refused, "model.onnx: missing or not as"),
    "bit of the card": (flipped("README.md"), Refused, "README.md: missing or not as"),
    "sums of nothing": (written("CHECKSUMS.sha256", b"0" * 64 + b"  a\n"), Refused, "not name"),
    "sums outside": (written("CHECKSUMS.sha256", b"0" * 64 + b"  ../a\n"), Refused, "leads out"),
    "no JSON": (written("config.json", b"{"), Refused, "not that of a net which affekt trained"),
    "a list": (written("config.json", b"[]"), Refused, "not that of a net which affekt trained"),
    "deep": (written("config.json", b"[" * 100_000), Refused, "not that of a net"),
    "of others": (written("config.json", b'{"model_type": "vit"}'), Refused, "not that of a net"),
    "no number": (said(affekt_format="1"), Refused, "the format is '1'"),
    "future": (said(affekt_format=2), UsageError, "format 2, up to 1 is read here; update affekt"),
    "heat": (said(affekt_temperature=-1), Refused, "temperature of config.json is -1"),
    "one label": (said(label_names=["awe"]), Refused, "two names or more"),
    "steering label": (said(label_names=["awe", "\x1b[2J"]), Refused, "each of which can be shown"),
    "twice": (said(label_names=TWICE), Refused, "hold a name twice"),
    "fewer labels": (said(label_names=["awe", "fear"]), Refused, "2 labels are named"),
    "other order": (said(label_names=[*EMOTIONS[::-1]]), Refused, "it names the labels"),
    "other input": (said(pretrained_cfg={"crop_mode": "center"}), Refused, "interpolation is None"),
    "no ONNX": (written("model.onnx", b"graph"), Refused, "model.onnx cannot be opened"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_whole_is_refused_with_a_sentence(case: str, copied: Path) -> None:
    """B79: 4 where something was changed, 2 where the format is newer."""
    change, kind, said = CASES[case]
    change(copied)
    with pytest.raises(kind) as caught:
        opened(copied)
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("name", ["none", "net.pt"])
def test_what_is_no_folder_is_told(name: str, tmp_path: Path) -> None:
    """B73: files of weights are not read."""
    (tmp_path / "net.pt").write_bytes(b"\x80\x02c")
    with pytest.raises(UsageError, match="files of weights are not read"):
        affekt.load(tmp_path / name)


def test_a_graph_of_another_kind_is_refused(copied: Path) -> None:
    """B73"""
    path = copied / "model.onnx"
    graph = onnx.load(path)
    graph.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 192
    path.write_bytes(graph.SerializeToString())
    seal(copied)
    with pytest.raises(Refused, match=r"it takes .*192|cannot be opened"):
        opened(copied)


def test_checksums_of_what_would_be_read_for_ever_are_refused(copied: Path) -> None:
    """B79"""
    os.mkfifo(copied / "pipe")
    (copied / "zeros").symlink_to("/dev/zero")
    with (copied / "CHECKSUMS.sha256").open("a") as file:
        file.writelines(f"{'0' * 64}  {name}\n" for name in ("pipe", "zeros"))
    with pytest.raises(Refused, match="pipe, zeros: missing or not as"):
        opened(copied)


def test_other_files_in_the_folder_do_no_harm(copied: Path) -> None:
    (copied / "notes.txt").write_text("mine")
    assert opened(copied).emotions == EMOTIONS


def test_a_temperature_that_is_told_softens_probabilities(made: Made, copied: Path) -> None:
    change_config(copied, affekt_temperature=2.0)
    hard, soft = (affekt.load(one) for one in (made.folder, copied))
    assert (hard.temperature, soft.temperature) == (None, 2.0)
    one, other = (net.predict([nasty.png()], jobs=1).probabilities for net in (hard, soft))
    wanted = np.sqrt(one) / np.sqrt(one).sum()
    np.testing.assert_allclose(other, wanted, rtol=1e-9)


def test_a_net_whose_answers_are_no_numbers_is_told(copied: Path) -> None:
    """B71"""
    path = copied / "model.onnx"
    graph = onnx.load(path)
    bias = onnx.numpy_helper.from_array(
        np.full(8, np.nan, np.float32), graph.graph.initializer[-1].name
    )
    graph.graph.initializer[-1].CopyFrom(bias)
    path.write_bytes(graph.SerializeToString())
    seal(copied)
    with pytest.raises(AffektError, match="gave nan as a logit"):
        affekt.load(copied).predict([nasty.png()], jobs=1)
