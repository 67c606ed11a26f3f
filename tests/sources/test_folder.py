"""A folder of pictures as a source."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import AffektError, PictureError, UsageError
from affekt.parts import Place
from affekt.sources import Page, Query
from affekt.sources.folder import Folder
from affekt.sources.folder.walk import walk

WORDS = {"fear": ("fear", "scary"), "awe": ("awe",)}
NASTY = ["a b.jpg", "a,b.jpg", 'a"b.jpg', "a'b.jpg", "a\nb.jpg", "=1+1.jpg", "-rf.jpg", "ä€.jpg"]


def fill(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode("utf-8", "surrogateescape"))
    return root


def folder(root: Path, **settings: Any) -> Folder:
    return Folder(root=Place(written=str(root)), **settings)


def answers(source: Folder) -> list[tuple[Query, Page]]:
    return [
        (query, page) for query in source.queries(WORDS) for page in source.pages(query, None, None)
    ]


def labelled_names(source: Folder) -> dict[str, str | None]:
    return {hit["source_id"]: query.emotion for query, page in answers(source) for hit in page.hits}


def refusals(source: Folder) -> list[tuple[str, str, str]]:
    return [refused for _, page in answers(source) for refused in page.refused]


def only_hit(source: Folder) -> dict[str, Any]:
    (hit,) = [hit for _, page in answers(source) for hit in page.hits]
    return dict(hit)


def test_the_first_sub_folder_names_the_emotion(tmp_path: Path) -> None:
    fill(tmp_path, "fear/a.jpg", "SCARY/deep/awe/b.jpg", "awe/c.jpg", "other/d.jpg", "fear.jpg")
    assert labelled_names(folder(tmp_path)) == {
        "fear/a.jpg": "fear",
        "SCARY/deep/awe/b.jpg": "fear",
        "awe/c.jpg": "awe",
        "other/d.jpg": None,
        "fear.jpg": None,
    }


def test_a_whole_folder_can_be_one_emotion(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg", "awe/b.jpg")
    names = labelled_names(folder(tmp_path, emotion="Scary"))
    assert names == {"a.jpg": "fear", "awe/b.jpg": "fear"}


def test_a_whole_folder_can_be_unlabelled(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg", "awe/b.jpg")
    names = labelled_names(folder(tmp_path, unlabelled=True))
    assert names == {"a.jpg": None, "awe/b.jpg": None}


def test_an_emotion_for_an_unlabelled_folder_is_a_contradiction(tmp_path: Path) -> None:
    """B02."""
    with pytest.raises(ValueError, match="emotion is 'awe' and unlabelled is true"):
        folder(tmp_path, emotion="awe", unlabelled=True)


def test_an_unknown_emotion_names_the_known(tmp_path: Path) -> None:
    """B01."""
    with pytest.raises(UsageError, match=r"'feer'.*did you mean 'fear'"):
        folder(tmp_path, emotion="feer").queries(WORDS)


def test_a_hit_tells_where_the_file_is_without_telling_of_the_machine(tmp_path: Path) -> None:
    fill(tmp_path, "fear/a.jpg")
    os.utime(tmp_path / "fear" / "a.jpg", (1_000_000_000, 1_000_000_000.9))
    hit = only_hit(folder(tmp_path))
    assert hit["url"] == hit["source_id"] == "fear/a.jpg"
    assert hit["found_at"] is None
    assert hit["is_generated"] is False
    assert str(tmp_path) not in json.dumps(hit)


def test_a_new_file_is_noticed_and_a_new_time_is_not(tmp_path: Path) -> None:
    (tmp_path / "awe").mkdir()
    (tmp_path / "awe" / "a.jpg").write_bytes(b"one")
    source = Folder(root=Place(written=str(tmp_path)))
    before = source.witness()
    os.utime(tmp_path / "awe" / "a.jpg", (0, 0))
    assert source.witness() == before
    (tmp_path / "awe" / "b.jpg").write_bytes(b"two")
    assert source.witness() != before


def test_a_changed_table_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,licence\na.jpg,cc0\n")
    source = Folder(root=Place(written=str(tmp_path)))
    before = source.witness()
    (tmp_path / "metadata.csv").write_text("file,licence\na.jpg,pdm\n")
    assert source.witness() != before


def test_a_folder_that_is_not_there_has_a_witness(tmp_path: Path) -> None:
    assert Folder(root=Place(written=str(tmp_path / "none"))).witness() == "missing"


@pytest.mark.parametrize("name", NASTY)
def test_nasty_names_survive_listing_resuming_and_fetching(tmp_path: Path, name: str) -> None:
    """B50."""
    source = folder(fill(tmp_path, name, "!.jpg", "~.jpg"), unlabelled=True, per_page=1)
    hits = {hit["source_id"]: hit for _, page in answers(source) for hit in page.hits}
    behind = [
        hit["source_id"] for page in source.pages(Query(None, ()), name, None) for hit in page.hits
    ]
    assert behind == sorted(hits)[sorted(hits).index(name) + 1 :]
    assert source.fetch(hits[name]["url"]) == name.encode()


def test_links_and_pipes_are_refused_and_hidden_names_left_out(tmp_path: Path) -> None:
    """B50."""
    root = fill(tmp_path / "raw", "fear/a.jpg", ".hidden.jpg", ".git/b.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (root / "fear" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "out").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(root / "fear" / "pipe.jpg")
    source = folder(root)
    assert labelled_names(source) == {"fear/a.jpg": "fear"}
    assert [refused[:2] for refused in refusals(source)] == [
        ("fear/link.jpg", "link"),
        ("fear/pipe.jpg", "not-a-file"),
        ("out", "link"),
    ]
    assert {refused[1] for refused in refusals(source)} <= set(Folder.reasons)


def test_a_name_that_is_no_text_is_refused_readably(tmp_path: Path) -> None:
    """B50."""
    fill(tmp_path, os.fsdecode(b"fear/\xff.jpg"), "fear/z.jpg")
    ((name, reason, _),) = refusals(folder(tmp_path))
    assert (name, reason) == (r"fear/\udcff.jpg", "unreadable")
    assert labelled_names(folder(tmp_path, per_page=1)) == {"fear/z.jpg": "fear"}


def test_what_the_system_forbids_to_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B50; the system's answer is set here because nothing is forbidden to root."""
    fill(tmp_path, "fear/a.jpg", "fear/b.jpg")
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "a.jpg" not in path and allowed(path, mode)
    )
    assert refusals(folder(tmp_path)) == [("fear/a.jpg", "unreadable", "no permission to read it")]


def test_a_folder_that_cannot_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "fear/deep/a.jpg", "fear/b.jpg")
    listed = os.scandir

    def scandir(path: Path) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert refusals(folder(tmp_path)) == [("fear/deep", "unreadable", "Permission denied")]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("../secret.jpg", "unreadable"),
        ("fear/../../secret.jpg", "unreadable"),
        ("/etc/hostname", "unreadable"),
        ("", "unreadable"),
        ("a\0b", "unreadable"),
        ("fear//a.jpg", "unreadable"),
        ("gone.jpg", "unreadable"),
        ("fear", "not-a-file"),
        ("link.jpg", "link"),
        ("out/secret.jpg", "unreadable"),
        ("pipe.jpg", "not-a-file"),
    ],
)
def test_fetching_never_leaves_the_folder(tmp_path: Path, url: str, reason: str) -> None:
    """B50."""
    root = fill(tmp_path / "raw", "fear/a.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "out").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(root / "pipe.jpg")
    with pytest.raises(PictureError) as refusal:
        folder(root).fetch(url)
    assert refusal.value.reason == reason


def test_fetching_stops_at_the_size_limit(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(bytes(11))
    assert len(folder(tmp_path, max_bytes=11).fetch("a.jpg")) == 11
    with pytest.raises(PictureError, match="too-many-bytes: 11 bytes, 10 are allowed"):
        folder(tmp_path, max_bytes=10).fetch("a.jpg")


@pytest.mark.parametrize("make", [Path.touch, lambda path: None])
def test_a_root_that_is_no_folder_is_told(tmp_path: Path, make: Any) -> None:
    """B05."""
    make(tmp_path / "raw")
    with pytest.raises(AffektError, match=r"'raw' (is no folder|does not exist); correct `root`"):
        list(
            Folder(root=Place(written="raw", base=str(tmp_path))).pages(Query(None, ()), None, None)
        )


def test_a_root_with_spaces_umlauts_and_behind_a_link_works(tmp_path: Path) -> None:
    """B08."""
    fill(tmp_path / "Bilder für mich", "fear/a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "Bilder für mich")
    assert labelled_names(folder(tmp_path / "link")) == {"fear/a.jpg": "fear"}
    assert folder(tmp_path / "link").fetch("fear/a.jpg") == b"fear/a.jpg"


def test_an_empty_folder_gives_one_empty_last_page_a_query(tmp_path: Path) -> None:
    assert [page for _, page in answers(folder(tmp_path))] == [Page((), None)] * 3


PIECES = st.sampled_from(["a", "b", "a b", "a.b", "a-b", "é"])


@settings(max_examples=40, deadline=None)
@given(names=st.sets(st.tuples(PIECES, PIECES), max_size=12))
def test_a_walk_resumed_behind_any_name_gives_the_rest(
    tmp_path_factory: pytest.TempPathFactory, names: set[tuple[str, str]]
) -> None:
    root = fill(tmp_path_factory.mktemp("raw"), *("/".join((*n, "x.jpg")) for n in names), "a.jpg")
    whole = [entry.name for entry in walk(root)]
    assert whole == sorted(whole, key=lambda name: name.split("/"))
    assert len(whole) == len(names) + 1
    assert [[one.name for one in walk(root, name)] for name in whole] == [
        whole[place + 1 :] for place in range(len(whole))
    ]


def test_a_walk_resumes_behind_a_file_that_is_gone(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.jpg", "a/3.jpg", "b.jpg")
    assert [entry.name for entry in walk(tmp_path, "a/2.jpg")] == ["a/3.jpg", "b.jpg"]


def test_a_file_that_goes_while_it_is_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a.jpg")

    def access(path: str, mode: int) -> bool:
        Path(path).unlink()
        return True

    monkeypatch.setattr(os, "access", access)
    source = folder(tmp_path, unlabelled=True)
    assert refusals(source) == [("a.jpg", "unreadable", "No such file or directory")]
