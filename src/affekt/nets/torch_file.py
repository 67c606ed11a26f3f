"""Reads the tensors in a PyTorch file without PyTorch, and without running anything that is in it.

Two containers are known. The one until 2020 is a row of pickles (magic number, protocol, system,
object, storage keys) followed by the storages, each an 8-byte little-endian count and its raw
values. The later one is a zip archive with the object in ``data.pkl`` and a storage a file below
``data/``.

This is the one place in affekt that reads a pickle, because published weights come as nothing else.
It is read with an unpickler that can name an ordered dictionary, the tensor rebuild function and
the storage types, and no more; the latter two are inert values here, so that a file can make arrays
and nothing else. Instructions that such files never hold are refused before any is followed.
"""

import hashlib
import io
import pickle
import pickletools
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from affekt.errors import Damaged, Refused

MAGIC = 0x1950A86A20F9469CFC6C  # first pickle of the older container
PROTOCOL = 1001
BEGIN = b"\x80"  # first instruction of every pickle since protocol 2
STORAGES = {
    "BoolStorage": "?",
    "ByteStorage": "u1",
    "CharStorage": "i1",
    "ShortStorage": "<i2",
    "IntStorage": "<i4",
    "LongStorage": "<i8",
    "HalfStorage": "<f2",
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
}
INSTRUCTIONS = frozenset({
    "PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID", "BINPUT", "LONG_BINPUT",
    "BINGET", "LONG_BINGET", "BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "NONE",
    "NEWTRUE", "NEWFALSE", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2",
    "TUPLE3", "SETITEM", "SETITEMS", "APPEND", "APPENDS",
})  # fmt: skip
BY_CODE = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
BROKEN = (  # all that a cut or altered file was seen to raise while it is taken apart
    AttributeError, EOFError, IndexError, KeyError, MemoryError, NotImplementedError,
    OverflowError, TypeError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile,
)  # fmt: skip

Tensors = dict[str, NDArray[Any]]


class _Storage(NamedTuple):
    dtype: str
    key: str
    length: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def read_torch_file(path: Path, sha256: str | None = None) -> Tensors:
    """Give the tensors of a state dictionary by name, each with its own memory.

    Args:
        path: A ``.pth`` file of either container.
        sha256: What the whole file must hash to; it is compared before anything is read from the
            bytes.

    Raises:
        Damaged: The file cannot be read, has another hash, or is no state dictionary.
        Refused: The file names something that is neither a tensor nor a dictionary.
    """
    data = _bytes(path, sha256)
    try:
        found, storages = _zip(data) if zipfile.is_zipfile(io.BytesIO(data)) else _row(data)
        return {_name(key): _array(value, storages) for key, value in dict.items(found)}
    except BROKEN as trouble:
        raise Damaged(
            f"{path}: is not a whole PyTorch file of named tensors ({type(trouble).__name__}: "
            f"{trouble}); expected a state dictionary as `torch.save` writes it; get the file again"
        ) from trouble
    except _Forbidden as trouble:
        raise Refused(
            f"{path}: names {str(trouble)!r}; only an ordered dictionary of tensors is read: "
            "anything else in such a file is code that would run; save `model.state_dict()` alone"
        ) from trouble


def _bytes(path: Path, sha256: str | None) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as trouble:
        raise Damaged(
            f"{path}: cannot be read ({trouble.strerror}); reinstall or copy it again"
        ) from trouble
    if sha256 is not None and (came := hashlib.sha256(data).hexdigest()) != sha256:
        raise Damaged(
            f"{path}: has the SHA-256 {came}, expected {sha256}; the file is damaged or another "
            "one, reinstall it"
        )
    return data


class _Forbidden(Exception):
    """A name in the file that must not be followed."""


class _Unpickler(pickle.Unpickler):
    """Follows only the names that tensors in a dictionary need."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self.rebuild
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise _Forbidden(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _device, count, *view = pid
        if kind != "storage" or any(view) or not isinstance(count, int):
            _wrong(f"an entry is {kind!r} with {view!r}, not a plain storage")
        return _Storage(dtype, str(key), count)

    def rebuild(self, *given: Any) -> _Tensor:
        storage, offset, size, stride = given[:4]
        return _Tensor(storage, offset, tuple(size), tuple(stride))


def _loaded(file: io.BytesIO) -> Any:
    """Give the object of the next pickle."""
    begin = file.tell()
    while _harmless(file) != "STOP":
        pass
    file.seek(begin)
    return _Unpickler(file).load()


def _harmless(file: io.BytesIO) -> str:
    """Step over the next instruction and give its name; it is known before its argument is read."""
    code = file.read(1)
    if code not in BY_CODE:
        _wrong(f"{code!r} is no instruction of a pickle")
    name, argument = BY_CODE[code].name, BY_CODE[code].arg
    if name not in INSTRUCTIONS:
        raise _Forbidden(f"the instruction {name}")
    if name == "GLOBAL":  # two lines; the library's reader would follow backslashes, and warn
        file.readline()
        file.readline()
        return name
    number = argument.reader(file) if argument else None
    # A memory slot of number four billion would be made with all the slots below it.
    if name == "LONG_BINPUT" and (number or 0) > file.getbuffer().nbytes:
        _wrong(f"it asks for {number} memory slots")
    return name


def _row(data: bytes) -> tuple[Any, Mapping[str, bytes]]:
    """Object and storages of the older container."""
    if not data.startswith(BEGIN):
        _wrong("it begins as neither container, or is an archive without its end")
    file = io.BytesIO(data)
    magic, protocol, system = (_loaded(file) for _ in range(3))
    if (magic, protocol) != (MAGIC, PROTOCOL) or not system["little_endian"]:
        _wrong("it does not begin as one, or was written on a big-endian machine")
    found, keys = _loaded(file), _loaded(file)
    widths = {
        tensor.storage.key: np.dtype(tensor.storage.dtype).itemsize
        for tensor in dict.values(found)
        if isinstance(tensor, _Tensor)
    }
    storages = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        storages[key] = file.read(count * widths[key])
    return found, storages


def _zip(data: bytes) -> tuple[Any, Mapping[str, bytes]]:
    """Object and storages of the later container."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [info.filename for info in archive.infolist()]
        tops = [name.removesuffix("data.pkl") for name in names if name.endswith("data.pkl")]
        top = tops[0] if tops else _wrong("it is an archive without data.pkl")
        if any(info.compress_type != zipfile.ZIP_STORED for info in archive.infolist()):
            _wrong("it is compressed")
        if f"{top}byteorder" in names and archive.read(f"{top}byteorder") != b"little":
            _wrong("it was written on a big-endian machine")
        found = _loaded(io.BytesIO(archive.read(f"{top}data.pkl")))
        stored = f"{top}data/"
        storages = {
            name.removeprefix(stored): archive.read(name)
            for name in names
            if name.startswith(stored)
        }
    return found, storages


def _name(key: Any) -> str:
    return key if isinstance(key, str) else _wrong(f"a tensor is called {key!r}")


def _array(tensor: Any, storages: Mapping[str, bytes]) -> NDArray[Any]:
    """Values of one tensor, in its own memory and row order."""
    if not (isinstance(tensor, _Tensor) and isinstance(tensor.storage, _Storage)):
        _wrong(f"an entry is a {type(tensor).__name__}, not a tensor")
    values = np.frombuffer(storages[tensor.storage.key], dtype=tensor.storage.dtype)
    numbers = (tensor.offset, *tensor.size, *tensor.stride)
    last = tensor.offset + sum(
        (length - 1) * step for length, step in zip(tensor.size, tensor.stride, strict=True)
    )
    fits = prod(tensor.size) <= values.size and (last < values.size or 0 in tensor.size)
    if values.size != tensor.storage.length or min(numbers) < 0 or not fits:
        _wrong(f"a tensor of {tensor.size} lies outside its storage of {values.size} values")
    steps = [step * values.itemsize for step in tensor.stride]
    view = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.size, steps)
    return view.copy()


def _wrong(what: str) -> NoReturn:
    raise ValueError(what)
