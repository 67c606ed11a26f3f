"""The report as files: whole, closed to the world, the same twice (P1–P8, B75, B76)."""

import csv
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from affekt import report, tables
from affekt.errors import UsageError
from affekt.report import confusion
from affekt.report.write import MAKERS
from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy
from tests.report import made
from tests.report.made import World
from tests.report.test_words import NASTY

TITLES = (
    "Labelled sets", "From found to released", "Choices and copies", "Acceptance", "Votes",
    "Agreement", "Human level", "Workers", "Examples",
    "Accuracy", "True positive rates", "Scores of every emotion", "Confusion matrices",
    "Maps and filters", "What accuracy hides", "Pleasant or unpleasant",
    "Differences", "Reliability", "Risk and coverage",
    "Shortcuts", "Near copies across the split", "Errors and likely wrong labels",
    "What this page was made of",
)  # fmt: skip


TOOL = Path(__file__).parents[2] / "tools" / "page_weight.py"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


@pytest.fixture
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def sheet(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Outline(HTMLParser):
    """Headings, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.figures = 0
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [given["id"] or ""] if "id" in given else []
        self.addresses += [given[name] or "" for name in ("href", "src") if name in given]
        self.figures += tag == "figure"
        self.scripts += tag == "script"


def test_a_whole_report_holds_every_exhibit_and_file(page: Path, text: str) -> None:
    assert all(title in text for title in TITLES)
    links = [one for one in Outline(text).addresses if "/" in one and not one.startswith("data:")]
    assert all((page.parent / one).stat().st_size for one in links)
    assert {one.suffix for one in page.parent.rglob("*.*")} == {
        ".html",
        ".pdf",
        ".svg",
        ".csv",
        ".tex",
        ".parquet",
    }


def test_a_page_asks_nothing_of_the_world(text: str) -> None:
    """P1: no address but its own parts, its files beside it, and pictures inside it."""
    allowed = r"(#|figures/|tables/|maps/|data:image/webp;base64,)"
    assert all(re.match(allowed, one) for one in Outline(text).addresses)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert "@import" not in text
    assert "url(http" not in text


def test_headings_are_in_order_and_names_unique(text: str) -> None:
    """P5."""
    outline = Outline(text)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings[:-1], outline.headings[1:], strict=True)
    assert all(after <= before + 1 for before, after in steps)
    assert len(outline.ids) == len(set(outline.ids))


def test_every_mark_says_what_it_is(text: str) -> None:
    """P5: in its group there is nothing but marks, each with its words."""
    groups = re.findall(r'<g class=(?:marks|"marks[^"]*")[^>]*>(.*?)</g>', text)
    inside = [re.sub(r"<(path|rect|svg)[^>]*><title>[^<]+</title>", "+", one) for one in groups]
    marks = [re.sub(r"<use[^>]*><rect class=edge />|</(path|rect|svg)>", "", one) for one in inside]
    assert len(groups) > 20
    assert {one.strip("+") for one in marks} == {""}
    assert sum(map(len, marks)) > 100


def test_every_figure_has_words_and_numbers(text: str) -> None:
    """P5: a paragraph made from the numbers and a table of them."""
    figures = re.findall(r"<figure.*?</figure>", text, flags=re.S)
    assert len(figures) == 15
    for figure in figures:
        words = re.search(r"<p class=alternative id=(\S+)>[^<]{40,}", figure)
        assert words
        assert f"aria-describedby={words[1]}>" in figure or '<table class="grid' in figure
        assert "<table" in figure


@pytest.mark.slow
def test_two_reports_of_the_same_products_are_the_same_bytes(world: World, tmp_path: Path) -> None:
    """P6: figures for papers too, without dates."""
    given = made.whole(world, made.benchmark(world, VALENCE2), build=made.build(world, each=8))
    report.write(given, tmp_path / "one")
    report.write(given, tmp_path / "two")
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(names) > 20
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), (
            name
        )


def test_figures_for_papers_carry_their_fonts_and_no_date(world: World, tmp_path: Path) -> None:
    """P6: TrueType (type 42), no type 3."""
    report.write(made.whole(world, made.benchmark(world)), tmp_path, only="G3")
    data = next((tmp_path / "figures").glob("*.pdf")).read_bytes()
    assert b"/Type3" not in data
    assert b"/TrueType" in data or b"/CIDFontType2" in data
    assert b"CreationDate" not in data


def test_size_stays_below_the_limits(text: str) -> None:
    """P2: 300 KB without the bytes of thumbnails; this one has two entries and 190 pictures."""
    found = runpy.run_path(str(TOOL))["weights"](text)
    assert found["page"] < 200_000, list(found.items())[:5]
    assert len(found) > len(TITLES)
    assert len(text) < 1_500_000


def test_nothing_at_all_makes_a_page_of_boxes(world: World, tmp_path: Path) -> None:
    """B76, P8: each box names the command that makes what is missing."""
    page = report.write(made.whole(world, shelf=None), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.count('<div class="gap"') == len(MAKERS) - 5
    assert "affekt build plan.toml" in text
    assert "affekt bench plan.toml" in text
    assert not (tmp_path / "figures").exists()


def test_a_failed_cell_is_one_box_with_its_reason(world: World, tmp_path: Path) -> None:
    """B72."""
    page = report.write(
        made.whole(world, (*made.benchmark(world), made.failed())), tmp_path, only="T3"
    )
    text = page.read_text(encoding="utf-8")
    assert "The vector of &#39;a.jpg&#39; holds NaN" in text
    assert text.count('<div class="gap"') == 1
    assert "net" in text


@pytest.mark.slow
@pytest.mark.parametrize("each", [0, 1, 3])
def test_one_entry_and_hardly_a_picture_make_a_page(
    world: World, tmp_path: Path, each: int
) -> None:
    """P12, B76."""
    truth = ["positive"] * each
    result = made.cell(world, truth, made.guessed(truth, VALENCE2, 9, 1), taxonomy=VALENCE2)
    text = report.write(made.whole(world, (result,)), tmp_path).read_text(encoding="utf-8")
    assert "not reported" in text
    assert not re.search(r"\bnan\b", text, flags=re.I)


def test_all_numbers_missing_make_a_page(world: World, tmp_path: Path) -> None:
    """B76: every probability is NaN."""
    truth = ["positive", "negative"]
    result = made.cell(world, truth, np.full((1, 2, 2), np.nan), taxonomy=VALENCE2)
    text = report.write(made.whole(world, (result,)), tmp_path).read_text(encoding="utf-8")
    assert "left out" in text
    assert not re.search(r"\bnan\b", text, flags=re.I)


def test_only_right_answers_make_a_page(world: World, tmp_path: Path) -> None:
    """B76."""
    truth = ["positive", "negative"] * 10
    said = np.array([[[1.0, 0.0] if name == "positive" else [0.0, 1.0] for name in truth]])
    result = made.cell(world, truth, said, taxonomy=VALENCE2)
    text = report.write(made.whole(world, (result,)), tmp_path, only="g3").read_text(
        encoding="utf-8"
    )
    assert "confuses nothing" in text


@pytest.mark.slow
@pytest.mark.parametrize("emotions", [2, 12, 13])
def test_any_number_of_emotions_makes_a_page(world: World, tmp_path: Path, emotions: int) -> None:
    taxonomy = Taxonomy(
        name="many", emotions=tuple(Emotion(name=f"e{at}") for at in range(emotions))
    )
    results = made.benchmark(world, taxonomy, each=2)
    page = report.write(made.whole(world, results, taxonomy=taxonomy), tmp_path, only="G3")
    text = page.read_text(encoding="utf-8")
    assert text.count('<table class="grid') == 2
    assert text.count(f"<tr><th scope=row>e{emotions - 1}") == 2
    assert ("<small>" in text) == (emotions <= confusion.MOST_WIDE) != ("<details>" in text)


@pytest.mark.parametrize("only", ["G3", "T3"])
@pytest.mark.parametrize("nasty", NASTY)
def test_foreign_words_are_shown_and_do_nothing(
    world: World, tmp_path: Path, nasty: str, only: str
) -> None:
    """B75: in titles, plan names, entries, data sets, machines; in HTML, SVG and file names."""
    truth = ["positive", "negative"]
    said = made.guessed(truth, VALENCE2, 1, 1)
    result = made.cell(
        world, truth, said, taxonomy=VALENCE2, dataset=nasty, entry=nasty, protocol=nasty
    )
    lost = made.failed(nasty, nasty)
    given = made.whole(world, (result, lost), title=nasty, plan_name=nasty, hardware={nasty: nasty})
    text = report.write(given, tmp_path / "out", only).read_text(encoding="utf-8")
    assert Outline(text).scripts == 1
    assert "<img" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", text)
    assert all(re.fullmatch(r"[a-z0-9.-]+", path.name) for path in (tmp_path / "out").rglob("*"))


def test_foreign_words_of_pictures_are_shown_and_do_nothing(world: World, tmp_path: Path) -> None:
    """B75: title and author of an example picture."""
    build = made.build(world, VALENCE2)
    images = build["dedupe"].table().to_dicts()
    for row in images:
        row |= {"title": NASTY[0], "owner": NASTY[1], "page_url": "javascript:alert(1)"}
    build["dedupe"] = world.product("dedupe", tables.IMAGES, images)
    given = made.whole(world, taxonomy=VALENCE2, build=build)
    text = report.write(given, tmp_path, only="G1").read_text(encoding="utf-8")
    assert Outline(text).scripts == 1
    assert "&lt;/script&gt;" in text
    assert not any("javascript" in one for one in Outline(text).addresses)


@pytest.mark.slow
def test_examples_hold_only_pictures_whose_licence_allows_it(world: World, tmp_path: Path) -> None:
    """G1."""
    build = made.build(world)
    report.write(made.whole(world, build=build), tmp_path, only="G1")
    shown = {row["picture"] for row in sheet(tmp_path, "g1")}
    free = build["dedupe"].table().filter(pl.col("licence") == "cc-by-4.0")["image_id"]
    assert shown
    assert shown <= {one[:16] for one in free}


def test_examples_without_a_free_licence_are_a_box(world: World, tmp_path: Path) -> None:
    build = made.build(world)
    closed = [{**row, "licence": None} for row in build["dedupe"].table().to_dicts()]
    build["dedupe"] = world.product("dedupe", tables.IMAGES, closed)
    text = report.write(made.whole(world, build=build), tmp_path, only="G1").read_text(
        encoding="utf-8"
    )
    assert "no licence that allows it" in text


def test_a_picture_gone_from_the_shelf_is_counted_and_left_out(
    world: World, tmp_path: Path
) -> None:
    build = made.build(world)
    for path in world.shelf.root.glob("*.parquet"):
        path.unlink()
    text = report.write(made.whole(world, build=build), tmp_path, only="G1").read_text(
        encoding="utf-8"
    )
    assert "cannot be read" in text


def test_generated_pictures_and_simulated_votes_are_told_above_everything(text: str) -> None:
    """P7."""
    before = text[: text.index("<h1>")]
    assert "Generated pictures." in before
    assert "Simulated crowd." in before


def test_a_page_names_plan_seed_versions_machine_and_addresses(
    world: World, tmp_path: Path
) -> None:
    """P7."""
    build = made.build(world)
    text = report.write(made.whole(world, build=build), tmp_path, only="A").read_text(
        encoding="utf-8"
    )
    wanted = (
        "plan.toml",
        made.sha("plan")[:16],
        "2016",
        "python 3.",
        "two cores",
        build["decide"].address[:16],
    )
    assert all(word in text for word in wanted)


def test_only_one_exhibit_is_made_when_one_is_asked_for(world: World, tmp_path: Path) -> None:
    """P11."""
    page = report.write(made.whole(world, made.benchmark(world)), tmp_path, only="t3")
    assert page.name == "report-t3.html"
    assert not (tmp_path / "figures").exists()
    assert report.write(made.whole(world), tmp_path, only="G6").name == "report-g5-7.html"


def test_an_unknown_exhibit_lists_all(world: World, tmp_path: Path) -> None:
    """P11."""
    with pytest.raises(UsageError) as trouble:
        report.write(made.whole(world), tmp_path, only="G99")
    assert all(name in str(trouble.value) for name in MAKERS)


def test_the_acceptance_table_holds_the_papers_form(world: World, tmp_path: Path) -> None:
    """T2: asked, kept, acceptance and interval an emotion, and the total."""
    report.write(made.whole(world, build=made.build(world)), tmp_path, only="T2")
    rows = list(sheet(tmp_path, "t2"))
    assert [row["emotion"] for row in rows] == [*MIKELS8.names, "total"]
    assert sum(int(row["kept"]) for row in rows[:-1]) == int(rows[-1]["kept"])
    assert float(rows[0]["95 % low"]) < float(rows[0]["acceptance"]) < float(rows[0]["95 % high"])


@pytest.mark.slow
def test_the_drawing_library_is_loaded_only_to_draw() -> None:
    """P6: matplotlib costs a second that no other command should pay."""
    code = "import sys, affekt.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
