"""What somebody asked to be removed is gone from a project, and does not come back."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree, rmtree

import polars as pl
import pytest

from affekt.errors import Locked, ReleaseExists, UsageError
from affekt.forgotten import Entry, read
from affekt.project import Project, open_plan
from affekt.store import Product, lock
from tests import nasty
from tests.cli.run import affekt
from tests.remains import remains

pytestmark = pytest.mark.slow

CROWD = "honest = 0, hasty = 0, random = 0, always_yes = 1, always_no = 0, pass_at = 0"
PLAN = f"""
forgotten = "forgotten.csv"
seed = 7

[collect]
sources = [{{ kind = "folder", root = "raw" }}]

[sample]
per_emotion = 10

[verify]
crowd = {{ kind = "simulated", candidates = 20, {CROWD} }}

[decide]
rule = "majority"

[release]
name = "ours"
licence = "cc0"
creators = ["us"]

[bench]
datasets = ["release"]
protocols = [{{ kind = "holdout" }}]

[[bench.entries]]
name = "colours"
feature = "colour_histogram"
model = "logistic"
"""
EACH = 8
GONE = "fear/p1.jpg"
PICTURE = Entry("picture", f"folder:{GONE}")
WHY = "asked by mail"


def painted(emotion: str, number: int) -> bytes:
    return nasty.jpeg(nasty.painting(96, 72, seed=hash_of(f"{emotion} {number}")))


def hash_of(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:6], 16)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


IMAGE = sha256(painted("fear", 1))
TOLD = ("Title of fear 1.", GONE, IMAGE, painted("fear", 1), "example.org/fear/p1.")
ANNS = ("Ann Example", "Title of fear 0.", "Title of awe 0.")


def fill(folder: Path) -> None:
    """Make two dozen pictures with titles, owners, licences and pages."""
    lines = ["file,title,owner,licence,page_url"]
    for emotion in ("awe", "fear"):
        (folder / "raw" / emotion).mkdir(parents=True)
        for number in range(EACH):
            name = f"{emotion}/p{number}.jpg"
            (folder / "raw" / name).write_bytes(painted(emotion, number))
            who = "Ann Example" if number == 0 else "Bob Example"
            page = f"https://example.org/{emotion}/p{number}."
            lines.append(f"{name},Title of {emotion} {number}.,{who},cc0,{page}")
    (folder / "raw" / "metadata.csv").write_text("\n".join(lines) + "\n")
    (folder / "plan.toml").write_text(PLAN)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything was made."""
    folder = tmp_path_factory.mktemp("whole")
    fill(folder)
    project = open_plan(folder / "plan.toml")
    project.build()
    project.bench()
    project.report()
    project.stats()
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copytree(whole, tmp_path / "own")


def opened(folder: Path) -> Project:
    return open_plan(folder / "plan.toml")


def raise_version(folder: Path) -> None:
    path = folder / "plan.toml"
    path.write_text(path.read_text().replace('name = "ours"', 'name = "ours"\nversion = "2.0.0"'))


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("lock", "-wal", "-shm"))
    }


def test_the_search_of_these_tests_finds_what_was_not_removed(folder: Path) -> None:
    found = remains(folder / "work", TOLD)
    assert len(found) == len(TOLD)
    assert any("pages" in name for name in found[repr(GONE.encode())])
    assert any("votes.db" in name for name in found[repr(IMAGE.encode()[:60])])


def test_nothing_of_a_picture_is_left_and_it_does_not_come_back(folder: Path) -> None:
    """B68; collect.md 3.4."""
    gone = opened(folder).forget([PICTURE], why=WHY)
    assert (gone.pictures, gone.images, gone.shared, gone.hits, gone.questions) == (1, 1, 0, 1, 1)
    assert gone.places >= 1
    assert gone.folders == ("report", "statistics")
    assert not remains(folder / "work", TOLD, besides="releases")
    assert not remains(folder, [WHY.encode()], besides="forgotten.csv")

    raise_version(folder)
    project = opened(folder)
    project.build()
    assert not remains(folder / "work", TOLD, besides="releases/ours-1.0.0")
    found, clean = project.products()["collect"].table(), project.products()["clean"].table()
    assert (found.height, clean.height) == (2 * EACH - 1, 2 * EACH - 1)
    assert project.products()["verify"].table().height == 3 * (2 * EACH - 1)
    scanned = dict(project.store.shelf.scan(clean))
    assert set(scanned) == set(clean["image_id"])

    plan = folder / "plan.toml"
    plan.write_text(plan.read_text().replace("[collect]", "[collect]\nedition = 2"))
    opened(folder).build(to="clean")
    assert not remains(folder / "work", TOLD, besides="releases/ours-1.0.0")


def test_a_release_is_never_changed_but_named(folder: Path) -> None:
    before = files(folder / "work" / "releases")
    gone = opened(folder).forget([PICTURE], why=WHY)
    assert gone.releases == ("ours-1.0.0",)
    assert files(folder / "work" / "releases") == before
    assert any("withdraw" in text for text in gone.advice)
    with pytest.raises(ReleaseExists):
        opened(folder).build()


def test_a_benchmark_on_a_release_that_holds_it_leaves_it_out(folder: Path) -> None:
    opened(folder).forget([PICTURE], why=WHY)
    rebuilt = pl.read_parquet(folder / "work/releases/ours-1.0.0/data/*.parquet")
    (again,) = rebuilt.filter(original_sha256=IMAGE)["image_id"]
    assert not remains(folder / "work", [again], besides="releases")
    plan = folder / "plan.toml"
    text = plan.read_text()
    begins, ends = text.index("[collect]"), text.index("[bench]")
    bench = text[:begins] + text[ends:].replace(
        '"release"', '{ kind = "release", root = "work/releases/ours-1.0.0" }'
    )
    plan.write_text(bench)
    project = opened(folder)
    load = project.bench()[0].pictures
    assert isinstance(load, Product)
    assert load.manifest["reasons"] == {"forgotten": 1}
    assert not remains(folder / "work", [again], besides="releases")


def test_a_dry_run_tells_the_same_and_writes_nothing(folder: Path) -> None:
    before = files(folder)
    told = opened(folder).forget([PICTURE], why=WHY, dry_run=True)
    assert files(folder) == before
    done = opened(folder).forget([PICTURE], why=WHY)
    assert (told.added, done.added) == (0, 3)  # the picture, its bytes, its bytes in the release
    for name in ("pictures", "images", "hits", "places", "questions", "products", "releases"):
        assert getattr(told, name) == getattr(done, name), name


def test_doing_it_again_finds_nothing_and_adds_nothing(folder: Path) -> None:
    opened(folder).forget([PICTURE], why=WHY)
    before = files(folder)
    again = opened(folder).forget([PICTURE], why="another reason")
    assert (again.added, again.hits, again.places, again.questions) == (0, 0, 0, 0)
    assert again.products == ()
    assert files(folder) == before


def test_an_owner_goes_with_all_pictures(folder: Path) -> None:
    gone = opened(folder).forget([Entry("owner", "folder:Ann Example")], why=WHY)
    assert (gone.pictures, gone.images) == (2, 2)
    left: list[str | bytes] = [*ANNS, sha256(painted("awe", 0)), painted("fear", 0)]
    assert not remains(folder / "work", left, besides="releases")
    raise_version(folder)
    project = opened(folder)
    project.build()
    assert project.products()["release"].table().height == 2 * EACH - 2
    assert not remains(folder / "work", left, besides="releases/ours-1.0.0")


@pytest.mark.parametrize("digits", [6, 64])
def test_an_image_goes_with_all_its_names_and_is_known_again(folder: Path, digits: int) -> None:
    """B68: the same bytes under another name are dropped when they come."""
    opened(folder).forget([Entry("image", IMAGE[:digits])], why=WHY)
    assert not remains(folder / "work", TOLD, besides="releases")
    (folder / "raw/fear/another.jpg").write_bytes(painted("fear", 1))
    project = opened(folder)
    project.build(to="clean")
    assert project.products()["clean"].manifest["reasons"] == {"forgotten": 1}
    assert not remains(folder / "work", [IMAGE, painted("fear", 1)], besides="releases")
    gone = opened(folder).forget([])
    assert gone.pictures == 1
    assert not remains(folder / "work", ["another.jpg"], besides="releases")


def test_an_image_of_a_release_means_what_it_was_made_from(folder: Path) -> None:
    rows = pl.read_parquet(folder / "work/releases/ours-1.0.0/data/*.parquet")
    (released,) = rows.filter(original_sha256=IMAGE)["image_id"]
    gone = opened(folder).forget([Entry("image", released[:8])], why=WHY)
    assert (gone.pictures, gone.images, gone.releases) == (1, 1, ("ours-1.0.0",))
    assert not remains(folder / "work", [*TOLD, released], besides="releases")


def test_bytes_that_another_picture_shares_stay(folder: Path) -> None:
    (folder / "raw/fear/twin.jpg").write_bytes(painted("fear", 1))
    opened(folder).build(to="clean")
    gone = opened(folder).forget([PICTURE], why=WHY)
    assert (gone.images, gone.shared) == (0, 1)
    assert any("--image" in text for text in gone.advice)
    project = opened(folder)
    project.build(to="clean")
    (row,) = project.products()["clean"].table().filter(image_id=IMAGE).iter_rows(named=True)
    assert row["source_id"] == "fear/twin.jpg"
    spot = (row["shard"], row["row_group"], row["row"], IMAGE)
    assert project.store.shelf.read(*spot) == painted("fear", 1)
    assert not remains(folder / "work", TOLD[:2], besides="releases")


def test_votes_stay_by_the_name_of_their_question(folder: Path) -> None:
    def votes() -> list[tuple[str, int]]:
        with closing(sqlite3.connect(folder / "work/journal/votes.db")) as reader:
            find = (
                "SELECT i.question_id, count(*) FROM votes v JOIN items i ON i.id = v.item "
                "GROUP BY 1 ORDER BY 1"
            )
            return reader.execute(find).fetchall()

    before = votes()
    gone = opened(folder).forget([PICTURE], why=WHY)
    assert votes() == before
    assert any("votes.db" in text for text in gone.advice)


class Stop(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("calls", [0, 1, 4, 12, 30, 50])
def test_an_interruption_is_finished_by_the_same_command(
    folder: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted before the removal of any file, and run again, nothing is left."""
    left = [calls]
    unlink, replace = Path.unlink, Path.replace

    def counted(self: Path, *given: object, **named: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise Stop
        return replace(self, *given) if given else unlink(self, **named)  # type: ignore[arg-type]

    project = opened(folder)
    monkeypatch.setattr(Path, "unlink", counted)
    monkeypatch.setattr(Path, "replace", counted)
    with pytest.raises(Stop):
        project.forget([PICTURE], why=WHY)
    monkeypatch.undo()
    opened(folder).forget([PICTURE], why=WHY)
    assert not remains(folder / "work", TOLD, besides="releases")
    raise_version(folder)
    opened(folder).build()
    assert not remains(folder / "work", TOLD, besides="releases/ours-1.0.0")


def test_the_list_does_not_tell_what_is_on_it(folder: Path) -> None:
    opened(folder).forget([PICTURE], why=WHY)
    assert read(folder / "forgotten.csv").has(*PICTURE)
    assert GONE not in (folder / "forgotten.csv").read_text()
    assert IMAGE not in (folder / "forgotten.csv").read_text()


def test_what_was_never_met_is_kept_out_from_now_on(folder: Path) -> None:
    entry = Entry("picture", "folder:fear/later.jpg")
    gone = opened(folder).forget([entry], why=WHY)
    assert (gone.added, gone.products) == (1, ())
    assert gone.folders == ()
    assert any("kept out from now on" in text for text in gone.advice)
    (folder / "raw/fear/later.jpg").write_bytes(painted("fear", 99))
    project = opened(folder)
    project.build(to="clean")
    assert not remains(folder / "work", ["later.jpg", painted("fear", 99)])


def test_a_project_at_work_is_left_alone(folder: Path) -> None:
    project = opened(folder)
    before = files(folder)
    with lock.hold(folder / "work"), pytest.raises(Locked):
        project.forget([PICTURE], why=WHY)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("entry", "why", "words"),
    [
        (PICTURE, " ", "the reason is missing"),
        (Entry("picture", "fear/p1.jpg"), WHY, "a source, a colon"),
        (Entry("owner", "flickr:ann"), WHY, "'flickr' is no source of the plan"),
        (Entry("image", "abcdef"), WHY, "fits 0 of this project"),
        (Entry("image", "xyz"), WHY, "64 digits"),
    ],
)
def test_what_cannot_be_removed_is_a_sentence_and_nothing_happens(
    folder: Path, entry: Entry, why: str, words: str
) -> None:
    before = files(folder)
    with pytest.raises(UsageError, match=words):
        opened(folder).forget([entry], why=why)
    assert files(folder) == before


def test_a_plan_without_a_list_says_what_to_write(folder: Path) -> None:
    plan = folder / "plan.toml"
    plan.write_text(plan.read_text().replace('forgotten = "forgotten.csv"', ""))
    with pytest.raises(UsageError, match=r'write `forgotten = "forgotten.csv"` at its top'):
        opened(folder).forget([PICTURE], why=WHY)


def test_the_command_names_the_release_and_leaves_nothing_in_the_log(folder: Path) -> None:
    """C9: ends with 1 while a release contains it, then with 0."""
    log = folder / "work/logs/affekt.jsonl"
    log.parent.mkdir(exist_ok=True)
    log.write_text(f'{{"text": "about {GONE}"}}\n{{"text": "about nothing"}}\n')
    words = ("forget", "plan.toml", "--picture", f"folder:{GONE}", "--why", WHY)
    ran = affekt(*words, cwd=folder)
    assert ran.code == 1, ran.err
    assert "ours-1.0.0: contains it" in ran.out
    assert "entries in the answers of sources" in ran.out
    assert log.read_text() == '{"text": "about nothing"}\n'
    assert not remains(folder / "work", TOLD, besides="releases")
    rmtree(folder / "work/releases/ours-1.0.0")
    again = affekt("forget", "plan.toml", "--json", cwd=folder)
    assert again.code == 0, again.err
    assert again.document["releases"] == []
    assert affekt("forget", "plan.toml", "--owner", "x", cwd=folder).code == 2
