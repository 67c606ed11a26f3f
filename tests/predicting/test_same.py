"""What training sees, what is predicted and what the graph says are the same (S4, S6, M33)."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import polars as pl
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

import affekt
from affekt.pictures.decode import Decoders
from affekt.pictures.preprocessing import Preprocessing
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk
from affekt.stages._lessons import lessons
from affekt.training.finetune import Finetune
from tests import nasty
from tests.predicting.conftest import Made

Array = NDArray[Any]


ODD = (
    "one-pixel.png", "colour-16-bit.png", "palette.png", "grey-alpha.png", "animated.gif",
    "animated.webp", "animated.png", "html-tail.jpg",
)  # fmt: skip


def every_mode() -> list[bytes]:
    """Give twenty pictures: every mode and format, some turned, some odd."""
    plain = nasty.painting(300, 90, seed=5)
    modes = [nasty.png(plain.convert(mode)) for mode in ("L", "LA", "RGB", "RGBA", "P", "1")]
    grey = Image.fromarray((np.arange(900, dtype=np.uint16) * 70).reshape(30, 30))
    turned = [nasty.turned(one) for one in (2, 3, 6, 8)]
    odd = [nasty.odd()[name].data for name in ODD]
    return [nasty.jpeg(plain.convert("CMYK")), *modes, nasty.png(grey), *turned, *odd]


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return every_mode()


def as_training_sees(pictures: list[bytes], folder: Path) -> Array:
    """Give the squares that a run through the whole net is judged by."""
    shelf = Shelf(folder / "pictures")
    with shelf.writer("modes") as writer:
        for data in pictures:
            writer.add(sha256(data).hexdigest(), data)
    desk = Desk(shelf, folder / "journal", folder / "scratch")
    rows = shelf.spots("modes").with_columns(part=pl.lit("validate"))
    shown = lessons(desk, rows, Finetune(mode="full"), 1)
    assert not shown.failed
    names = rows["image_id"].to_list()
    return shown.views.still(np.array([names.index(sha256(one).hexdigest()) for one in pictures]))


def by_torch(net: Any, squares: Array) -> Array:
    import torch

    from affekt.training import lite0

    with torch.inference_mode():
        logits: Array = net(lite0.normalised(squares)).numpy()
    return logits


def by_graph(folder: Path, squares: Array) -> Array:
    graph = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    logits: Array = graph.run(["logits"], {"pixels": squares})[0]
    return logits


@pytest.mark.slow
def test_training_prediction_and_graph_say_the_same_of_every_mode(
    made: Made, pictures: list[bytes], tmp_path: Path
) -> None:
    """S4: probabilities within 0.0001 on 20 pictures."""
    assert len(pictures) == 20
    modes = {Image.open(BytesIO(one)).mode for one in pictures}
    assert modes >= {"L", "LA", "RGB", "RGBA", "P", "CMYK", "1", "I;16"}
    found = affekt.load(made.folder).predict(pictures)
    assert found.reasons == (None,) * 20
    trained = softmax(by_torch(made.net, as_training_sees(pictures, tmp_path)), axis=1)
    assert np.abs(found.probabilities - trained).max() <= 1e-4
    with Decoders(workers=1) as decoders:
        squares = np.stack([Preprocessing(224).of_file(one, decoders) for one in pictures])
    graph = softmax(by_graph(made.folder, squares), axis=1)
    assert np.abs(found.probabilities - graph).max() <= 1e-4
    assert len(set(found.labels)) > 1
    assert np.ptp(found.probabilities, axis=0).max() > 0.2  # it can tell pictures apart


@pytest.mark.slow
def test_the_graph_takes_any_batch_and_agrees_with_torch(made: Made) -> None:
    """S6: batches of 1, 4 and 16 within 0.00001 of the largest logit."""
    squares = np.stack([np.asarray(nasty.painting(224, 224, seed)) for seed in range(16)])
    wanted = by_torch(made.net, squares)
    apart = [np.abs(by_graph(made.folder, squares[:n]) - wanted[:n]).max() for n in (1, 4, 16)]
    assert max(apart) <= 1e-5 * np.abs(wanted).max()


@pytest.mark.slow
def test_neither_batch_nor_jobs_change_an_answer(made: Made, pictures: list[bytes]) -> None:
    """M33: within 0.00001, in the order of the pictures."""
    net = affekt.load(made.folder)
    one, other = (
        net.predict(pictures[:9], jobs=1, batch=1),
        net.predict(pictures[:9], jobs=2, batch=4),
    )
    assert np.abs(one.probabilities - other.probabilities).max() <= 1e-5
    assert one.labels == other.labels


@pytest.mark.slow
def test_every_kind_of_picture_is_taken_and_the_bad_ones_stop_no_other(
    made: Made, tmp_path: Path
) -> None:
    """S5"""
    (tmp_path / "one.png").write_bytes(nasty.png())
    pixels = np.asarray(nasty.painting())
    alpha = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])

    def given() -> Iterator[Any]:
        yield from (
            tmp_path / "one.png",
            str(tmp_path / "one.png"),
            nasty.png(),
            bytearray(nasty.png()),
        )
        yield from (nasty.painting(), pixels, alpha)
        yield from (b"", tmp_path / "none.png", pixels / 255, pixels[:0], 7)

    net = affekt.load(made.folder)
    found = net.predict(given(), batch=3)
    assert np.abs(found.probabilities[:7] - found.probabilities[0]).max() < 1e-6
    assert np.allclose(found.probabilities[:7].sum(axis=1), 1)
    assert np.isnan(found.probabilities[7:]).all()
    said = ("empty", "unreadable", "not-a-picture", "not-a-picture", "not-a-picture")
    assert found.reasons == (None,) * 7 + said
    assert found.labels[7:] == (None,) * 5
    assert found.labels[0] == found.emotions[int(found.probabilities[0].argmax())]
    assert "float64" in str(found.details[9])
    assert (net.emotions, net.taxonomy, net.temperature) == (found.emotions, "mikels8", None)
    assert net.config["affekt"]["metrics"][0]["pictures"] == 20


def test_no_picture_gives_no_row(made: Made) -> None:
    found = affekt.load(made.folder).predict([])
    assert found.probabilities.shape == (0, 8)
    assert found.labels == found.reasons == ()
