"""Foreign files against children with limits: robustness section 4, one test a promise."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from affekt.errors import AffektError, PictureError
from affekt.pictures.decode import Asked, Decoders
from affekt.pictures.limits import Limits
from affekt.pictures.reasons import REASONS
from affekt.pictures.square import squashed
from tests import nasty, patience

BAD, ODD = nasty.bad(), nasty.odd()


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders(workers=1) as decoders:
        yield decoders


def reason_for(decoders: Decoders, data: bytes) -> str:
    with pytest.raises(PictureError) as refused:
        decoders.facts(data)
    assert refused.value.reason in REASONS
    return refused.value.reason


def outcome(decoders: Decoders, data: bytes) -> str:
    try:
        decoders.facts(data)
    except PictureError as trouble:
        return trouble.reason
    return "fine"


def while_stopped(decoders: Decoders, then: signal.Signals | None) -> PictureError:
    """Ask a child that hangs, and do something to it meanwhile."""
    decoders.facts(nasty.jpeg())
    (pid,) = decoders.pids()
    os.kill(pid, signal.SIGSTOP)
    if then is not None:
        threading.Timer(0.1, os.kill, (pid, then)).start()
    with pytest.raises(PictureError) as refused:
        decoders.facts(nasty.jpeg())
    return refused.value


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_for_its_reason(decoders: Decoders, name: str) -> None:
    """B40, B41, B42, B43, B47."""
    assert reason_for(decoders, BAD[name].data) == BAD[name].reason


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read(decoders: Decoders, name: str) -> None:
    """B40, B43, B44, B45, B48, B65."""
    facts, pixels = decoders.facts(ODD[name].data), decoders.pixels(ODD[name].data)
    assert pixels.shape == (facts.height_px, facts.width_px, 3)


@pytest.mark.parametrize("name", ODD)
def test_the_child_squashes_as_the_parent_would(decoders: Decoders, name: str) -> None:
    """M32: bit for bit, JPEG halved down to twice the square before."""
    whole = Image.fromarray(decoders.pixels(ODD[name].data, enough_px=2 * 12))
    square = decoders.squashed(ODD[name].data, 12)
    np.testing.assert_array_equal(square, np.asarray(squashed(whole, 12)), strict=True)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of two pictures, 0–255."""
    return float(abs(one.astype(int) - other.astype(int)).mean())


def coarse(pixels: np.ndarray) -> np.ndarray:
    """Four by three mean colours, in which the grain of a JPEG is gone."""
    return np.asarray(Image.fromarray(pixels).resize((4, 3), Image.Resampling.BOX))


@pytest.mark.parametrize("name", sorted(set(ODD) - {"one-pixel.png"}))
def test_every_way_to_the_pixels_shows_the_same_colours(decoders: Decoders, name: str) -> None:
    """B44, B45: whole, as a thumbnail, rebuilt, as the smaller copy that is stored, and hashed."""
    data = ODD[name].data
    pixels = decoders.pixels(data)
    longer = max(pixels.shape)
    np.testing.assert_array_equal(decoders.thumbnail(data, longer), pixels, strict=True)
    assert apart(decoders.pixels(decoders.rebuilt(data).data), pixels) < 3
    (looked,) = decoders.looked([Asked(0, data, longer // 2)])
    assert looked.smaller is not None
    assert apart(coarse(decoders.pixels(looked.smaller.data)), coarse(pixels)) < 3
    plain = decoders.facts(nasty.png(Image.fromarray(pixels)))
    facts = decoders.facts(data)
    assert (facts.phash, facts.dhash) == (plain.phash, plain.dhash)


def test_a_bad_file_never_stops_the_next_one(decoders: Decoders) -> None:
    """D5."""
    before = decoders.facts(nasty.jpeg())
    for file in BAD.values():
        reason_for(decoders, file.data)
    assert decoders.facts(nasty.jpeg()) == before


@pytest.mark.parametrize("name", ["bomb.png", "announces-65000.jpg", "100-megapixels.png"])
def test_too_many_pixels_are_told_without_decoding(decoders: Decoders, name: str) -> None:
    """B41: at most a fraction of what decoding 225 megapixels takes."""
    with Decoders(workers=1, limits=Limits(memory_mb=16)) as small:
        assert reason_for(small, BAD[name].data) == "too-many-pixels"


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animation_is_its_first_frame_and_flagged(decoders: Decoders, kind: str) -> None:
    """B45."""
    data = ODD[f"animated.{kind}"].data
    first = np.asarray(nasty.painting(seed=1)).astype(int)
    assert decoders.facts(data).is_animated
    assert abs(decoders.pixels(data).astype(int) - first).mean() < 12
    assert not decoders.facts(nasty.png()).is_animated


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_and_sizes_are_those_of_the_upright_picture(
    decoders: Decoders, orientation: int
) -> None:
    """B46: store the picture so that turning it as asked gives the painting back."""
    painting = nasty.painting(96, 72)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = painting.transpose(undo[orientation]) if orientation > 1 else painting
    data = nasty.turned(orientation, stored)
    facts = decoders.facts(data)
    assert (facts.width_px, facts.height_px) == painting.size
    assert abs(decoders.pixels(data).astype(int) - np.asarray(painting).astype(int)).mean() < 12
    straight = decoders.facts(nasty.turned(1, painting)).phash
    assert facts.phash is not None
    assert straight is not None
    assert (facts.phash ^ straight).bit_count() <= 4


def test_a_limit_on_bytes_is_told_without_a_child() -> None:
    with Decoders(workers=1, limits=Limits(max_bytes=1000)) as decoders:
        assert reason_for(decoders, bytes(1001)) == "too-many-bytes"
        assert decoders.pids() == []


def test_other_formats_never_reach_a_child() -> None:
    """B47."""
    with Decoders(workers=1) as decoders:
        for data in nasty.other_formats().values():
            assert reason_for(decoders, data) == "format"
        assert decoders.pids() == []


def test_too_little_memory_costs_one_picture() -> None:
    """B49: 16 megapixels do not fit in 32 MB, a small picture does."""
    big = nasty.png(Image.new("RGB", (4000, 4000), "red"))
    with Decoders(workers=1, limits=Limits(memory_mb=32)) as decoders:
        assert reason_for(decoders, big) == "decode-error"
        assert decoders.facts(nasty.jpeg()).format == "JPEG"


def test_the_death_of_a_child_costs_one_picture() -> None:
    """B49."""
    with Decoders(workers=1) as decoders:
        trouble = while_stopped(decoders, signal.SIGKILL)
        assert (trouble.reason, trouble.detail) == ("decoder-crashed", "SIGKILL")
        assert decoders.facts(nasty.jpeg()).format == "JPEG"


def test_a_child_that_dies_idle_costs_nothing() -> None:
    with Decoders(workers=1) as decoders:
        decoders.facts(nasty.jpeg())
        (pid,) = decoders.pids()
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + patience.SECONDS
        while decoders._children[0].is_running() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert decoders.facts(nasty.jpeg()).format == "JPEG"


@pytest.mark.slow
def test_a_child_that_hangs_is_given_up() -> None:
    """B49."""
    with Decoders(workers=1, limits=Limits(seconds=0.2)) as decoders:
        assert while_stopped(decoders, None).reason == "decode-timeout"
        assert decoders.facts(nasty.jpeg()).format == "JPEG"


def test_a_child_can_open_nothing(decoders: Decoders) -> None:
    """X3: three pipes are all it has, and no file may grow."""
    decoders.facts(nasty.jpeg())
    (pid,) = decoders.pids()
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    limits = {line[:25].strip(): line[25:].split()[0] for line in lines}
    assert limits["Max open files"] == "3"
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"
    assert sorted(each.name for each in Path(f"/proc/{pid}/fd").iterdir()) == ["0", "1", "2"]


def test_a_child_knows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """X9."""
    monkeypatch.setenv("FLICKR_KEY", "canary-1234")
    with Decoders(workers=1) as decoders:
        decoders.facts(nasty.jpeg())
        (pid,) = decoders.pids()
        assert b"canary-1234" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_pixels_may_be_halved_while_enough_remain(decoders: Decoders) -> None:
    data = nasty.jpeg(nasty.painting(400, 320))
    assert decoders.pixels(data).shape == (320, 400, 3)
    assert decoders.pixels(data, enough_px=80).shape == (80, 100, 3)
    assert decoders.pixels(data, enough_px=81).shape == (160, 200, 3)
    assert decoders.pixels(nasty.png(nasty.painting(400, 320)), enough_px=8).shape[0] == 320


@pytest.mark.parametrize("size", [(400, 320), (320, 400), (20, 10), (900, 1)])
def test_the_longer_side_of_a_thumbnail_is_as_asked(
    decoders: Decoders, size: tuple[int, int]
) -> None:
    small = decoders.thumbnail(nasty.png(nasty.painting(*size)), 64)
    assert max(small.shape[:2]) == 64
    assert min(small.shape[:2]) == max(1, round(64 * min(size) / max(size)))


@pytest.mark.parametrize(
    "name", ["talkative.jpg", "html-tail.jpg", "zip-tail.jpg", "commented.png"]
)
def test_a_rebuilt_file_holds_pixels_and_nothing_else(decoders: Decoders, name: str) -> None:
    """R30, B48, B65."""
    made = decoders.rebuilt(ODD[name].data)
    for word in (b"SECRET", b"Exif", b"ICC_PROFILE", b"Photoshop", b"JFXX", b"script", b"PK\3\4"):
        assert word not in made.data
    assert b"SECRET" in nasty.talkative()
    with Image.open(BytesIO(made.data)) as picture:
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert picture.size == (made.width_px, made.height_px) == (96, 72)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (nasty.jpeg(), "JPEG"),
        (nasty.saved(nasty.painting(), "WEBP"), "JPEG"),
        (nasty.png(), "PNG"),
        (nasty.saved(nasty.painting(), "GIF"), "PNG"),
    ],
)
def test_a_rebuilt_file_loses_little_or_nothing(decoders: Decoders, data: bytes, kind: str) -> None:
    made = decoders.rebuilt(data)
    before = decoders.pixels(data).astype(int)
    after = decoders.pixels(made.data).astype(int)
    assert made.format == kind
    assert abs(before - after).mean() <= (3 if kind == "JPEG" else 0)


def test_a_rebuilt_file_has_at_most_the_pixels_asked_for(decoders: Decoders) -> None:
    made = decoders.rebuilt(nasty.png(nasty.painting(300, 200)), max_pixels=15_000)
    assert (made.width_px, made.height_px) == (150, 100)


def test_threads_get_the_answers_to_their_own_questions() -> None:
    pictures = [nasty.png(nasty.painting(80 + number, 80)) for number in range(12)]
    with Decoders(workers=2) as decoders, ThreadPoolExecutor(6) as pool:
        widths = [facts.width_px for facts in pool.map(decoders.facts, pictures)]
    assert widths == list(range(80, 92))


def test_no_error_but_ours_leaves_the_door(decoders: Decoders) -> None:
    """X13, on a small budget: one byte changed at many places."""
    generator = np.random.default_rng(1)
    for data in (nasty.jpeg(), nasty.png(), nasty.animated("GIF"), nasty.animated("WEBP")):
        for _ in range(25):
            broken = bytearray(data)
            broken[generator.integers(len(data))] ^= int(generator.integers(1, 256))
            assert outcome(decoders, bytes(broken)) in {"fine", *REASONS}


def test_a_decoder_that_cannot_live_stops_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """B49, D5."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    with Decoders(workers=1) as decoders:
        for _ in range(4):
            assert reason_for(decoders, nasty.jpeg()) == "decoder-crashed"
        with pytest.raises(AffektError, match="5 times in a row"):
            decoders.facts(nasty.jpeg())
