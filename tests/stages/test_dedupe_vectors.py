"""Copies that one hash alone calls near, confirmed by vectors; computed once, for few."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import daft
import numpy as np
import polars as pl
import pytest

from affekt.errors import AffektError
from affekt.features import Feature, Picture, Vector
from affekt.pictures.alike import Limit, Prints
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk
from affekt.stages import _copies_vectors
from affekt.stages.dedupe import Dedupe
from tests import nasty
from tests.stages.cleaned import clean
from tests.stages.people import checked, desk

BASE = 0x0F0F_3C3C_A5A5_9669
FAR = BASE ^ (1 << 40) - 1
STAGE = Dedupe.model_validate({"embedding": "colour_histogram", "workers": 1})


def painted(seed: int, quality: int = 90) -> bytes:
    return nasty.jpeg(nasty.painting(96, 72, seed), quality=quality)


def table(where: Desk, files: dict[str, bytes], **hashes: tuple[int, int]) -> pl.DataFrame:
    """Put files on the shelf and give their rows, with the hashes told."""
    rows = []
    with where.shelf.writer("shard-test") as writer:
        for at, data in files.items():
            image_id = hashlib.sha256(data).hexdigest()
            spot = writer.add(image_id, data)._asdict()
            phash, dhash = hashes[at]
            about = {"image_id": image_id, "source_id": at, "phash": phash, "dhash": dhash}
            rows.append({"is": at, **about, **spot})
    return clean(*rows)


def kept(where: Desk, rows: pl.DataFrame, stage: Dedupe = STAGE) -> dict[str, str]:
    """Give the group of each picture kept, by its name at the source."""
    outcome = stage.run(where, daft.from_arrow(rows.to_arrow()))
    stays, _ = checked(stage, outcome, rows.height)
    return dict(stays.select("source_id", "group_id").iter_rows())


@pytest.fixture
def where(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def test_vectors_confirm_what_the_other_hash_does_not(where: Desk) -> None:
    files = {"a": painted(1), "b": painted(1, 60), "c": painted(2)}
    rows = table(where, files, a=(BASE, BASE), b=(BASE, FAR), c=(FAR, BASE))
    alike, other = kept(where, rows), kept(where, rows, Dedupe())
    assert len(alike) == 2
    assert "c" in alike
    assert len(other) == 3


def test_what_vectors_confirm_is_one_group_too(where: Desk) -> None:
    """The difference hash is equal, the perceptual one far away; emotions differ, so both stay."""
    files = {"a": painted(1), "b": painted(1, 60)}
    rows = table(where, files, a=(BASE, BASE), b=(FAR, BASE))
    rows = rows.with_columns(emotion=pl.col("source_id"))
    stage = STAGE.model_copy(update={"disagree": "keep"})
    assert len(set(kept(where, rows, stage).values())) == 1
    assert len(set(kept(where, rows, Dedupe(disagree="keep")).values())) == 2


def test_a_picture_that_cannot_be_described_is_nobodys_copy(where: Desk) -> None:
    files = {"a": painted(1), "b": b"no picture"}
    rows = table(where, files, a=(BASE, BASE), b=(BASE, FAR))
    assert set(kept(where, rows)) == {"a", "b"}


def test_a_run_that_was_cut_off_computes_no_vector_twice(where: Desk) -> None:
    files = {"a": painted(1), "b": painted(1, 60)}
    rows = table(where, files, a=(BASE, BASE), b=(BASE, FAR))
    once = kept(where, rows)
    shutil.rmtree(where.shelf.root)
    assert kept(replace(where, shelf=Shelf(where.shelf.root)), rows) == once


def test_pictures_without_candidates_are_not_read(where: Desk) -> None:
    rows = clean({"is": "a"}, {"is": "b"})
    assert set(kept(where, rows)) == {"a", "b"}


def test_files_of_vectors_meet_in_any_order(where: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five paintings, two files of each, three vectors a file: each pair meets its own vectors."""
    monkeypatch.setattr(_copies_vectors, "PER_FILE", 3)
    files = {str(at): painted(at % 5, 60 + at) for at in range(10)}
    hashes = {at: (BASE, int(hashlib.sha256(at.encode()).hexdigest()[:16], 16)) for at in files}
    assert {int(at) % 5 for at in kept(where, table(where, files, **hashes))} == set(range(5))
    assert len(kept(where, table(where, files, **hashes))) == 5


class Blind(Feature):
    """Sees nothing."""

    @property
    def names(self) -> tuple[str, ...]:
        return ("blind",)

    def extract(self, picture: Picture) -> Vector:
        return np.zeros(1, np.float32)


def test_a_vector_of_zeros_is_near_none(where: Desk) -> None:
    files = {"a": painted(1), "b": painted(1, 60)}
    rows = table(where, files, a=(BASE, BASE), b=(BASE, FAR))
    assert set(kept(where, rows, Dedupe(embedding=Blind(), min_cosine=-1))) == {"a", "b"}


def test_too_many_candidates_are_refused_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_copies_vectors, "MOST_CANDIDATES", 10)
    words = np.random.default_rng(1).integers(0, 1 << 64, 30, dtype=np.uint64)
    prints = Prints(words, np.full(30, BASE, np.uint64))
    with pytest.raises(
        AffektError, match=r"too many for embedding; lower max_hamming_bits \(it is 4"
    ):
        _copies_vectors.candidates(prints, Limit(4, 8, 8))


def test_candidates_come_in_order() -> None:
    words = np.random.default_rng(1).integers(0, 1 << 64, 40, dtype=np.uint64)
    pairs = _copies_vectors.candidates(Prints(words, np.full(40, BASE, np.uint64)), Limit(4, 8, 8))
    wanted = [(one, two) for one in range(40) for two in range(one + 1, 40)]
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == wanted


def test_the_workers_are_no_part_of_the_identity() -> None:
    given: dict[str, Any] = {"embedding": "colour_histogram"}
    assert Dedupe.model_validate({**given, "workers": 3}).digest() == STAGE.digest()
    assert Dedupe().digest() != STAGE.digest()
