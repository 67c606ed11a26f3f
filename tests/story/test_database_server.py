"""A plan whose votes lie in a PostgreSQL database makes the release that a file makes."""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from affekt import plan
from affekt.journal.database import Database
from affekt.project import Project

PLAN = """
[collect]
sources = [{{ kind = "generated", per_emotion = 6, photographs = false }}]
[sample]
per_emotion = 4
[verify]
crowd = "simulated"
{database}
[decide]
rule = "majority"
[release]
name = "toy"
"""


def released(folder: Path, database: str = "") -> dict[str, str]:
    """Build in a new folder and give each published file and table with the hash of its bytes."""
    folder.mkdir()
    (folder / "plan.toml").write_text(PLAN.format(database=database))
    Project(plan.read(folder / "plan.toml")).build()
    files = [*folder.glob("work/releases/**/*"), *folder.glob("work/products/*/*.parquet")]
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
        if path.is_file()
    }


@pytest.mark.slow
def test_a_release_is_the_same_by_whatever_database(tmp_path: Path, postgresql_url: str) -> None:
    """C22, I14."""
    in_file = released(tmp_path / "file")
    on_server = released(tmp_path / "server", f'database = "{postgresql_url}"')
    assert any(name.startswith("work/releases") for name in in_file)
    assert on_server == in_file
    assert not list(tmp_path.glob("server/work/journal/votes.db*"))
    with closing(Database(postgresql_url)) as database, database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM votes")).scalar_one() > 0
