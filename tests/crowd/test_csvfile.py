"""Votes from a file: all findings with their lines, and nothing imported unless all is fine."""

import contextlib
import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.crowd._ballot import Ballot, read
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
        stored = journal._rows("SELECT count(*) FROM votes")[0]
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


def named(*names: str) -> pl.DataFrame:
    """Give the first questions with these names at their source."""
    return ASKED.head(len(names)).with_columns(source_id=pl.Series(names))


def by_file(asked: pl.DataFrame, *files: str) -> Ballot:
    """Read a file that names its pictures by the column ``file``, one vote each."""
    rows = [(file, "awe", "ann", "yes") for file in files]
    text = io.StringIO()
    csv.writer(text).writerows([("file", "emotion", "worker", "answer"), *rows])
    return read(text.getvalue(), asked, 5)


def pictures(ballot: Ballot) -> list[str]:
    assert not ballot.findings
    asked = dict(ASKED.select("question_id", "image_id").iter_rows())
    return [asked[vote.question_id] for vote in ballot.votes]


def test_a_picture_can_be_named_by_its_file(tmp_path: Path) -> None:
    names = dict(ASKED.select("image_id", "source_id").iter_rows())
    text = f"file;emotion;worker;answer\n{names[SECOND]};awe;ann;yes\n{names[FIRST]};awe;ann;no"
    votes = brought(tmp_path, text).join(ASKED, on="question_id")
    assert set(votes.select("image_id", "felt").rows()) == {(SECOND, True), (FIRST, False)}


NASTY = ["=1+1.jpg", "-x, y.jpg", "'quoted'.jpg", 'say "a"\n.jpg', "@me.jpg", " spaced .jpg"]


@pytest.mark.parametrize("name", NASTY)
def test_a_file_is_found_as_the_list_of_questions_writes_it(tmp_path: Path, name: str) -> None:
    """B50, B60."""
    with Votes(tmp_path / FILE, "c") as journal:
        crowd = Csvfile(seed=1, path=Place(written=str(tmp_path / "votes.csv")))
        crowd.ask(journal, named(name))
    with (tmp_path / TO_ASK).open(encoding="utf-8", newline="") as file:
        written = next(csv.DictReader(file))["file"]
    assert not written.startswith(("=", "-", "@"))
    assert pictures(by_file(named(name), written)) == [FIRST]


@pytest.mark.parametrize("name", NASTY)
def test_a_file_is_found_as_its_folder_shows_it(name: str) -> None:
    assert pictures(by_file(named(name), name)) == [FIRST]


def test_an_apostrophe_is_the_spreadsheets_before_it_is_part_of_a_name() -> None:
    """B60."""
    asked = named("=1.jpg", "'=1.jpg")
    assert pictures(by_file(asked, "'=1.jpg", "''=1.jpg")) == [FIRST, SECOND]


def test_accents_are_compared_however_a_system_stores_them() -> None:
    assert pictures(by_file(named("caf\u00e9.jpg"), "cafe\u0301.jpg")) == [FIRST]


def test_one_name_at_two_sources_asks_for_the_image_id() -> None:
    ballot = by_file(named("a.jpg", "a.jpg", "b.jpg"), "a.jpg", "b.jpg")
    assert [str(finding) for finding in ballot.findings] == [
        "line 2: the file 'a.jpg' is the name of 2 pictures at different sources; "
        "say which by image_id"
    ]
    assert len(ballot.votes) == 1


def test_one_file_asked_about_twice_is_one_picture() -> None:
    asked = pl.concat(
        [ASKED.head(1), ASKED.head(1).with_columns(question_id=pl.lit("q"), emotion=pl.lit("fear"))]
    )
    assert pictures(by_file(asked, "awe/0.jpg")) == [FIRST]


def test_the_image_id_tells_which_where_both_columns_are_filled(tmp_path: Path) -> None:
    head = "image_id,file,emotion,worker,answer"
    lines = [f"{FIRST},,awe,ann,yes", ",awe/1.jpg,awe,ann,yes", f"{THIRD},my own note,awe,ann,yes"]
    assert brought(tmp_path, "\n".join([head, *lines])).height == 3


def test_findings_on_names_say_the_line(tmp_path: Path) -> None:
    """B59."""
    head = "image_id,file,emotion,worker,answer"
    lines = [",9.jpg,awe,ann,yes", f"{FIRST},awe/1.jpg,awe,ann,yes", ",,awe,,yes"]
    with pytest.raises(TableError) as caught:
        brought(tmp_path, "\n".join([head, *lines]))
    assert str(caught.value).splitlines()[1:] == [
        "line 2: unknown file '9.jpg'; no question asks about it",
        f"line 3: the file 'awe/1.jpg' is another picture than {FIRST!r}",
        "line 4: image_id and file and worker left blank",
    ]


@pytest.mark.parametrize("near", ["1.jpg", "1.JPG", "raw\\awe\\1.jpg", "/home/ann/awe/1.jpg"])
def test_a_file_without_its_folder_is_asked_for_with_it(near: str) -> None:
    told = str(by_file(ASKED, near).findings[0])
    assert told == f"line 2: unknown file {near!r}; did you mean 'awe/1.jpg'?"


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


def test_a_column_that_says_which_picture_is_needed(tmp_path: Path) -> None:
    """B59."""
    with pytest.raises(TableError, match=r"lacks the columns \['image_id or file'\]; found"):
        brought(tmp_path, "emotion,worker,answer\nawe,ann,yes")


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
    assert told == [
        "line 7: is vote number 6 or later on this question; 5 count, and `skip_bad = true` "
        "leaves the others out"
    ]


def test_a_sixth_vote_can_be_left_out(tmp_path: Path) -> None:
    """B59: the first in the file count."""
    lines = [f"{FIRST},awe,worker {n},{'no' if n == 5 else 'yes'}" for n in range(6)]
    assert (
        brought(tmp_path, "\n".join([HEAD, *lines]), skip_bad=True)["felt"].to_list() == [True] * 5
    )


@pytest.mark.parametrize(
    ("bad", "last"), [(10, "line 11: worker left blank"), (1_011, "and 1,001 more")]
)
def test_ten_findings_are_listed_and_the_rest_counted(tmp_path: Path, bad: int, last: str) -> None:
    """B59."""
    told = findings(tmp_path, *[f"{FIRST},awe,,yes"] * bad)
    assert told[9] == "line 11: worker left blank"
    assert (told[-1], len(told)) == (last, min(bad, 11))


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
        assert "does not exist and lacks at least 15 votes" in crowd.advice(journal)
    assert crowd.witness() == ""


def test_a_folder_in_place_of_the_file_is_disk_trouble(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match="name a CSV file"):
        Csvfile(seed=1, path=Place(written=str(tmp_path))).witness()


def test_the_questions_to_ask_lie_beside_the_journal(tmp_path: Path) -> None:
    brought(tmp_path, f"{HEAD}\n{FIRST},awe,ann,yes")
    table = pl.read_csv(tmp_path / TO_ASK)
    assert table.columns == ["file", "emotion", "votes_missing", "source", "image_id"]
    wanted = ASKED.select(file="source_id", source="source", image_id="image_id")
    assert table.select(wanted.columns).sort("file").equals(wanted.sort("file"))
    assert table["votes_missing"].to_list() == [5, 5, 5]


def test_files_below_the_plan_are_told_as_seen_from_it(tmp_path: Path) -> None:
    crowd = Csvfile(seed=1, path=Place(written="votes.csv", base=str(tmp_path)))
    with Votes(tmp_path / "work" / FILE, "c") as journal:
        crowd.ask(journal, ASKED)
        assert crowd.advice(journal) == (
            "votes.csv does not exist and lacks at least 15 votes: work/questions.csv says on "
            "which pictures; write one line a vote into votes.csv (columns file, emotion, worker, "
            "answer) and run again"
        )


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
    text = "\n".join([HEAD, *(",".join(row) for row in rows)])
    ballot = read(text, ASKED, 5)
    assert len(ballot.votes) + len(ballot.findings) <= text.count("\n")
