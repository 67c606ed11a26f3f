"""What no file of affekt may do: run foreign data as code, or open a connection (X1, X5)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "affekt"
FILES = sorted(ROOT.rglob("*.py"))
RUNS_CODE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "runpy"}
CONNECTS = {
    "socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib",
    "smtplib", "xmlrpc", "telnetlib", "imaplib", "poplib", "asyncio", "aiodns", "pycares",
    "aiohappyeyeballs", "yarl", "_socket", "_ssl", "socketserver", "nntplib",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__"}
METHODS = {
    "extractall", "os.system", "os.popen", "yaml.load", "yaml.full_load", "yaml.unsafe_load",
    "torch.load", "joblib.load", "shutil.unpack_archive",
}  # fmt: skip
# Published weights come as nothing but a pickle; its unpickler can make arrays and nothing else.
UNPICKLER = ROOT / "nets" / "torch_file.py"
EXCEPTIONS = {(UNPICKLER, "imports pickle")}
# The one room with a way out, and the libraries that it may use for it.
WAY_OUT = ROOT / "fetch"
ITS_LIBRARIES = {"aiohttp", "asyncio", "socket", "ssl", "yarl"}


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
        if named in CALLS or named in METHODS or named.rpartition(".")[2] in METHODS:
            yield f"calls {named}"
        for keyword in node.keywords:
            if keyword.arg in ("shell", "allow_pickle") and ast.unparse(keyword.value) != "False":
                yield f"passes {keyword.arg}"


def forbidden_in(path: Path) -> set[str]:
    """Which libraries a file may not import."""
    return RUNS_CODE | (CONNECTS - ITS_LIBRARIES if path.parent == WAY_OUT else CONNECTS)


def misdeeds(text: str, path: Path = ROOT / "any.py") -> set[str]:
    """What a file does that it may not."""
    tree = ast.parse(text)
    wrong = {f"imports {name}" for name in imports(tree) if is_below(name, forbidden_in(path))}
    return wrong | set(calls(tree))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_runs_data_as_code_or_opens_a_connection(path: Path) -> None:
    """X1, X5: one room has a way out."""
    wrong = misdeeds(path.read_text(encoding="utf-8"), path)
    assert not {one for one in wrong if (path, one) not in EXCEPTIONS}


@pytest.mark.parametrize("name", sorted(ITS_LIBRARIES))
def test_the_room_that_fetches_alone_may_import(name: str) -> None:
    """X1."""
    assert not misdeeds(f"import {name}", WAY_OUT / "new.py")
    assert misdeeds(f"import {name}", ROOT / "sources" / "new.py")


def test_the_room_that_fetches_may_use_no_other_library_to_connect() -> None:
    assert misdeeds("import requests", WAY_OUT / "new.py")


@pytest.mark.parametrize(
    "text",
    [
        "import pickle", "from marshal import loads", "import urllib.request",
        "from urllib import request", "import http.client", "import socket as s", "eval(text)",
        "exec(text)", "compile(text, '', 'exec')", "archive.extractall(folder)",
        "run(line, shell=True)", "np.load(path, allow_pickle=True)", "yaml.load(text)",
        "os.system(line)", "torch.load(path)",
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
    ],
)
def test_innocent_code_is_left_alone(text: str) -> None:
    assert not misdeeds(text)


def test_the_one_unpickler_allows_no_plain_load() -> None:
    """Its class says which names a file may use; the module's own load functions ask nobody."""
    used = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(UNPICKLER.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pickle"
    }
    assert used <= {"pickle.Unpickler", "pickle.UnpicklingError"}
