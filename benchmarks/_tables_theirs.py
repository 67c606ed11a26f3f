"""The same table work written by hand: one script for DuckDB, one for Polars.

Arguments: ``duckdb`` or ``polars``, the file of found rows, the folder of looked-at pictures, and
the folder that the tables go to.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from affekt.licences import TABLE
from affekt.tables import CLEAN, FOUND, IMAGES
from affekt.taxonomy import MIKELS8
from benchmarks._tables_ours import PER_EMOTION

NAMES = list(MIKELS8.names)
CLASSES = ("bytes", "bytes-noncommercial", "verbatim", "reference")
CLASS = {word: CLASSES.index(one.redistribution) for word, one in TABLE.items()}
PICTURE = [name for name in CLEAN.columns if name not in FOUND.columns]
HIT = [name for name in CLEAN.columns if name in FOUND.columns]
QUESTION = ("image_id", "emotion", "group_id", "truth", "source", "source_id")
MEMORY = "800MB"
PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)"


def in_duckdb(found: Path, looked: Path, out: Path) -> None:
    """Write the tables with DuckDB."""
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET memory_limit='{MEMORY}'; SET threads=2; SET temp_directory='{out}/spill'")
    base.execute("SET preserve_insertion_order=false")

    def write(query: str, name: str, order: str) -> None:
        base.execute(f"COPY ({query} ORDER BY {order}) TO '{out}/{name}.parquet' {PARQUET}")

    names = ", ".join(f"'{name}'" for name in NAMES)
    base.execute(
        f"""
        CREATE TEMP TABLE variants AS
        SELECT tag, regexp_replace(lower(tag), '[^a-z0-9]+', '', 'g') AS emotion FROM
            (SELECT DISTINCT unnest(tags) AS tag FROM read_parquet('{found}'))
        WHERE regexp_replace(lower(tag), '[^a-z0-9]+', '', 'g') IN ({names})
        """
    )
    variants = base.execute("SELECT emotion, list(tag) FROM variants GROUP BY 1").fetchall()
    claims = " + ".join(
        f"(list_has_any(tags, {tags!r}) OR emotion = '{name}')::INT" for name, tags in variants
    )
    base.execute(
        f"""
        CREATE TEMP TABLE judged AS
        WITH rows AS (
            SELECT source, source_id, query, emotion, ({claims}) > 1 AS names_two
            FROM read_parquet('{found}')
        ), emotions AS (
            SELECT source, source_id, count(DISTINCT emotion) AS n, count(*) AS finds
            FROM rows GROUP BY 1, 2 HAVING finds > 1
        ), reasoned AS (
            SELECT rows.*, CASE WHEN names_two THEN 'two-emotions' WHEN n > 1 THEN 'two-queries' END
                AS reason, coalesce(finds, 1) > 1 AS is_again
            FROM rows LEFT JOIN emotions USING (source, source_id)
        ), firsts AS (
            SELECT source, source_id, min(query) AS first FROM reasoned
            WHERE is_again AND reason IS NULL GROUP BY 1, 2
        )
        SELECT source, source_id, query,
            CASE WHEN reason IS NULL AND query <> first THEN 'found-twice' ELSE reason END AS reason
        FROM reasoned LEFT JOIN firsts USING (source, source_id)
        """
    )
    key = "source, source_id, query"
    write(f"SELECT {key}, reason FROM judged WHERE reason IS NOT NULL", "clean-dropped", key)
    columns = ", ".join([f"l.{name}" for name in PICTURE] + [f"f.{name}" for name in HIT])
    write(
        f"""
        SELECT {columns} FROM read_parquet('{looked}/*.parquet') l
        JOIN read_parquet('{found}') f USING ({key})
        SEMI JOIN (SELECT * FROM judged WHERE reason IS NULL) j USING ({key})
        """,
        "clean",
        "image_id, source, source_id",
    )
    clean = f"read_parquet('{out}/clean.parquet')"
    cases = " ".join(f"WHEN '{word}' THEN {number}" for word, number in CLASS.items())
    base.execute(
        f"""
        CREATE TEMP TABLE copies AS
        WITH several AS (SELECT image_id FROM {clean} GROUP BY 1 HAVING count(*) > 1),
        rows AS (SELECT * FROM {clean} SEMI JOIN several USING (image_id)),
        emotions AS (SELECT image_id, count(DISTINCT emotion) AS n FROM rows GROUP BY 1),
        ranked AS (
            SELECT image_id, source, source_id, n, row_number() OVER (
                PARTITION BY image_id ORDER BY emotion IS NULL,
                CASE licence {cases} ELSE {len(CLASSES)} END,
                -width_px * height_px, -n_bytes, uploaded_at NULLS LAST, source, source_id
            ) AS place FROM rows JOIN emotions USING (image_id)
        )
        SELECT image_id, source, source_id,
            CASE WHEN n > 1 THEN 'copies-disagree' ELSE 'exact-copy' END AS reason
        FROM ranked WHERE n > 1 OR place > 1
        """
    )
    key = "image_id, source, source_id"
    write("SELECT * FROM copies", "images-dropped", key)
    write(
        f"SELECT *, image_id AS group_id FROM {clean} ANTI JOIN copies USING ({key})",
        "images",
        "image_id",
    )
    images = f"read_parquet('{out}/images.parquet')"
    base.execute(
        f"""
        CREATE TEMP TABLE placed AS
        SELECT {", ".join(QUESTION)}, row_number() OVER (
            PARTITION BY emotion ORDER BY substr(sha256('2016' || chr(10) || 'sample' || chr(10)
                || image_id), 1, 16)
        ) AS place FROM {images}
        """
    )
    write(
        f"""
        SELECT {", ".join(QUESTION)}, 'task' AS role,
            substr(sha256(image_id || chr(10) || emotion || chr(10) || 'task'), 1, 32)
                AS question_id
        FROM placed WHERE place <= {PER_EMOTION}
        """,
        "questions",
        "question_id",
    )
    write(
        f"""
        SELECT image_id, 'not-drawn' AS reason, 'place ' || place || ', {PER_EMOTION} are drawn'
            AS detail FROM placed WHERE place > {PER_EMOTION}
        """,
        "questions-dropped",
        "image_id",
    )
    base.execute(
        f"""
        COPY (SELECT emotion, source, count(*) AS len FROM {images} GROUP BY 1, 2 ORDER BY 1, 2)
        TO '{out}/counts.csv' (HEADER)
        """
    )


def in_polars(found: Path, looked: Path, out: Path) -> None:
    """Write the tables with Polars, as a stream where it can."""
    key, picture = ["source", "source_id", "query"], ["source", "source_id"]

    def write(rows: pl.LazyFrame, name: str, order: list[str]) -> None:
        rows.sort(order).sink_parquet(
            out / f"{name}.parquet", compression="zstd", row_group_size=65_536
        )

    rows = pl.scan_parquet(found)
    tags = rows.select(pl.col("tags").explode().unique()).collect(engine="streaming")["tags"]
    glued = tags.str.to_lowercase().str.replace_all("[^a-z0-9]+", "")
    named = [
        pl.col("tags")
        .list.eval(pl.element().is_in(tags.filter(glued == name).implode()))
        .list.any()
        | (pl.col("emotion") == name)
        for name in NAMES
    ]
    n_named = pl.sum_horizontal(one.cast(pl.UInt8) for one in named)
    judged = rows.select(*key, "emotion", names_two=n_named > 1).collect(engine="streaming")
    several = judged.group_by(picture).agg(n=pl.col("emotion").n_unique(), finds=pl.len())
    several = several.filter(pl.col("finds") > 1)
    judged = judged.join(several, on=picture, how="left").with_columns(
        reason=pl.when("names_two")
        .then(pl.lit("two-emotions"))
        .when(pl.col("n") > 1)
        .then(pl.lit("two-queries"))
    )
    again = judged.filter(pl.col("finds") > 1, pl.col("reason").is_null())
    firsts = again.group_by(picture).agg(first=pl.col("query").min())
    judged = judged.join(firsts, on=picture, how="left").select(
        *key,
        reason=pl.when(pl.col("reason").is_null() & (pl.col("query") != pl.col("first")))
        .then(pl.lit("found-twice"))
        .otherwise("reason"),
    )
    lost = judged.filter(pl.col("reason").is_not_null())
    write(lost.lazy(), "clean-dropped", key)
    wanted = judged.filter(pl.col("reason").is_null()).select(key).lazy()
    seen = pl.scan_parquet(looked / "*.parquet").select(*key, *PICTURE)
    table = rows.join(seen, on=key).join(wanted, on=key, how="semi").select(*PICTURE, *HIT)
    write(table, "clean", list(CLEAN.key))
    _polars_images(out, write)
    _polars_questions(out, write)


def _polars_images(out: Path, write: Callable[[pl.LazyFrame, str, list[str]], None]) -> None:
    clean = pl.scan_parquet(out / "clean.parquet")
    by = [*CLEAN.key, "emotion", "licence", "width_px", "height_px", "n_bytes", "uploaded_at"]
    narrow = clean.select(by).collect(engine="streaming")
    copies = narrow.filter(pl.col("image_id").is_duplicated()).with_columns(
        quality=pl.col("licence").replace_strict(CLASS, default=len(CLASSES)),
        pixels=-pl.col("width_px").cast(pl.Int64) * pl.col("height_px"),
        size=-pl.col("n_bytes"),
    )
    order: list[str | pl.Expr] = ["image_id", pl.col("emotion").is_null(), "quality", "pixels"]
    order += ["size", "uploaded_at"]
    copies = copies.sort(*order, "source", "source_id", nulls_last=True).with_columns(
        n=pl.col("emotion").n_unique().over("image_id"),
        is_first=pl.col("image_id").is_first_distinct(),
    )
    reason = (
        pl.when(pl.col("n") > 1).then(pl.lit("copies-disagree")).otherwise(pl.lit("exact-copy"))
    )
    gone = copies.filter((pl.col("n") > 1) | ~pl.col("is_first")).select(*CLEAN.key, reason=reason)
    write(gone.lazy(), "images-dropped", list(CLEAN.key))
    images = clean.join(gone.lazy(), on=list(CLEAN.key), how="anti")
    write(
        images.with_columns(group_id="image_id").select(list(IMAGES.columns)),
        "images",
        ["image_id"],
    )


def _polars_questions(out: Path, write: Callable[[pl.LazyFrame, str, list[str]], None]) -> None:
    from hashlib import sha256

    images = pl.scan_parquet(out / "images.parquet").select(QUESTION).collect(engine="streaming")
    ranks = [
        sha256(f"2016\nsample\n{name}".encode()).hexdigest()[:16] for name in images["image_id"]
    ]
    placed = images.with_columns(rank=pl.Series(ranks)).with_columns(
        place=pl.col("rank").rank("ordinal").over("emotion").cast(pl.Int64)
    )
    drawn = placed.filter(pl.col("place") <= PER_EMOTION)
    ids = [
        sha256(f"{image}\n{emotion}\ntask".encode()).hexdigest()[:32]
        for image, emotion in drawn.select("image_id", "emotion").iter_rows()
    ]
    asked = drawn.select(*QUESTION, role=pl.lit("task")).with_columns(question_id=pl.Series(ids))
    write(asked.lazy(), "questions", ["question_id"])
    late = placed.filter(pl.col("place") > PER_EMOTION).select(
        "image_id",
        reason=pl.lit("not-drawn"),
        detail=pl.format("place {}, {} are drawn", "place", pl.lit(PER_EMOTION)),
    )
    write(late.lazy(), "questions-dropped", ["image_id"])
    counted = images.group_by("emotion", "source").len().sort("emotion", "source")
    counted.write_csv(out / "counts.csv")


if __name__ == "__main__":
    work = {"duckdb": in_duckdb, "polars": in_polars}[sys.argv[1]]
    folder = Path(sys.argv[4])
    folder.mkdir(parents=True)
    work(Path(sys.argv[2]), Path(sys.argv[3]), folder)
