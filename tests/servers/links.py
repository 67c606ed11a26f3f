"""Tables of links that people hand around, and a host for the pictures behind them.

``python -m tests.servers.links --port 0 --rows 1000 FOLDER`` writes ``links.csv`` and
``links.parquet`` into the folder, prints the port of the host, and serves until it is ended.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.parts import Place
from affekt.sources.links import Links
from affekt.taxonomy import MIKELS8
from tests.servers._wire import arguments, stay
from tests.servers.pictures import Host, hosting

HEADER = ("URL", "TEXT", "emotion", "tags", "license", "author")
LICENCES = ("cc-by-2.0", "https://creativecommons.org/licenses/by-sa/4.0/", "CC0", "mine alone", "")
Row = tuple[str, ...]
MANNERS = Manners(contact="test@example.org", allowed_networks=("127.0.0.0/8",))


def rows(base: str, n_rows: int) -> Iterator[Row]:
    """Give rows of a table, each link a picture of its own."""
    for number in range(n_rows):
        emotion = ("", *MIKELS8.names)[number % (len(MIKELS8) + 1)]
        tags = ";".join(filter(None, (emotion, f"tag {number % 7}", "ünïcode")))
        yield (
            f"{base}/{number // 1000}/{number}.jpg?v=1", f'The "{number}.", as people say',
            emotion.upper(), tags, LICENCES[number % len(LICENCES)], f"author {number % 11}",
        )  # fmt: skip


def write_csv(path: Path, told: Sequence[Row], header: Row = HEADER) -> Path:
    """Write a table as spreadsheets do: quotes where they are needed, CRLF behind each row."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *told])
    return path


def write_parquet(path: Path, told: Sequence[Row], per_group: int = 5_000) -> Path:
    """Write a table in groups of rows, with tags as a list and another column that nobody reads."""
    columns = {name: [row[at] or None for row in told] for at, name in enumerate(HEADER)}
    split = [(row[HEADER.index("tags")] or "").split(";") for row in told]
    table = pa.table({**columns, "tags": split, "similarity": [0.3] * len(told)})
    pq.write_table(table, path, row_group_size=per_group)
    return path


@contextmanager
def serving() -> Iterator[tuple[Links, Fetcher]]:
    """Give a small source of two tables and a fetcher that reaches their pictures."""
    with TemporaryDirectory() as name, hosting() as host:
        folder = Path(name) / "tables"
        folder.mkdir()
        made = list(rows(host.base, 40))
        write_csv(folder / "a.csv", made[:25])
        write_parquet(folder / "b.parquet", made[23:], per_group=7)
        yield (
            Links(path=Place(written=str(folder)), per_page=6),
            Fetcher(MANNERS, Path(name) / "ledger"),
        )


def main() -> None:
    """Write tables and serve their pictures."""
    parser = arguments("tables of links and the host behind them")
    parser.add_argument("--rows", type=int, default=1000, help="rows of each table")
    parser.add_argument("folder", type=Path, help="where the tables are written")
    given = parser.parse_args()
    host = Host(port=given.port)
    with host.server:
        made = list(rows(host.base, given.rows))
    write_csv(given.folder / "links.csv", made)
    write_parquet(given.folder / "links.parquet", made)
    stay(Host(port=host.server.ports[0]).server)


if __name__ == "__main__":
    main()
