"""Files of weights: both containers are read, and nothing in them is ever run."""

import hashlib
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import AffektError, Damaged, Refused
from affekt.nets.torch_file import MAGIC, read_torch_file

KERNEL = np.arange(24, dtype="<f4").reshape(2, 3, 4)
STEPS = np.array(7, dtype="<i8")


def plain(value: Any) -> bytes:
    """The instructions that put one plain value on the stack."""
    return pickle.dumps(value, 2)[2:-1]


def called(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def tensor(
    kind: str, key: str, size: tuple[int, ...], stride: tuple[int, ...], count: int
) -> bytes:
    storage = plain("storage") + called("torch", kind) + plain(key) + plain("cpu") + plain(count)
    hooks = called("collections", "OrderedDict") + b")R"
    shape = plain(0) + plain(size) + plain(stride) + plain(False)
    return (
        called("torch._utils", "_rebuild_tensor_v2")
        + b"(("
        + storage
        + b"tQ"
        + shape
        + hooks
        + b"tR"
    )


def state(**entries: bytes) -> bytes:
    items = b"".join(plain(name) + entry for name, entry in entries.items())
    return b"\x80\x02" + called("collections", "OrderedDict") + b")R(" + items + b"u."


ENTRIES = state(
    kernel=tensor("FloatStorage", "11", (2, 3, 4), (12, 4, 1), 24),
    turned=tensor("FloatStorage", "11", (4, 6), (1, 4), 24),
    steps=tensor("LongStorage", "12", (), (), 1),
)
STORED = {"11": KERNEL.tobytes(), "12": STEPS.tobytes()}


def older(entries: bytes = ENTRIES, system: object = None) -> bytes:
    little = {"protocol_version": 1001, "little_endian": True}
    head = [pickle.dumps(part, 2) for part in (MAGIC, 1001, system or little)]
    counts = {"11": 24, "12": 1}
    body = [counts[key].to_bytes(8, "little") + data for key, data in STORED.items()]
    return b"".join([*head, entries, pickle.dumps(list(STORED), 2), *body])


def later(
    entries: bytes = ENTRIES, method: int = zipfile.ZIP_STORED, order: str = "little"
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("net/data.pkl", entries)
        archive.writestr("net/byteorder", order)
        for key, data in STORED.items():
            archive.writestr(f"net/data/{key}", data)
    return file.getvalue()


def written(folder: Path, data: bytes) -> Path:
    path = folder / "weights.pth"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [older(), later()], ids=["older", "later"])
def test_both_containers_give_the_same_tensors_bit_for_bit(tmp_path: Path, data: bytes) -> None:
    """M11."""
    found = read_torch_file(written(tmp_path, data))
    assert list(found) == ["kernel", "turned", "steps"]
    np.testing.assert_array_equal(found["kernel"], KERNEL, strict=True)
    np.testing.assert_array_equal(found["turned"], KERNEL.reshape(6, 4).T, strict=True)
    np.testing.assert_array_equal(found["steps"], STEPS, strict=True)


def test_every_tensor_has_its_own_memory(tmp_path: Path) -> None:
    found = read_torch_file(written(tmp_path, older()))
    found["kernel"][:] = -1
    assert found["turned"].min() == 0


def test_another_hash_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """M10."""
    path = written(tmp_path, b"whatever this is")
    came = hashlib.sha256(b"whatever this is").hexdigest()
    with pytest.raises(Damaged, match=f"has the SHA-256 {came}, expected {'0' * 64}"):
        read_torch_file(path, "0" * 64)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        read_torch_file(tmp_path / "absent.pth")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("data", [older(), later()], ids=["older", "later"])
def test_a_file_cut_short_is_refused(tmp_path: Path, data: bytes, share: float) -> None:
    """B73: cut in half."""
    with pytest.raises(Damaged, match="not a whole PyTorch file"):
        read_torch_file(written(tmp_path, data[: int(len(data) * share)]))


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("torch", "load"), ("torch.nn", "Linear")],
)
@pytest.mark.parametrize("container", [older, later])
def test_a_file_that_names_anything_else_is_refused_and_never_run(
    tmp_path: Path, container: Any, module: str, name: str
) -> None:
    """B73: a pickle is never loaded."""
    mark = tmp_path / "ran"
    attack = called(module, name) + plain((f"touch {mark}",)) + b"R"
    with pytest.raises(Refused, match=f"names '{module}.{name}'"):
        read_torch_file(written(tmp_path, container(state(attack=attack))))
    assert not mark.exists()


def test_a_name_assembled_on_the_stack_is_refused(tmp_path: Path) -> None:
    """B73: newer pickles can build the name of what they call."""
    attack = plain("os") + plain("system") + b"\x93" + plain(("true",)) + b"R"
    with pytest.raises(Refused, match="STACK_GLOBAL"):
        read_torch_file(written(tmp_path, older(state(attack=attack))))


@pytest.mark.parametrize(
    ("attack", "name"), [(b"c\\qs\nsystem\n", r"\\qs\.system"), (b"S'\\q'\n", "STRING")]
)
def test_backslashes_in_a_name_or_a_text_are_refused_without_a_warning(
    tmp_path: Path, attack: bytes, name: str
) -> None:
    """B73: the library warns of them, which is an error where warnings are."""
    with pytest.raises(Refused, match=name):
        read_torch_file(written(tmp_path, older(state(attack=attack))))


def test_a_joblib_file_is_refused(tmp_path: Path) -> None:
    """B73: joblib writes pickles of a later protocol."""
    with pytest.raises(AffektError, match=r"weights\.pth"):
        read_torch_file(written(tmp_path, pickle.dumps({"coef": [1.0]}, 4)))


@pytest.mark.parametrize(
    ("size", "stride"),
    [((2, 3, 5), (15, 5, 1)), ((25,), (1,)), ((1 << 40,), (0,)), ((2,), (24,)), ((2,), (-1,))],
)
def test_a_tensor_outside_its_storage_is_refused(
    tmp_path: Path, size: tuple[int, ...], stride: tuple[int, ...]
) -> None:
    """B73: nobody else's memory is read, and none is used up."""
    entries = state(kernel=tensor("FloatStorage", "11", size, stride, 24))
    with pytest.raises(Damaged):
        read_torch_file(written(tmp_path, later(entries)))


def test_a_memory_slot_far_away_is_refused(tmp_path: Path) -> None:
    entries = state(kernel=plain(1) + b"r\xff\xff\xff\x7f")
    with pytest.raises(Damaged, match="memory slots"):
        read_torch_file(written(tmp_path, later(entries)))


def test_what_is_no_tensor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="an entry is a int"):
        read_torch_file(written(tmp_path, later(state(epoch=plain(3)))))


@pytest.mark.parametrize(
    "data",
    [
        later(method=zipfile.ZIP_DEFLATED),
        later(order="big"),
        later().replace(b"data.pkl", b"data.pkk"),
        older(system={"little_endian": False}),
    ],
    ids=["compressed", "big-endian", "no object", "older big-endian"],
)
def test_containers_that_torch_never_writes_here_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Damaged):
        read_torch_file(written(tmp_path, data))


@given(at=st.integers(0, len(older()) - 1), value=st.integers(0, 255), is_older=st.booleans())
def test_a_changed_byte_gives_tensors_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, is_older: bool
) -> None:
    """B73: never a traceback."""
    data = bytearray(older() if is_older else later())
    data[at] = value
    path = written(tmp_path_factory.mktemp("changed"), bytes(data))
    try:
        found = read_torch_file(path)
    except (Damaged, Refused):
        return
    assert all(isinstance(array, np.ndarray) for array in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("is_later", [False, True])
def test_what_torch_itself_writes_is_read(tmp_path: Path, is_later: bool) -> None:
    """M11."""
    torch = pytest.importorskip(
        "torch", reason="PyTorch is not installed: pip install 'affekt[nets]'"
    )
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).half()
    path = tmp_path / "net.pth"
    torch.save(net.state_dict(), path, _use_new_zipfile_serialization=is_later)
    found = read_torch_file(path)
    assert list(found) == list(net.state_dict())
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(found[name], value.numpy(), strict=True)
