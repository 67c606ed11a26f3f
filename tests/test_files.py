"""Finished files in a folder and in an object store, against a local server of S3's protocol."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from affekt.errors import DiskTrouble
from affekt.files import Files
from tests import objects


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with objects.bucket(monkeypatch) as address:
        yield address


@pytest.fixture
def files(tmp_path: Path, url: str) -> Files:
    return Files(tmp_path / "here", url)


def written(files: Files, name: str, data: bytes = b"content") -> Path:
    path = files.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_published_file_lies_in_the_store_under_its_name(files: Files, url: str) -> None:
    files.publish(written(files, "products/a/table.parquet"))
    assert objects.names(url) == ["project/products/a/table.parquet"]


def test_a_published_file_comes_back_when_the_copy_is_gone(files: Files) -> None:
    path = written(files, "a/b.bin", bytes(range(256)) * 100_000)  # several blocks
    files.publish(path)
    files.drop_copy(path)
    assert not path.exists()
    assert files.ensure(path).read_bytes() == bytes(range(256)) * 100_000


def test_parts_are_read_where_they_lie(files: Files) -> None:
    path = written(files, "a.bin", b"0123456789")
    files.publish(path)
    files.drop_copy(path)
    with files.opened(path) as file:
        file.seek(4)
        assert file.read(3) == b"456"
    assert not path.exists()


def test_what_is_here_or_there_is_listed_once(files: Files) -> None:
    here, there, both = (written(files, f"j/{name}.parquet") for name in ("1", "2", "3"))
    files.publish(there)
    files.drop_copy(there)
    files.publish(both)
    written(files, "j/note.txt")
    assert files.listed(files.root / "j", "*.parquet") == [here, there, both]


def test_a_store_without_such_a_folder_lists_nothing(files: Files) -> None:
    assert files.listed(files.root / "none", "*") == []


def test_a_file_that_is_nowhere_is_told_so(files: Files) -> None:
    path = files.root / "nowhere"
    assert not files.stands(path)
    assert not files.ensure(path).exists()
    with pytest.raises(FileNotFoundError), files.opened(path):
        pass


def test_a_removed_file_is_gone_from_both(files: Files, url: str) -> None:
    path = written(files, "a")
    files.publish(path)
    files.remove(path)
    files.remove(path)
    assert (path.exists(), objects.names(url)) == (False, [])


def test_the_files_can_be_sent_to_another_process(files: Files) -> None:
    files.publish(written(files, "a", b"sent"))
    files.drop_copy(files.root / "a")
    again: Files = pickle.loads(pickle.dumps(files))
    assert again.ensure(files.root / "a").read_bytes() == b"sent"


def test_a_missing_bucket_is_a_sentence_without_keys(tmp_path: Path, url: str) -> None:
    files = Files(tmp_path, "s3://affekt-no-such-bucket/project")
    with pytest.raises(DiskTrouble, match="the object store refused it") as trouble:
        files.publish(written(files, "a"))
    assert not any(
        secret in str(trouble.value) for secret in objects.KEYS.values() if "-" in secret
    )
    assert objects.KEYS["AWS_ACCESS_KEY_ID"] not in str(trouble.value)


def test_a_store_that_cannot_be_reached_is_a_sentence(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    files = Files(tmp_path, url)
    with pytest.raises(DiskTrouble, match="the object store refused it"):
        files.publish(written(files, "a"))


def test_a_plain_project_publishes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path)
    path = written(files, "a")
    files.publish(path)
    files.drop_copy(path)
    assert files.ensure(path).read_bytes() == b"content"
    assert files.address(path) == str(path)


def test_another_machine_finds_a_file_by_its_address(files: Files, url: str) -> None:
    assert files.address(files.root / "a/b") == f"{url}/a/b"
