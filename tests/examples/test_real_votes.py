"""The tables of docs/agreement.md are those that its commands print."""

from pathlib import Path

import pytest

from examples import real_votes
from tests.docs.pages import section

pytestmark = pytest.mark.slow


def told(heading: str) -> list[str]:
    """The rows under a heading."""
    text = section("docs/agreement.md", heading)
    return [line for line in text.splitlines() if line.startswith("|")]


def test_votes_saved_at_equal_labels_are_those_of_the_page(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C16, section 16: 24 to 33 of 100 votes, labels identical."""
    real_votes.main([str(shared_data), "stopping"])
    rows = capsys.readouterr().out.splitlines()
    assert rows == told("Stopping early")
    saved = [float(row.split("|")[4].strip(" %")) for row in rows[2:]]
    assert 24 <= min(saved) <= max(saved) <= 33
    assert {row.split("|")[5].strip() for row in rows[2:]} == {"0"}


def test_labels_of_real_votes_are_as_right_as_the_page_says(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C36."""
    real_votes.main([str(shared_data), "models"])
    assert capsys.readouterr().out.splitlines() == told("Labels")


def test_agreement_of_real_votes_is_that_of_the_page(
    shared_data: Path,
) -> None:
    """C35, the statistics; intervals are drawn in the command."""
    everything = list(real_votes.all_counts(shared_data))
    wanted = {row.split("|")[1].strip(): row.split("|")[3:7] for row in told("Statistics")[2:]}
    found = {
        name: [f"{one.value:.4f}" for one in real_votes.statistics(counts, 1, rounds=2)[:4]]
        for name, counts in everything
    }
    assert found == {name: [cell.split()[0] for cell in cells] for name, cells in wanted.items()}
