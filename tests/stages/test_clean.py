"""Fetching, decoding and the rules before it: by hand, on bad files, and after a kill."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from affekt.errors import AffektError
from affekt.parts import Place
from affekt.pictures.shelf import Shelf
from affekt.sources.folder import Folder
from affekt.stage import Desk, Progress
from affekt.stages import _look, _tally, clean
from affekt.stages.clean import Clean
from affekt.store.rows import rows_sha256
from affekt.taxonomy import MIKELS8
from tests import nasty
from tests.stages.cleaned import found, reasons, run
from tests.stages.people import desk


def stage(root: Path, **settings: object) -> Clean:
    source = Folder(root=Place(written=str(root)), unlabelled=True)
    return Clean.model_validate({"sources": (source,), "taxonomy": MIKELS8, **settings})


def folder(root: Path, files: dict[str, bytes]) -> Path:
    root.mkdir(exist_ok=True)
    for name, data in files.items():
        (root / name).write_bytes(data)
    return root


def paintings(count: int) -> dict[str, bytes]:
    return {f"{number:03d}.png": nasty.png(nasty.painting(seed=number)) for number in range(count)}


def test_what_decodes_is_described_and_lies_on_the_shelf(tmp_path: Path) -> None:
    data = nasty.turned(6, nasty.painting(96, 72))
    root = folder(tmp_path / "raw", {"a.jpg": data})
    table = desk(tmp_path)
    kept, dropped = run(stage(root), table, found({"source_id": "a.jpg", "emotion": "awe"}))
    (row,) = kept.iter_rows(named=True)
    assert dropped.is_empty()
    assert row["image_id"] == hashlib.sha256(data).hexdigest()
    assert (row["width_px"], row["height_px"], row["n_bytes"]) == (72, 96, len(data))
    assert (row["format"], row["is_animated"], row["emotion"]) == ("JPEG", False, "awe")
    assert table.shelf.read(row["shard"], row["row_group"], row["row"], row["image_id"]) == data


def test_an_animation_is_flagged_and_a_wrong_ending_is_not_believed(tmp_path: Path) -> None:
    """B40, B45."""
    files = {
        "a.gif": nasty.animated("GIF"),
        "b.webp": nasty.animated("WEBP"),
        "c.png": nasty.animated("PNG"),
        "d.jpg": nasty.png(),
    }
    root = folder(tmp_path / "raw", files)
    hits = found(*({"source_id": name} for name in files))
    kept, _ = run(stage(root), desk(tmp_path), hits)
    about = kept.sort("source_id").select("source_id", "format", "is_animated").rows()
    assert about == [
        ("a.gif", "GIF", True),
        ("b.webp", "WEBP", True),
        ("c.png", "PNG", True),
        ("d.jpg", "PNG", False),
    ]


@pytest.mark.slow
def test_every_bad_file_is_dropped_for_its_reason_and_stops_nothing(tmp_path: Path) -> None:
    """B40, B41, B42, B43, B47, B50, D4, D5."""
    bad = {name: file.data for name, file in nasty.bad().items()}
    small = {
        "one-pixel.png": nasty.png(nasty.painting(1, 1)),
        "narrow.png": nasty.png(nasty.painting(700, 65)),
    }
    root = folder(tmp_path / "raw", {**bad, **small, **paintings(3)})
    (root / "link.png").symlink_to(root / "000.png")
    names = [*bad, *small, *paintings(3), "link.png", "missing.png"]
    kept, dropped = run(
        stage(root), desk(tmp_path), found(*({"source_id": name} for name in names))
    )
    wanted = {name: file.reason for name, file in nasty.bad().items()}
    wanted |= {"one-pixel.png": "too-small", "narrow.png": "too-narrow"}
    wanted |= {"link.png": "link", "missing.png": "unreadable"}
    assert reasons(dropped) == wanted
    assert sorted(kept["source_id"]) == sorted(paintings(3))


def test_odd_names_survive(tmp_path: Path) -> None:
    """B50."""
    root = folder(tmp_path / "raw", {name: nasty.png() for name in nasty.NAMES})
    kept, _ = run(stage(root), desk(tmp_path), found(*({"source_id": n} for n in nasty.NAMES)))
    assert sorted(kept["source_id"]) == sorted(nasty.NAMES)


@pytest.mark.parametrize(
    ("size", "reason"),
    [((64, 64), None), ((63, 640), "too-narrow"), ((63, 64), "too-small"), ((640, 64), None)],
)
def test_sizes_at_the_limit_stay(tmp_path: Path, size: tuple[int, int], reason: str | None) -> None:
    root = folder(tmp_path / "raw", {"a.png": nasty.png(nasty.painting(*size))})
    _, dropped = run(stage(root), desk(tmp_path), found({"source_id": "a.png"}))
    assert reasons(dropped).get("a.png") == reason


def rules(
    tmp_path: Path, *rows: dict[str, object], **settings: object
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Give the rows kept, and the reasons by query, of hits of one folder of good pictures."""
    root = folder(tmp_path / "raw", paintings(4))
    kept, dropped = run(stage(root, **settings), desk(tmp_path), found(*rows))
    return kept, dict(dropped.select("query", "reason").iter_rows())


def hit(
    query: str,
    emotion: str | None = None,
    tags: list[str] | None = None,
    number: int = 0,
    **more: str | None,
) -> dict[str, object]:
    name = f"{number:03d}.png"
    return {"source_id": name, "query": query, "emotion": emotion, "tags": tags, **more}


def test_tags_that_name_two_emotions_drop_the_picture(tmp_path: Path) -> None:
    hits = [
        hit("a", "awe", ["#Fear", "sea"], 0),
        hit("b", "awe", ["awe", "danger"], 1),
        hit("c", None, ["anger", "ANGER", "joyless"], 2),
        hit("d", None, ["anger", "awe"], 3),
    ]
    kept, dropped = rules(tmp_path, *hits)
    assert dropped == {"a": "two-emotions", "d": "two-emotions"}
    assert dict(kept.select("query", "emotion").iter_rows()) == {"b": "awe", "c": None}


def test_the_detail_names_the_rivals(tmp_path: Path) -> None:
    root = folder(tmp_path / "raw", paintings(1))
    _, dropped = run(stage(root), desk(tmp_path), found(hit("a", "fear", ["awe"])))
    assert dropped["detail"].to_list() == ["awe, fear"]


def test_a_picture_found_for_two_emotions_is_dropped_with_all_its_rows(tmp_path: Path) -> None:
    hits = [hit("a", "awe"), hit("b", "fear"), hit("c", None), hit("d", "fear", number=1)]
    kept, dropped = rules(tmp_path, *hits)
    assert dropped == dict.fromkeys("abc", "two-queries")
    assert kept["query"].to_list() == ["d"]


def test_a_picture_found_twice_stays_once_with_its_emotion(tmp_path: Path) -> None:
    kept, dropped = rules(tmp_path, hit("c", "awe"), hit("b", "awe"), hit("a", None))
    assert dropped == {"a": "found-twice", "c": "found-twice"}
    assert kept.select("query", "emotion").rows() == [("b", "awe")]


def test_without_the_rule_the_first_query_wins(tmp_path: Path) -> None:
    hits = [hit("a", "fear", ["awe"]), hit("b", "awe")]
    kept, dropped = rules(tmp_path, *hits, conflicts="off", two_queries="keep-first")
    assert dropped == {"b": "found-twice"}
    assert kept["emotion"].to_list() == ["fear"]


def test_only_the_licences_asked_for_stay(tmp_path: Path) -> None:
    """B63: a missing or unknown licence is not among them."""
    licences = ["cc-by-2.0", "cc-by-nc-2.0", None, "my own"]
    hits = [hit(str(at), number=at, licence=word) for at, word in enumerate(licences)]
    kept, dropped = rules(tmp_path, *hits, licences=("cc-by", "cc0"))
    assert kept["query"].to_list() == ["0"]
    assert dropped == dict.fromkeys("123", "licence")


def test_a_licence_with_its_version_means_that_version(tmp_path: Path) -> None:
    hits = [hit("a", licence="cc-by-2.0"), hit("b", licence="cc-by-4.0", number=1)]
    kept, _ = rules(tmp_path, *hits, licences=("cc-by-4.0",))
    assert kept["query"].to_list() == ["b"]


def test_an_unknown_licence_word_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="did you mean"):
        stage(tmp_path, licences=("cc-bye-4.0",))


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    hits = [hit("b", "awe"), hit("a", "awe"), hit("c", "fear", ["awe"], 1), hit("d", None, [], 2)]
    one, other = (rules(tmp_path, *order) for order in (hits, hits[::-1]))
    assert one[0].equals(other[0])
    assert one[1] == other[1]


def test_fifty_failures_of_one_kind_and_nothing_else_stop_the_line(tmp_path: Path) -> None:
    """D5."""
    hits = found(*({"source_id": f"gone-{at}.png"} for at in range(60)))
    with pytest.raises(AffektError, match="first 50 pictures failed with 'unreadable'"):
        run(stage(folder(tmp_path / "raw", {})), desk(tmp_path), hits)


def test_one_good_picture_among_many_bad_ones_goes_on(tmp_path: Path) -> None:
    """D5."""
    hits = found(*({"source_id": f"{at:03d}.png"} for at in range(60)))
    kept, dropped = run(stage(folder(tmp_path / "raw", paintings(1))), desk(tmp_path), hits)
    assert (kept.height, dropped.height) == (1, 59)


def test_a_source_that_is_not_in_the_plan_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="'flickr' is not in the plan"):
        run(stage(tmp_path), desk(tmp_path), found({"source_id": "a", "source": "flickr"}))


def test_nothing_found_is_an_empty_table(tmp_path: Path) -> None:
    kept, dropped = run(stage(tmp_path), desk(tmp_path), found())
    assert kept.is_empty()
    assert dropped.is_empty()


def test_progress_ends_at_the_total(tmp_path: Path) -> None:
    told: list[Progress] = []
    place = desk(tmp_path)
    watched = Desk(place.shelf, place.journal, place.scratch, watch=told.append)
    hits = found(*({"source_id": f"{at:03d}.png"} for at in range(25)))
    run(stage(folder(tmp_path / "raw", paintings(24))), watched, hits)
    tallies = {"reasons": {"unreadable": 1}, "sources": {"folder": 25}}
    assert told[-1] == Progress("clean", 25, 25, 1, tallies)
    assert {one.done for one in told} >= {20, 25}


def test_idle_settings_leave_the_address_alone(tmp_path: Path) -> None:
    assert stage(tmp_path).digest() == stage(tmp_path / "elsewhere", workers=7).digest()
    assert stage(tmp_path).digest() != stage(tmp_path, min_side_px=65).digest()


KILLED = """
import sys
from pathlib import Path
from tests.stages.test_clean import interrupted
interrupted(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
"""


@dataclass
class Bomb:
    """Ends this process when it is called often enough."""

    left: int

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, write: Callable[..., None]) -> Callable[..., None]:
        def then_write(*given: object) -> None:
            self()
            write(*given)

        return then_write


def interrupted(root: Path, where: str, moment: int) -> None:
    """Run the stage in pieces of 4 and chunks of 8, and die at a moment, or when a file is done."""
    bomb, place = Bomb(moment), desk(root)
    for module in (clean, _look):
        vars(module)["PER_SHARD"] = 4
    vars(clean)["PIECES"], vars(_tally)["STEP"] = 2, 1
    if where == "watch":
        place = Desk(place.shelf, place.journal, place.scratch, watch=bomb)
    owner: object = {"rename": Shelf, "_write": _look.Look}.get(where)
    if owner is not None:
        setattr(owner, where, bomb.before(getattr(owner, where)))
    hits = found(*({"source_id": f"{at:03d}.png"} for at in range(20)))
    kept, dropped = run(stage(root / "raw"), place, hits)
    sys.stdout.write(f"{rows_sha256(kept)} {rows_sha256(dropped)}\n")


def run_apart(root: Path, where: str, moment: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(root), where, str(moment)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def shelf_of(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "pictures").iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "moment"),
    [("watch", 3), ("watch", 11), ("rename", 0), ("rename", 3), ("_write", 1), ("_write", 5)],
)
def test_a_killed_run_ends_with_the_same_bytes(tmp_path: Path, where: str, moment: int) -> None:
    """B11, D3: and nothing is left over on the shelf."""
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for root in (calm, killed):
        root.mkdir()
        folder(root / "raw", {**paintings(19), "019.png": b"rubbish"})
    undisturbed = run_apart(calm, "never", 0)
    assert run_apart(killed, where, moment).returncode == -signal.SIGKILL
    again = run_apart(killed, "never", 0)
    assert again.stdout == undisturbed.stdout != ""
    assert shelf_of(killed) == shelf_of(calm)


def test_finished_chunks_are_not_fetched_again(tmp_path: Path) -> None:
    root, place = folder(tmp_path / "raw", paintings(3)), desk(tmp_path)
    hits = found(*({"source_id": name} for name in paintings(3)))
    first = run(stage(root), place, hits)
    for path in root.iterdir():
        path.unlink()
    second = run(stage(root), place, hits)
    assert first[0].equals(second[0])


def test_other_bytes_never_come_under_an_old_name(tmp_path: Path) -> None:
    """The shard of an earlier edition still stands when a file has changed since."""
    hits = found({"source_id": "000.png"})
    root, place = folder(tmp_path / "raw", paintings(1)), desk(tmp_path)
    before, _ = run(stage(root), place, hits)
    (root / "000.png").write_bytes(nasty.png(nasty.painting(seed=77)))
    later = Desk(place.shelf, place.journal, tmp_path / "other-scratch")
    after, _ = run(stage(root), later, hits)
    for frame in (before, after):
        ((_, data),) = place.shelf.scan(frame)
        assert hashlib.sha256(data).hexdigest() == frame["image_id"].item()
