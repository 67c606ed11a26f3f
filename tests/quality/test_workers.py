from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.quality import EVENTS, WORKERS, checked, evidence
from tests.quality.crowds import crowd, kinds
from tests.quality.small import START, deed, one, votes

LETTERS = st.text("YN.", min_size=6, max_size=6)


def gold(worker: str, *answers: tuple[bool, bool]) -> pl.DataFrame:
    return pl.concat(
        deed(1000 + at, f"g{at}", worker, felt=felt, gold_felt=known)
        for at, (felt, known) in enumerate(answers)
    )


def test_gold_is_counted_by_kind_with_wilson_intervals() -> None:
    """C29: 3 of 4 right; the interval is that of Wilson for 3 of 4."""
    said = gold("ann", (True, True), (True, True), (True, False), (False, False))
    ann = one(evidence(checked(said)), "ann")
    assert (ann["gold"], ann["gold_n"]) == (0.75, 4)
    assert ann["gold_low"] == pytest.approx(0.3006, abs=1e-4)
    assert ann["gold_high"] == pytest.approx(0.9544, abs=1e-4)
    assert (ann["gold_sensitivity"], ann["gold_specificity"]) == (1.0, 0.5)


def test_rates_against_others_are_over_what_they_settled() -> None:
    """C29: ben and cem settle q0 and q1 as YES, q2 as NO, and not q3."""
    ann = one(evidence(checked(votes(ann="YNYY", ben="YYNY", cem="YYNN"))), "ann")
    assert (ann["sensitivity"], ann["sensitivity_n"]) == (0.5, 2)
    assert (ann["specificity"], ann["specificity_n"]) == (0.0, 1)


def test_agreement_leaves_the_own_vote_out() -> None:
    """C29: ann agrees with 2, 0, 0 and 1 of two others."""
    ann = one(evidence(checked(votes(ann="YNYY", ben="YYNY", cem="YYNN"))), "ann")
    assert ann["agreement"] == pytest.approx((1 + 0 + 0 + 0.5) / 4)


def test_the_expected_yes_share_is_that_of_others_on_the_same_questions() -> None:
    """C29: cem says no YES, though half is expected."""
    cem = one(evidence(checked(votes(ann="YNY", ben="YN.", cem="NNN"))), "cem")
    assert (cem["yes_share"], cem["yes_expected"]) == (0.0, pytest.approx(2 / 3))


def test_gold_is_no_part_of_the_agreement() -> None:
    """I8."""
    plain = votes(ann="YNYY", ben="YYNY", cem="YYNN")
    with_gold = pl.concat(
        [plain, gold("ann", (True, False)), gold("dan", (False, False))], how="vertical_relaxed"
    ).with_row_index("sequence_", offset=0)
    seen = checked(with_gold.with_columns(sequence=pl.col("sequence_")))
    names = ["agreement", "sensitivity", "specificity", "sensitivity_n", "specificity_n"]
    before = evidence(checked(plain)).filter(pl.col("worker") == "ann").select(names)
    after = evidence(seen).filter(pl.col("worker") == "ann").select(names)
    assert after.equals(before)


def test_deeds_are_counted_apart() -> None:
    """C29, C10: a skip is no vote."""
    rows = [
        deed(0, "a", "ann", felt=True), deed(1, "b", "ann", felt=True, state="late"),
        deed(2, "c", "ann", felt=True, state="excluded"),
        deed(3, "d", "ann", felt=None, kind="skip"),
        deed(4, "e", "ann", felt=None, kind="broken"),
    ]  # fmt: skip
    ann = one(evidence(checked(pl.concat(rows, how="vertical_relaxed"))), "ann")
    told = [ann[name] for name in ("votes", "late", "excluded", "skips", "broken")]
    assert told == [1, 1, 1, 1, 1]
    assert ann["yes_share"] == 1


def test_times_are_the_median_and_the_fifth_percentile() -> None:
    """C29."""
    rows = [deed(at, f"q{at}", "ann", felt=True, seconds=float(at)) for at in range(21)]
    ann = one(evidence(checked(pl.concat(rows))), "ann")
    assert (ann["median_seconds"], ann["fast_seconds"]) == (10, 1)


def test_the_longest_run_follows_the_order_of_the_server() -> None:
    """C29, I12."""
    said = votes(ann="YYYNNYN")
    told = one(evidence(checked(said.sample(fraction=1, shuffle=True, seed=1))), "ann")
    assert told["longest_run"] == 3


def test_work_that_gets_worse_drifts() -> None:
    """C29: right on the first forty gold questions, wrong on the last forty."""
    ann = one(evidence(checked(gold("ann", *[(True, True)] * 40, *[(False, True)] * 40))), "ann")
    assert ann["work_drift"] == -1
    assert float(str(ann["work_drift_p"])) < 1e-6


def test_work_that_is_bad_at_night_swings_over_the_day() -> None:
    """C29: right in every hour from six to eighteen, wrong in the others, for four days."""
    rows = [
        deed(
            at,
            f"g{at}",
            "ann",
            felt=6 <= at % 24 < 18,
            gold_felt=True,
            at=START.replace(hour=0) + timedelta(hours=at),
        )
        for at in range(96)
    ]
    ann = one(evidence(checked(pl.concat(rows))), "ann")
    assert float(str(ann["day_drift_p"])) < 1e-6
    assert float(str(ann["work_drift_p"])) > 0.05


def test_who_only_skipped_has_nothing_but_skips() -> None:
    row = evidence(checked(deed(0, "q", "ann", felt=None, kind="skip")))
    assert one(row, "ann")["skips"] == 1
    assert row["agreement"].to_list() == row["longest_run"].to_list() == [None]


def test_no_event_gives_no_worker() -> None:
    assert evidence(checked(EVENTS.empty())).equals(WORKERS.empty())


@settings(max_examples=10)
@given(LETTERS, LETTERS, LETTERS, st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(a: str, b: str, c: str, seed: int) -> None:
    said = votes(ann=a + "Y", ben=b + "N", cem=c + "Y")
    mixed = said.sample(fraction=1, shuffle=True, seed=seed)
    assert evidence(checked(mixed)).equals(evidence(checked(said)))


@pytest.mark.slow
def test_every_share_lies_in_its_interval() -> None:
    seen = evidence(crowd(kinds(30, 0.2), seed=3)).drop_nulls()
    inside = seen.select(
        pl.col(f"{name}_low").le(pl.col(name)) & pl.col(name).le(pl.col(f"{name}_high"))
        for name in ("gold", "sensitivity", "specificity", "agreement")
    )
    assert inside.select(pl.all().all()).row(0) == (True,) * 4
