"""Where the finished files of a project rest: a folder, or an object store behind that folder.

Everything is written in the folder first, whole, and a finished file is then published. In a plain
project publishing is nothing. Where the project is a web address of an object store, the folder is
a working copy: what is published lies in the store under the same name, is brought back when it is
needed and absent, and may be removed from the folder at any time.

An object appears in the store when it is complete, never in part, and objects are not renamed: what
says that a group of files belongs together, a manifest, is published last.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from affekt import durable
from affekt.errors import DiskTrouble
from affekt.foreign import clean

BLOCK = 8 << 20  # bytes of one step of a copy
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")  # of another server than Amazon's
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


class Files:
    """The files of one project, by their path in its folder.

    It may be sent to another process or machine: the connection is made anew there.

    Args:
        root: The folder.
        url: ``s3://bucket/prefix`` of the store behind it, None where there is none. Keys, region
            and server are taken from the environment, as Amazon's own tools do.
    """

    def __init__(self, root: Path, url: str | None = None) -> None:
        self.root = root
        self.url = url.rstrip("/") if url else None

    def __getstate__(self) -> dict[str, Any]:
        return {"root": self.root, "url": self.url}

    def publish(self, path: Path) -> None:
        """Put a finished file where others find it; again with the same content is harmless.

        Raises:
            DiskTrouble: The store does not take it.
        """
        if self.url is None:
            return
        with self._told(path), path.open("rb") as file:
            stream = self._store.open_output_stream(self._key(path))
            while block := file.read(BLOCK):
                stream.write(block)
            stream.close()

    def put(self, path: Path, data: bytes) -> None:
        """Put bytes into the store alone, under the name of a path; nothing in a plain project."""
        if self.url is not None:
            with self._told(path):
                stream = self._store.open_output_stream(self._key(path))
                stream.write(data)
                stream.close()

    def ensure(self, path: Path) -> Path:
        """Give the path after bringing its file back from the store, where it is there only."""
        if self.url is None or path.exists():
            return path
        with self._told(path):
            if self._is_file(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with (
                    durable.replaced(path) as beside,
                    beside.open("wb") as file,
                    self._store.open_input_stream(self._key(path)) as stream,
                ):
                    while block := stream.read(BLOCK):
                        file.write(block)
        return path

    def stands(self, path: Path) -> bool:
        """Tell whether a file is there, here or in the store."""
        if path.is_file():
            return True
        if self.url is None:
            return False
        with self._told(path):
            return self._is_file(path)

    def listed(self, folder: Path, pattern: str) -> list[Path]:
        """Give the paths of the files in and below a folder that match, sorted.

        ``pattern`` is matched from the right, as `pathlib.PurePath.match` does.
        """
        inside = folder.rglob(Path(pattern).name)
        found = {path for path in inside if path.match(pattern) and path.is_file()}
        if self.url is not None:
            with self._told(folder):
                selector = pafs.FileSelector(
                    self._key(folder), allow_not_found=True, recursive=True
                )
                for info in self._store.get_file_info(selector):
                    path = self.root / info.path.removeprefix(f"{self._base}/")
                    if info.is_file and path.match(pattern):
                        found.add(path)
        return sorted(found)

    @contextmanager
    def opened(self, path: Path) -> Iterator[pa.NativeFile]:
        """Give a file to read parts of, from the folder if it is there, else from the store.

        Raises:
            FileNotFoundError: It is in neither.
        """
        with self.handle(path) as file:
            yield file

    def handle(self, path: Path) -> pa.NativeFile:
        """Give the same as `opened`, to be closed by the caller."""
        if self.url is None or path.exists():
            return pa.memory_map(str(path))
        with self._told(path):
            return self._store.open_input_file(self._key(path))

    def drop_copy(self, path: Path) -> None:
        """Remove a published file from the working copy; a plain project keeps it."""
        if self.url is not None:
            path.unlink(missing_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a file everywhere; one that is not there is no trouble."""
        path.unlink(missing_ok=True)
        if self.url is not None:
            with self._told(path):
                if self._is_file(path):
                    self._store.delete_file(self._key(path))

    def address(self, path: Path) -> str:
        """Give the name by which any machine of a cluster finds a published file."""
        return str(path) if self.url is None else f"s3://{self._key(path)}"

    def _key(self, path: Path) -> str:
        inside = path.relative_to(self.root).as_posix()
        return self._base if inside == "." else f"{self._base}/{inside}"

    @cached_property
    def _base(self) -> str:
        assert self.url is not None
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}".rstrip("/")

    def _is_file(self, path: Path) -> bool:
        return bool(self._store.get_file_info(self._key(path)).is_file)

    @cached_property
    def _store(self) -> pafs.S3FileSystem:
        settings: dict[str, Any] = {"region": region()}
        server = endpoint()
        if server:
            parts = urlsplit(server)
            settings |= {"endpoint_override": parts.netloc, "scheme": parts.scheme}
        return pafs.S3FileSystem(**settings)

    @contextmanager
    def _told(self, path: Path) -> Iterator[None]:
        """Turn what the store refuses into a sentence; a file that is not there stays one.

        Raises:
            DiskTrouble: The store refused, or cannot be reached.
        """
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as trouble:
            if self.url is None or trouble.errno is not None:  # the machine's own disk
                raise
            words = clean(trouble, 300)
            raise DiskTrouble(
                f"{self.url}/{path.relative_to(self.root).as_posix()}: the object store refused it "
                f"({words}); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, the region and the "
                "name of the bucket, then run again: finished work is kept"
            ) from trouble


def endpoint() -> str | None:
    """Give the address of the object store's server, None for Amazon's."""
    return next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)


def region() -> str:
    """Give the region that requests are signed for."""
    return next((os.environ[name] for name in REGIONS if os.environ.get(name)), "us-east-1")
