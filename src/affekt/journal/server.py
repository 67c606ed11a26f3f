"""A PostgreSQL server that keeps a crowd's database: its address read, its trouble explained.

No sentence holds a password, wherever in an address it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

from affekt.errors import AffektError, DiskTrouble, Locked, MachineError, MissingExtra, UsageError

CONNECTIONS, MORE_CONNECTIONS = 10, 20  # kept, and added while many ask at once
FORM = "postgresql://user@host/name"
PLACES = ("host", "port")  # what may stand behind the `?` of an address and be told


def engine(url: str) -> Engine:
    """Give the connections to a server; nothing is connected yet.

    Raises:
        UsageError: The address cannot be read, or is of something else.
        MissingExtra: The driver is not installed.
    """
    address = _address(url)
    if address.get_backend_name() != "postgresql":
        raise UsageError(
            f"the database {without_password(url)!r} is no PostgreSQL address; write {FORM}, or "
            "leave it out to use a file in the project"
        )
    try:
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=CONNECTIONS,
            max_overflow=MORE_CONNECTIONS,
        )
    except (ImportError, NoSuchModuleError) as trouble:
        raise MissingExtra(
            "a PostgreSQL database needs psycopg: pip install 'affekt[postgresql]'"
        ) from trouble


def without_password(url: str) -> str:
    """Give an address as it may be told."""
    try:
        address = _address(url)
    except UsageError:
        return "(cannot be read)"
    told = {name: value for name, value in address.query.items() if name in PLACES}
    return address.set(query=told).render_as_string(hide_password=True)


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """Turn what a server says into errors a user can act on; ``name`` is its address."""
    try:
        yield
    except DBAPIError as trouble:
        raise _explained(name, trouble) from trouble
    except NoConnection as trouble:
        raise Locked(
            f"{name}: all {CONNECTIONS + MORE_CONNECTIONS} connections have been busy for too "
            "long; wait, or start another server process. Nothing of this step was written"
        ) from trouble


def _address(url: str) -> URL:
    """Read an address; an @ in a password would make the rest of it the name of the host."""
    address: URL | None
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # not as a cause, which holds the address
        address = None
    if address is None or "@" in (address.host or ""):
        raise UsageError(
            f"the address of the database cannot be read; write {FORM}, and an @ in a password as "
            "%40"
        )
    return address


def _explained(name: str, trouble: DBAPIError) -> AffektError:
    """Give the sentence for what a server said; a defect of ours stays what it is."""
    state = str(getattr(trouble.orig, "sqlstate", None) or "")
    said = " ".join(str(trouble.orig).split())
    if state.startswith("53"):
        return DiskTrouble(f"{name}: the server has no room left ({said}); free some and go on")
    is_far = not state and isinstance(trouble, OperationalError | InterfaceError)
    if is_far or state.startswith(("08", "28", "3D", "57")):
        return MachineError(
            f"{name}: cannot be reached ({said}); start the server or correct `database`. What was "
            "acknowledged before is kept"
        )
    raise trouble
