"""Votes from a file: all findings with their lines, and nothing imported unless all is fine."""

import contextlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.crowd._ballot import NEEDED, read
from affekt.crowd.csvfile import TO_ASK, Csvfile
from affekt.errors import DiskTrouble, TableError
from affekt.journal.votes import FILE, Votes
from affekt.parts import Place
from tests.crowd.asked import questions

ASKED = questions("awe", 3)
FIRST, SECOND, THIRD = ASKED["image_id"]
HEAD = "image_id,emotion,worker,answer"


def brought(folder: Path, text: str | bytes, *, skip_bad: bool = False) -> pl.DataFrame:
    """Import a file into a new journal and give the votes."""
    path = folder / "votes.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    crowd = Csvfile(seed=1, path=Place(written=str(path)), skip_bad=skip_bad)
    with Votes(folder / FILE, crowd.witness()) as journal:
        crowd.ask(journal, ASKED)
        crowd.answers(journal)
        return journal.votes()


def findings(folder: Path, *lines: str) -> list[str]:
    with pytest.raises(TableError) as caught:
        brought(folder, "\n".join([HEAD, *lines]))
    with Votes(folder / FILE, "any") as journal:
        stored = journal._connection.execute("SELECT count(*) FROM votes").fetchone()
    assert stored == (0,)
    return str(caught.value).splitlines()[1:]


@pytest.mark.parametrize("spelling", ["Yes", "ja", "1", "TRUE", "y", "wahr", " YES ", "sí"])
def test_yes_is_read_in_many_spellings(tmp_path: Path, spelling: str) -> None:
    """B59."""
    assert brought(tmp_path, f"{HEAD}\n{FIRST},awe,ann,{spelling}")["felt"].to_list() == [True]


@pytest.mark.parametrize("spelling", ["No", "nein", "0", "FALSE", "n", "non"])
def test_no_is_read_in_many_spellings(tmp_path: Path, spelling: str) -> None:
    assert brought(tmp_path, f"{HEAD}\n{FIRST},awe,ann,{spelling}")["felt"].to_list() == [False]


@pytest.mark.parametrize("between", [";", "\t", ","])
def test_semicolons_and_tabs_are_told_apart(tmp_path: Path, between: str) -> None:
    """B59."""
    lines = [HEAD + ",seconds", f"{FIRST},awe,ann,yes,2.5"]
    assert brought(tmp_path, "\n".join(lines).replace(",", between))["seconds"].to_list() == [2.5]


def test_a_decimal_comma_is_a_number(tmp_path: Path) -> None:
    text = f"image_id;emotion;worker;answer;seconds\n{FIRST};awe;ann;ja;2,5"
    assert brought(tmp_path, text)["seconds"].to_list() == [2.5]


def test_byte_order_mark_crlf_capitals_and_blank_lines_are_fine(tmp_path: Path) -> None:
    text = f"Image_ID,Emotion,WORKER,Answer,note\r\n\r\n{FIRST.upper()},Awe,ann,yes,x\r\n\r\n"
    votes = brought(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert votes.select("emotion", "felt", "seconds").rows() == [("awe", True, None)]


def test_a_missing_column_is_named_with_those_found(tmp_path: Path) -> None:
    """B59."""
    with pytest.raises(TableError, match=r"line 1: lacks the columns \['worker'\]; found"):
        brought(tmp_path, f"image_id,emotion,answer\n{FIRST},awe,yes", skip_bad=True)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"has the columns \['answer'\] twice"):
        brought(tmp_path, f"{HEAD},answer\n{FIRST},awe,ann,yes,no")


def test_an_empty_file_lacks_its_columns(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="lacks the columns"):
        brought(tmp_path, "")


def test_every_bad_line_is_found_with_its_number(tmp_path: Path) -> None:
    """B59."""
    told = findings(
        tmp_path,
        f"{FIRST},awe,ann,yes",
        f"{FIRST},awe,bob,maybe",
        f"{FIRST},awe,,yes",
        f"{'0' * 64},awe,ann,yes",
        f"{SECOND},fear,ann,yes",
        f"{FIRST},awe,ann,no",
        f"{THIRD},awe,ann",
        "",
        f'{THIRD},awe,"ann"x,yes',
    )
    assert told == [
        "line 3: the answer 'maybe' is not known; write yes or no",
        "line 4: worker left blank",
        f"line 5: unknown picture '{'0' * 64}'; no question asks about it",
        "line 6: this picture was not asked about 'fear', but about awe",
        "line 7: the same worker says the opposite in line 2",
        "line 8: has 3 cells where the first line has 4",
        "line 10: cannot be read as CSV (',' expected after '\"')",
    ]


def test_a_sixth_vote_is_found(tmp_path: Path) -> None:
    """B59."""
    told = findings(tmp_path, *(f"{FIRST},awe,worker {n},yes" for n in range(6)))
    assert told == ["line 7: is vote number 6 or later on this question; 5 count"]


def test_the_line_of_a_record_is_where_it_begins(tmp_path: Path) -> None:
    told = findings(tmp_path, f'{FIRST},awe,"an\nn",yes', f"{SECOND},awe,bob,maybe")
    assert told == ["line 4: the answer 'maybe' is not known; write yes or no"]


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan", "inf"])
def test_seconds_that_are_no_time_are_found(tmp_path: Path, seconds: str) -> None:
    with pytest.raises(TableError, match=rf"line 2: the seconds are '{seconds}'"):
        brought(tmp_path, f"{HEAD},seconds\n{FIRST},awe,ann,yes,{seconds}")


def test_bad_lines_are_left_out_when_the_plan_says_so(tmp_path: Path) -> None:
    """B59: of opposite answers the first stays."""
    lines = [f"{FIRST},awe,ann,yes", f"{FIRST},awe,ann,no", f"{SECOND},awe,ann,?"]
    votes = brought(tmp_path, "\n".join([HEAD, *lines]), skip_bad=True)
    assert votes["felt"].to_list() == [True]


def test_a_repeated_line_changes_nothing(tmp_path: Path) -> None:
    line = f"{FIRST},awe,ann,yes"
    assert brought(tmp_path, "\n".join([HEAD, line, line])).height == 1


def test_importing_twice_changes_nothing_even_after_closing(tmp_path: Path) -> None:
    """B59."""
    path = tmp_path / "votes.csv"
    path.write_text("\n".join([HEAD, *(f"{FIRST},awe,w{n},yes" for n in range(5))]))
    crowd = Csvfile(seed=1, path=Place(written=str(path)))
    with Votes(tmp_path / FILE, "c") as journal:
        crowd.ask(journal, ASKED)
        crowd.answers(journal)
        crowd.close(journal, ASKED.filter(pl.col("image_id") == FIRST))
        crowd.answers(journal)
        assert journal.votes().height == 5


def test_text_that_is_not_utf_8_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="line 2 is not UTF-8"):
        brought(tmp_path, HEAD.encode() + b"\n" + FIRST.encode() + b",awe,J\xfcrgen,ja")


def test_names_of_workers_stay_in_the_file(tmp_path: Path) -> None:
    """I13."""
    votes = brought(tmp_path, f"{HEAD}\n{FIRST},awe,ann,yes\n{FIRST},awe,bob,no")
    assert sorted(votes["worker"]) == ["worker-00000", "worker-00001"]


def test_a_file_that_is_not_there_brings_nothing_and_says_what_is_missing(tmp_path: Path) -> None:
    crowd = Csvfile(seed=1, path=Place(written=str(tmp_path / "later.csv")))
    with Votes(tmp_path / FILE, "c") as journal:
        crowd.ask(journal, ASKED)
        crowd.answers(journal)
        assert "does not exist and lacks 15 votes" in crowd.advice(journal)
    assert crowd.witness() == ""


def test_a_folder_in_place_of_the_file_is_disk_trouble(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match="name a CSV file"):
        Csvfile(seed=1, path=Place(written=str(tmp_path))).witness()


def test_the_questions_to_ask_lie_beside_the_journal(tmp_path: Path) -> None:
    brought(tmp_path, f"{HEAD}\n{FIRST},awe,ann,yes")
    table = pl.read_csv(tmp_path / TO_ASK)
    assert set(table["image_id"]) == {FIRST, SECOND, THIRD}
    assert table["votes_missing"].to_list() == [5, 5, 5]


def test_the_witness_follows_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    crowd = Csvfile(seed=1, path=Place(written=str(path)))
    path.write_text("a")
    before = crowd.witness()
    path.write_text("b")
    assert crowd.witness() != before


@given(st.text(max_size=300))
def test_any_text_is_votes_or_findings_or_a_sentence(text: str) -> None:
    """X13."""
    with contextlib.suppress(TableError):
        read(text, ASKED, 5)


cells = st.lists(st.sampled_from([FIRST, "awe", "ann", "yes", "no", "", '"', "\n", ";", "x"]))


@given(st.lists(cells, max_size=8))
def test_any_lines_below_a_good_header_are_votes_or_findings(rows: list[list[str]]) -> None:
    """X13."""
    text = "\n".join([",".join(NEEDED), *(",".join(row) for row in rows)])
    ballot = read(text, ASKED, 5)
    assert len(ballot.votes) + len(ballot.findings) <= text.count("\n")
