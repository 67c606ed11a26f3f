"""The set of Machajdik and Hanbury as a whole, and the three factors of Wang et al. among it."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError
from skimage import data

from affekt.blocks.colour_names import CELLS, NAMES
from affekt.errors import PictureError, UsageError
from affekt.features.machajdik import OTHERWISE, WORDS, Machajdik
from affekt.features.wang2006 import Wang2006
from tests.blocks.pictures import noise, painted, plain, ramp

AS_IT_IS = Machajdik(area_px="original")
PICTURES = {
    "noise": noise(60, 50),
    "painted": painted(90, 120),
    "grey": ramp(40, 300),
    "least": noise(8, 8),
    "wide": painted(8, 700),
    "face": data.astronaut()[:250:2, 60:320:2].copy(),
    "cat": data.chelsea()[::4, ::4].copy(),
}
every_picture = pytest.mark.parametrize("name", PICTURES)


def told(part: Machajdik, picture: NDArray[np.uint8]) -> dict[str, float]:
    found = zip(part.names, part.extract(picture).tolist(), strict=True)
    return {name.removeprefix("machajdik."): value for name, value in found}


def test_there_are_114_values_in_17_rows() -> None:
    counts = [Machajdik(blocks=(word,)).length for word in WORDS]
    assert counts == [2, 3, 4, 1, 11, 20, 19, 10, 3, 12, 12, 1, 3, 6, 3, 2, 2]
    assert (len(WORDS), sum(counts), Machajdik().length) == (17, 114, 114)


def test_a_name_holds_its_row_and_every_value_its_source() -> None:
    values = Machajdik().values
    assert [value.name.split(".")[1] for value in values] == [
        word for word in WORDS for _ in range(Machajdik(blocks=(word,)).length)
    ]
    assert all(value.source and value.low < value.high for value in values)


@every_picture
def test_values_are_finite_and_in_their_declared_range(name: str) -> None:
    part = Machajdik(blocks=(*WORDS, *OTHERWISE), area_px="original")
    found = part.extract(PICTURES[name])
    assert np.isfinite(found).all()
    slack = 1e-6
    low, high = np.array([(value.low, value.high) for value in part.values]).T
    strange = [
        part.names[at]
        for at in np.flatnonzero((found < low - slack) | (found > high + slack * (1 + high)))
    ]
    assert not strange


def test_a_block_alone_gives_what_it_gives_among_all() -> None:
    every = told(AS_IT_IS, PICTURES["face"])
    for_two = told(Machajdik(blocks=("skin", "wavelets"), area_px="original"), PICTURES["face"])
    assert {name.split(".")[0] for name in for_two} == {"skin", "wavelets"}
    assert for_two == {name: every[name] for name in for_two}


def test_the_order_of_chosen_blocks_is_that_of_the_table() -> None:
    assert Machajdik(blocks=("tamura", "pad")) == Machajdik(blocks=("pad", "tamura"))


def test_red_is_what_the_formulas_say() -> None:
    found = told(AS_IT_IS, plain(60, 80, 255, 0, 0))
    wanted = {
        "saturation_brightness.saturation": 1.0,
        "saturation_brightness.brightness": 0.299,
        "pad.pleasure": 0.42631,
        "pad.arousal": 0.50731,
        "pad.dominance": 0.54724,
        "colourfulness.distance": 183.86,
        "colour_names.red": 1.0,
        "itten.warmth_mean": 1.0,
        "wang.high_saturation_warm": 1.0,
        "tamura.coarseness": 2.0,
        "glcm.hue_correlation": 1.0,
        "glcm.brightness_energy": 1.0,
        "glcm.saturation_homogeneity": 1.0,
        "level_of_detail.segments": 1.0,
        "rule_of_thirds.brightness": 0.299,
        "skin.to_faces": 1.0,
    }
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, rel=1e-5)
    zero: tuple[str, ...] = (
        "hue.",
        "tamura.contrast",
        "tamura.dir",
        "wavelets.",
        "glcm.hue_contrast",
    )
    zero += ("depth_of_field.", "dynamics.", "faces.", "wang.colour_contrast", "itten.hue_mean")
    assert max(abs(found[name]) for name in found if name.startswith(zero)) < 1e-9


def test_a_grey_picture_has_no_hue() -> None:
    found = told(AS_IT_IS, PICTURES["grey"])
    hues = [value for name, value in found.items() if ".hue_" in name or name.startswith("hue.")]
    assert set(np.round(hues, 6)) <= {
        0.0,
        1.0,
    }  # 1: energy, correlation and homogeneity of one level
    assert found["wang.low_saturation_warm"] == pytest.approx(1.0)
    assert sum(found[f"colour_names.{name}"] for name in ("black", "grey", "white")) == 1.0


MIRRORED = [
    word
    for word in WORDS
    if word not in ("itten", "level_of_detail", "dynamics", "faces", "skin", "tamura")
]


@pytest.mark.parametrize("name", ["noise", "painted", "cat"])
def test_half_a_turn_changes_no_value_of_colour_and_texture(name: str) -> None:
    """Windows of Tamura's coarseness are even, so it may move; searches for parts move too."""
    height, width = (8 * (side // 8) for side in PICTURES[name].shape[:2])
    picture = PICTURES[name][:height, :width]
    part = Machajdik(blocks=tuple(MIRRORED), area_px="original")
    turned = part.extract(np.ascontiguousarray(picture[::-1, ::-1]))
    np.testing.assert_allclose(turned, part.extract(picture), rtol=1e-5, atol=1e-6)


def test_a_face_is_counted_and_gives_the_colour_of_skin() -> None:
    with_face = told(AS_IT_IS, data.astronaut()[:250, 60:320].copy())
    without = told(
        Machajdik(area_px="original", faces="none"), data.astronaut()[:250, 60:320].copy()
    )
    assert (with_face["faces.count"], without["faces.count"]) == (1, 0)
    assert with_face["skin.area"] != without["skin.area"]


def test_dominance_takes_the_sign_that_is_asked_for() -> None:
    part = Machajdik(blocks=("pad",), dominance_sign=-1)
    assert part.extract(plain(8, 8, 255, 0, 0))[2] == pytest.approx(-0.76 * 0.299 + 0.32)
    assert part.values[2][2:4] == (-0.76, 0.32)


def test_two_more_blocks_say_hue_and_detail_in_another_way() -> None:
    part = Machajdik(blocks=("hue_vector", "hue", "log_level_of_detail"), area_px="original")
    found = told(part, PICTURES["cat"])
    assert found["hue_vector.cosine"] == pytest.approx(np.cos(found["hue.mean"]), abs=1e-6)
    segments = told(AS_IT_IS, PICTURES["cat"])["level_of_detail.segments"]
    assert found["log_level_of_detail.segments"] == pytest.approx(np.log1p(segments))


def test_the_three_factors_are_a_row_of_the_table() -> None:
    """Defect of earlier code: the row and the set of that name differ."""
    row = Machajdik(blocks=("wang",), area_px="original")
    alone = Wang2006(area_px="original")
    assert alone.length == 19
    items = [[name.split(".")[2] for name in part.names] for part in (row, alone)]
    assert items[0] == items[1]
    np.testing.assert_array_equal(alone.extract(PICTURES["cat"]), row.extract(PICTURES["cat"]))


@pytest.mark.parametrize("part", [Machajdik, Wang2006])
@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"blocks": ["glitter"]}, "there is no block 'glitter'; known: "),
        ({"blocks": []}, "at least one block"),
        ({"area_px": 9}, "greater than or equal to 64"),
    ],
)
def test_a_wrong_setting_is_told(part: Any, settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        part(**settings)


def test_a_wavelet_that_is_not_discrete_is_told() -> None:
    with pytest.raises(ValidationError, match="no discrete wavelet 'morl'; haar"):
        Machajdik(wavelet="morl")


def test_another_wavelet_gives_other_details_and_other_bounds() -> None:
    part = Machajdik(blocks=("wavelets",), wavelet="db2", area_px="original")
    assert not np.allclose(
        part.extract(PICTURES["noise"]), told_block("wavelets", PICTURES["noise"])
    )
    assert part.values[0].high == np.inf


def told_block(word: str, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return Machajdik(blocks=(word,), area_px="original").extract(picture)


def test_a_picture_below_8_pixels_is_refused() -> None:
    with pytest.raises(PictureError, match="at least 8 × 8"):
        AS_IT_IS.extract(noise(7, 30))


def test_a_part_goes_into_another_process() -> None:
    part = Machajdik(blocks=("glcm", "wang"))
    assert pickle.loads(pickle.dumps(part)) == part


def table_of(name: str, folder: Path, word: str) -> Path:
    """A table in which every colour has one name."""
    table = np.zeros((CELLS, len(NAMES)))
    table[:, NAMES.index(word)] = 0.9
    path = folder / name
    if path.suffix == ".npy":
        np.save(path, table)
    else:
        path.write_text("\n".join(",".join(f"{one:g}" for one in row) for row in table.tolist()))
    return path


@pytest.mark.parametrize("name", ["names.npy", "names.csv"])
def test_a_table_of_ones_own_names_the_colours(name: str, tmp_path: Path) -> None:
    path = table_of(name, tmp_path, "purple")
    part = Machajdik.model_validate({"blocks": ["colour_names"], "colour_table": path})
    found = told(part, painted(20, 20))
    assert found["colour_names.purple"] == 1.0


def test_the_content_of_a_table_counts_and_its_name_does_not(tmp_path: Path) -> None:
    """A result is filed under what made it."""
    first, second = (table_of(name, tmp_path, "red") for name in ("first.npy", "second.npy"))
    other = table_of("other.npy", tmp_path, "blue")
    digests = [
        Machajdik.model_validate({"colour_table": one}).digest() for one in (first, second, other)
    ]
    assert digests[0] == digests[1] != digests[2]
    assert Machajdik().digest() not in digests


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            b"1 2 3\n4 5 6\n",
            "names.txt: holds 2 × 3 numbers; a table of colour names has 32,768 rows",
        ),
        (b"red green\n", "names.txt: cannot be read as numbers"),
        (None, "names.txt: No such file or directory"),
    ],
)
def test_a_table_of_another_form_is_told(content: bytes | None, text: str, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content) if content is not None else None
    part = Machajdik.model_validate({"colour_table": path})
    with pytest.raises(UsageError, match=text):
        part.identity()


def test_a_table_with_numbers_below_zero_is_told(tmp_path: Path) -> None:
    path = tmp_path / "names.npy"
    np.save(path, np.full((CELLS, len(NAMES)), -1.0))
    with pytest.raises(UsageError, match="numbers below 0 or none at all"):
        Machajdik.model_validate({"colour_table": path}).extract(noise(9, 9))
