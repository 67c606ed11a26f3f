"""Names, titles and people that would rather be commands, from a folder to the report."""

import csv
import json
import re
from pathlib import Path

import polars as pl
import pytest

from tests import nasty
from tests.cli.run import Ran, affekt
from tests.report.test_write import Outline

pytestmark = pytest.mark.slow
EMOTIONS = ("awe", "fear")
PER_EMOTION = 9
NAMES = (*nasty.NAMES, "\u202egnp.x.png", "\x9b2J.png", "😀 \U0001f469\u200d\U0001f467.png")
WORDS = (
    "two\nlines\x07\x1b[31m", "\u202egnikool rorrim", "<script>alert(1)</script>", "{{ 7 * 7 }}",
    '=cmd|"x"!A1', "🎈 \U0001f469\u200d\U0001f467", "Z" + "\u0336" * 60, "a\u2028b\x9bc",
    "$x_1 % \\input{y}", "n" * 5_000, "[/]'\"", "Ünïcode", "-rf", "\ufeff\u200b", "</title><b>",
    "\U000e0068\U000e0069", "a\tb", "x",
)  # fmt: skip
ENTRY = '</script>"\u202e\x9b[/]'


def picture_name(place: int, number: int) -> str:
    """Odd names among the first emotion's, plain ones among the others."""
    odd = NAMES[number] if place == 0 and number < len(NAMES) else f"{number}.png"
    return f"{EMOTIONS[place]}/{odd}"


def planned(folder: Path) -> None:
    """Write the plan for one's own pictures, with one quick entry of a hostile name."""
    assert affekt("new", "own.toml", cwd=folder).code == 0
    text = (folder / "own.toml").read_text(encoding="utf-8")
    head = text.partition("[[bench.entries]]")[0].replace("n_folds = 5", "n_folds = 2")
    entry = f'name = {json.dumps(ENTRY)}\nfeature = "colour_histogram"\nmodel = "logistic"\n'
    plan = f"{head.replace('My emotion pictures', WORDS[2])}[[bench.entries]]\n{entry}"
    (folder / "own.toml").write_text(plan, encoding="utf-8")


def filled(folder: Path) -> dict[str, str]:
    """Write pictures and what is told of them; give the title of each."""
    titles = {}
    with (folder / "metadata.jsonl").open("w", encoding="utf-8") as about:
        for place, emotion in enumerate(EMOTIONS):
            (folder / emotion).mkdir(parents=True)
            for number in range(PER_EMOTION):
                name, word = picture_name(place, number), WORDS[place * PER_EMOTION + number]
                data = nasty.png(nasty.painting(90, 70, seed=100 * place + number))
                (folder / name).write_bytes(data)
                row = {"file": name, "title": word, "owner": word, "licence": "cc-by-4.0",
                       "tags": [word, "sea"], "page_url": "javascript:alert(1)"}  # fmt: skip
                about.write(json.dumps(row) + "\n")
                titles[name] = word
    return titles


def let_people_vote(folder: Path) -> None:
    with (folder / "work" / "journal" / "questions.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    with (folder / "votes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "emotion", "worker", "answer"])
        for row in asked:
            people = range(int(row["votes_missing"]))
            writer.writerows([row["file"], row["emotion"], f"\x1b[31m {n}", "yes"] for n in people)


def clean_of(ran: Ran, code: int = 0) -> Ran:
    """Give what a command printed, once nothing in it steers a terminal."""
    assert ran.code == code, ran.err
    shown = re.sub("[\u200c\u200d]", "", ran.out + ran.err)
    assert all(one.isprintable() or one == "\n" for one in shown), ascii(shown)
    return ran


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A project gone through both lines, and the titles of its pictures."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    titles = filled(folder / "raw")
    planned(folder)
    clean_of(affekt("build", "own.toml", cwd=folder), 3)
    let_people_vote(folder)
    for command in ("build", "bench", "report"):
        clean_of(affekt(command, "own.toml", cwd=folder))
    return folder, titles


def test_words_are_stored_as_they_were_given(project: tuple[Path, dict[str, str]]) -> None:
    """B33."""
    folder, titles = project
    (path,) = folder.glob("work/products/clean-*/table.parquet")
    assert dict(pl.read_parquet(path).select("source_id", "title").iter_rows()) == titles


@pytest.mark.parametrize("command", ["status", "stats"])
def test_the_console_shows_nothing_that_steers_it(
    project: tuple[Path, dict[str, str]], command: str
) -> None:
    """B33, B75, X4: nor does the document, which holds all as it is."""
    folder, _ = project
    clean_of(affekt(command, "own.toml", cwd=folder))
    assert clean_of(affekt(command, "own.toml", "--json", cwd=folder)).document


@pytest.mark.parametrize("number", range(PER_EMOTION))
def test_every_name_can_be_asked_for_on_the_command_line(
    project: tuple[Path, dict[str, str]], number: int
) -> None:
    """B50."""
    folder, _ = project
    name = picture_name(0, number)
    ran = clean_of(affekt("why", "own.toml", "--", name, cwd=folder))
    assert "collect" in ran.out
    told = clean_of(affekt("why", "own.toml", "--json", "--", name, cwd=folder)).document
    assert name in {fate["row"].get("source_id") for fate in told}


def test_the_page_shows_words_and_runs_none(project: tuple[Path, dict[str, str]]) -> None:
    """B55, B75."""
    folder, _ = project
    (page,) = folder.glob("work/report*/**/*.html")
    text = page.read_text(encoding="utf-8")
    assert Outline(text).scripts == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ufeff]", text)
    assert not any("javascript" in one for one in Outline(text).addresses)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", one.name) for one in page.parent.rglob("*"))


def test_the_log_is_clean_and_every_line_reads_back(project: tuple[Path, dict[str, str]]) -> None:
    """X4."""
    folder, _ = project
    text = (folder / "work" / "logs" / "affekt.jsonl").read_text(encoding="utf-8")
    assert all(one.isprintable() or one == "\n" for one in text)
    assert all(json.loads(line)["text"] for line in text.splitlines())


def test_the_release_is_sound(project: tuple[Path, dict[str, str]]) -> None:
    """B60, B75: words on the card and in its tables are words."""
    folder, _ = project
    (release,) = folder.glob("work/releases/*/")
    clean_of(affekt("release", "check", str(release.relative_to(folder)), cwd=folder))
    card = (release / "README.md").read_text(encoding="utf-8")
    _, _, body = card.removeprefix("---\n").partition("\n---\n")
    assert "script" in body
    assert "<script>" not in body
