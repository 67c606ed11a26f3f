"""What no file of affekt may do: run foreign data as code, connect, or decode (X1, X3, X5, B30)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "affekt"
FILES = sorted(ROOT.rglob("*.py"))
RUNS_CODE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "runpy"}
CONNECTS = {
    "socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib",
    "smtplib", "xmlrpc", "telnetlib", "imaplib", "poplib", "asyncio", "aiodns", "pycares",
    "aiohappyeyeballs", "yarl", "_socket", "_ssl", "socketserver", "nntplib", "pyarrow.fs",
    "pyarrow.flight", "boto3", "botocore", "fsspec", "s3fs", "grpc", "websockets", "paramiko",
    "multiprocessing.connection", "multiprocessing.managers", "webbrowser",
}  # fmt: skip
DECODES = {
    "cv2", "imageio", "skimage.io", "tifffile", "torchvision", "matplotlib.image", "pyvips", "wand",
    "pillow_heif", "rawpy", "PIL.ImageFile", "PIL.ImageShow", "PIL.ImageGrab",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "Image.open", "PIL.Image.open"}
METHODS = {
    "image.decode", "ssl._create_unverified_context", "os.execv", "os.execvp",
    "os.spawnv", "subprocess.getoutput", "marshal.loads", "pd.read_pickle", "shelve.open",
    "extractall", "os.system", "os.popen", "yaml.load", "yaml.full_load", "yaml.unsafe_load",
    "torch.load", "joblib.load", "shutil.unpack_archive", "cv2.imread", "cv2.imreadmulti",
    "cv2.imdecode", "cv2.imdecodemulti", "cv2.VideoCapture", "cv2.imcount",
}  # fmt: skip
# Published weights come as nothing but a pickle; its unpickler can make arrays and nothing else.
UNPICKLER = ROOT / "nets" / "torch_file.py"
# The one file that turns bytes into pixels, which `child` alone imports, and its four readers.
WAY_IN = ROOT / "pictures" / "upright.py"
READERS = {f"PIL.{kind}ImagePlugin" for kind in ("Gif", "Jpeg", "Png", "WebP")}
CHILD = ROOT / "pictures" / "child.py"
EXCEPTIONS = {
    (UNPICKLER, "imports pickle"),
    (CHILD, "imports PIL.TiffImagePlugin"),  # which reads EXIF, and is read before the child locks
    # A project may lie in an object store of its owner, whose address and keys the owner gives.
    (ROOT / "files.py", "imports pyarrow.fs"),
    # It makes copies of what it has painted itself.
    (ROOT / "sources" / "generated" / "files.py", "calls Image.open"),
    # It waits on the loop of the server that runs it, and opens nothing.
    (ROOT / "site" / "together.py", "imports asyncio"),
}
# The one room with a way out, and the libraries that it may use for it.
WAY_OUT = ROOT / "fetch"
ITS_LIBRARIES = {"aiohttp", "asyncio", "socket", "ssl", "yarl"}


# Its filters and detectors serve the blocks of hand-made features; what it has to read or fetch
# pictures is not for them either.
LOOKS = ROOT / "blocks"

# Single files with a library of their own.
OWN = {
    # A port of this machine alone, to rehearse a marketplace that has closed; it calls nobody.
    ROOT / "amt" / "emulator" / "server.py": {"asyncio"},
    # Its maker's library speaks to that marketplace or to the rehearsal, and nothing else uses it.
    ROOT / "amt" / "client.py": {"boto3", "botocore"},
}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_below(name: str, forbidden: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in forbidden)


def calls(tree: ast.AST) -> Iterator[str]:
    for node in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        named = ast.unparse(node.func)
        last, last_two = named.split(".")[-1], ".".join(named.split(".")[-2:])
        if named in CALLS or last in METHODS or last_two in METHODS:
            yield f"calls {named}"
        for keyword in node.keywords:
            if keyword.arg in ("shell", "allow_pickle") and ast.unparse(keyword.value) != "False":
                yield f"passes {keyword.arg}"
            if keyword.arg in ("ssl", "verify", "verify_ssl", "check_hostname") and (
                ast.unparse(keyword.value) == "False"
            ):
                yield f"passes {keyword.arg}"


def switches(tree: ast.AST) -> Iterator[str]:
    """What turns the checking of certificates off without a call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "CERT_NONE":
            yield "names CERT_NONE"
        if isinstance(node, ast.Attribute) and node.attr in ("check_hostname", "verify_mode"):
            yield f"touches {node.attr}"


def forbidden_in(path: Path) -> set[str]:
    """Which libraries a file may not import."""
    own = ITS_LIBRARIES if path.parent == WAY_OUT else OWN.get(path, set())
    connects = CONNECTS - own
    decodes = DECODES - ({"cv2"} if path.parent == LOOKS else set())
    return RUNS_CODE | connects | (set() if path == WAY_IN else decodes)


def misdeeds(text: str, path: Path = ROOT / "any.py") -> set[str]:
    """What a file does that it may not."""
    tree = ast.parse(text)
    named = set(imports(tree))
    wrong = {f"imports {name}" for name in named if is_below(name, forbidden_in(path))}
    readers = {name for name in named if re.match(r"PIL\.\w+ImagePlugin$", name)}
    wrong |= {f"imports {name}" for name in readers - (READERS if path == WAY_IN else set())}
    return wrong | set(calls(tree)) | set(switches(tree))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_runs_data_as_code_or_opens_a_connection(path: Path) -> None:
    """X1, X3, X5, B30: one room has a way out, one file a way in, both check."""
    wrong = misdeeds(path.read_text(encoding="utf-8"), path)
    assert not {one for one in wrong if (path, one) not in EXCEPTIONS}


@pytest.mark.parametrize("name", sorted(ITS_LIBRARIES))
def test_the_room_that_fetches_alone_may_import(name: str) -> None:
    """X1."""
    assert not misdeeds(f"import {name}", WAY_OUT / "new.py")
    assert misdeeds(f"import {name}", ROOT / "sources" / "new.py")


@pytest.mark.parametrize("deed", ["imread(path)", "imdecode(data, 1)", "VideoCapture(address)"])
def test_the_blocks_may_filter_with_opencv_and_not_decode_with_it(deed: str) -> None:
    """X3."""
    assert not misdeeds("import cv2\ncv2.Sobel(plane)", LOOKS / "new.py")
    assert misdeeds(f"import cv2\ncv2.{deed}", LOOKS / "new.py")
    assert misdeeds("import cv2", ROOT / "features" / "new.py")


def test_the_room_that_fetches_may_use_no_other_library_to_connect() -> None:
    assert misdeeds("import requests", WAY_OUT / "new.py")


@pytest.mark.parametrize(
    "text",
    [
        "import pickle", "from marshal import loads", "import urllib.request",
        "from urllib import request", "import http.client", "import socket as s", "eval(text)",
        "exec(text)", "compile(text, '', 'exec')", "archive.extractall(folder)",
        "run(line, shell=True)", "np.load(path, allow_pickle=True)", "yaml.load(text)",
        "os.system(line)", "torch.load(path)", "import pyarrow.fs as fs", "import boto3",
        "from pyarrow import fs", "Image.open(file)", "import cv2", "from PIL import ImageFile",
        "from PIL.TiffImagePlugin import TiffImageFile", "column.image.decode()",
        "get(url, verify=False)", "Connector(ssl=False)", "context.verify_mode = ssl.CERT_NONE",
        "context.check_hostname = False", "ssl._create_unverified_context()", "os.execv(a, b)",
    ],
)  # fmt: skip
def test_every_misdeed_is_noticed(text: str) -> None:
    assert misdeeds(text)


@pytest.mark.parametrize(
    "text",
    [
        "import urllib.parse",
        "re.compile('a')",
        "run(['ls'], shell=False)",
        "np.load(path)",
        "model.eval()",
        "from PIL import Image",
        "Image.fromarray(pixels)",
        "Connector(ssl=context)",
        "path.open()",
    ],
)
def test_innocent_code_is_left_alone(text: str) -> None:
    assert not misdeeds(text)


def test_what_decodes_is_imported_by_the_child_alone() -> None:
    """X3."""
    importers = {
        path
        for path in FILES
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if is_below(name, {"affekt.pictures.upright"})
    }
    assert importers == {CHILD}


def test_every_exception_is_still_needed() -> None:
    assert all(
        what in misdeeds(path.read_text(encoding="utf-8"), path) for path, what in EXCEPTIONS
    )


def test_the_one_unpickler_allows_no_plain_load() -> None:
    """Its class says which names a file may use; the module's own load functions ask nobody."""
    used = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(UNPICKLER.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pickle"
    }
    assert used <= {"pickle.Unpickler", "pickle.UnpicklingError"}
