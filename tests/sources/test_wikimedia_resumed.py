"""Collecting from Commons, cut off at any call and gone on with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.servers.wikimedia import Commons, Quirks, some, source_at
from tests.sources.cut_off import WORDS, Trial

N_CALLS = 18  # that an undisturbed run makes
PIECES = Quirks(infos=2, categories=3, turns=True)


@pytest.fixture
def wiki() -> Iterator[Commons]:
    """A wiki that tells each batch in several answers."""
    wiki = Commons(some(48), PIECES)
    with wiki.server:
        yield wiki


def trial(wiki: Commons, **settings: Any) -> Trial:
    return Trial(wiki, wiki.asked, source_at(wiki, **settings), WORDS, fault="403")


def is_each_call_another(calls: list[dict[str, str]]) -> bool:
    return len({str(sorted(one.items())) for one in calls}) == len(calls)


def test_an_undisturbed_run_asks_everything_once(wiki: Commons, tmp_path: Path) -> None:
    whole = trial(wiki).whole(tmp_path)
    assert sorted(row[1] for row in whole.found) == sorted(
        str(file.number) for file in wiki.files if file.words.split()[1] in ("fear", "awe")
    )
    assert wiki.calls == len(whole.calls) == N_CALLS
    assert is_each_call_another(whole.calls)


@pytest.mark.slow
@pytest.mark.parametrize("by", ["text", "category"])
@pytest.mark.parametrize(
    ("quirks", "per_page"),
    [(Quirks(), 2), (PIECES, 4), (PIECES, 1), (Quirks(shown=4, infos=1), 2)],
    ids=["plain", "in pieces", "with history", "not all shown"],
)
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    tmp_path: Path, quirks: Quirks, per_page: int, by: str
) -> None:
    """B11: no page is asked twice and none is left out."""
    files = [replace(file, versions=3) for file in some(32)]
    files[14], files[1] = replace(files[14], is_deleted=True), replace(files[1], has_info=False)
    both = [replace(file, words="dread", categories=("Dread", "Fear")) for file in some(3)]
    wiki = Commons([*files, *both], quirks)
    with wiki.server:
        whole, others = trial(wiki, by=by, per_page=per_page).cut_everywhere(tmp_path)
    assert others == {}
    assert is_each_call_another(whole.calls)
    assert {reason for *_, reason, _ in whole.dropped} == {"no-file"}


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 8, N_CALLS])
def test_a_killed_process_ends_as_an_undisturbed_one(
    wiki: Commons, tmp_path: Path, call: int
) -> None:
    """B11, D3: what was not on disk is asked again, once; everything else is not."""
    ask = trial(wiki)
    killed, whole = ask.killed(tmp_path / "killed", call), ask.whole(tmp_path / "whole")
    assert killed.rows == whole.rows
    assert killed.calls == [*whole.calls[:call], *whole.calls[call - 1 :]]
