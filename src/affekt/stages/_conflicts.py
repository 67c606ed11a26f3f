"""The two-emotion rule: which pictures name two emotions, for every way of looking at once.

Tags are dictionary-encoded and texts are searched column by column, so that Python sees each
distinct tag once and hardly any text.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import daft
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from affekt.stages._tags import (
    bits_of,
    folded,
    folded_text,
    glued,
    hint_of,
    named_by,
    pattern_of,
)
from affekt.taxonomy import Taxonomy

LOOKS = ("tags", "tags+title", "tags+title+description")
TEXTS = ("tags", "machine_tags", "title", "description")
LOOKED_AT = (*TEXTS, "emotion")
OPTED_OUT = 1 << 62  # beside the bits of emotions, of which there are never so many
N_KNOWN = 1 << 18  # tags remembered from one batch to the next
# Their folded form is longer than they are, so a search that only ignores capital letters misses
# them: ß, capital İ, and Greek letters with an iota below.
GROWING = r"[ßẞİ\x{345}\x{1f80}-\x{1faf}\x{1fb2}-\x{1fb4}\x{1fb7}\x{1fbc}\x{1fc2}-\x{1fc4}"
GROWING += r"\x{1fc7}\x{1fcc}\x{1ff2}-\x{1ff4}\x{1ff7}\x{1ffc}]"

Bits = NDArray[np.int64]
Patterns = tuple[int, str | None, str | None]  # bit, by the words alone, with their other forms


class Choice(NamedTuple):
    """One way of looking for two emotions."""

    conflicts: str
    word_forms: bool
    machine_tags: bool
    query_counts: bool


CHOICES = tuple(
    Choice(looks, *flags) for looks in LOOKS for flags in product((False, True), repeat=3)
)


class Named(NamedTuple):
    """Emotions named by each row of a column: by the words alone, and with their other forms."""

    plain: Bits
    forms: Bits


class Lexicon:
    """The words of a taxonomy, ready to be looked for in columns.

    Tags that are one of ``opt_outs``, lower-case letters and digits, have the bit `OPTED_OUT`.
    """

    def __init__(self, taxonomy: Taxonomy, opt_outs: tuple[str, ...] = ()) -> None:
        self.taxonomy, self.opt_outs = taxonomy, opt_outs
        self._bits = [bits_of(taxonomy, forms=forms) for forms in (False, True)]
        self._known: dict[str, tuple[int, int]] = {}

    def __getstate__(self) -> tuple[Taxonomy, tuple[str, ...]]:
        return self.taxonomy, self.opt_outs

    def __setstate__(self, given: tuple[Taxonomy, tuple[str, ...]]) -> None:
        self.__init__(*given)  # type: ignore[misc]  # what it remembers is made anew

    def of_tags(self, column: pa.Array) -> Named:
        """Give what lists of tags name."""
        flat = column.flatten()
        if isinstance(flat, pa.ChunkedArray):
            flat = flat.combine_chunks()
        coded = flat.dictionary_encode()
        masks = self._of_distinct(coded.dictionary)
        which = pc.fill_null(coded.indices, len(masks) - 1).to_numpy(zero_copy_only=False)
        hits = np.flatnonzero(masks[:, 1][which])
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        rows = np.searchsorted(np.cumsum(lengths), hits, side="right")
        return _gathered(rows, masks[which[hits]], len(column))

    def _of_distinct(self, tags: pa.Array) -> Bits:
        """Give what each tag names, both ways, and a row of zeros at the end.

        ASCII tags, mostly all, are looked up in one go; only others are folded one by one.
        """
        gluey = pc.replace_substring_regex(pc.ascii_lower(tags), "[^a-z0-9]+", "")
        is_odd = pc.or_(pc.invert(pc.string_is_ascii(tags)), pc.equal(gluey, ""))
        at = pc.index_in(gluey, pa.array(list(self._table), gluey.type))
        places = pc.fill_null(at, -1).to_numpy(zero_copy_only=False)
        lookup = np.array([*self._table.values(), (0, 0)], np.int64).reshape(-1, 2)
        masks = np.zeros((len(tags) + 1, 2), np.int64)
        masks[:-1] = lookup[places]
        odd = np.flatnonzero(is_odd.to_numpy(zero_copy_only=False))
        masks[odd] = np.array(
            [self._of_tag(tag) for tag in tags.take(pa.array(odd)).to_pylist()], np.int64
        ).reshape(-1, 2)
        return masks

    @cached_property
    def _table(self) -> dict[str, tuple[int, int]]:
        plain, forms = self._bits
        table = {word: (plain.get(word, 0), bit) for word, bit in sorted(forms.items())}
        for word in self.opt_outs:
            named = table.get(word, (0, 0))
            table[word] = (named[0] | OPTED_OUT, named[1] | OPTED_OUT)
        return table

    def _of_tag(self, tag: str) -> tuple[int, int]:
        if tag not in self._known:
            if len(self._known) >= N_KNOWN:
                self._known.clear()
            plain, forms = (named_by([tag], bits) for bits in self._bits)
            opted_out = OPTED_OUT if glued(folded(tag)) in self.opt_outs else 0
            self._known[tag] = (plain | opted_out, forms | opted_out)
        return self._known[tag]

    def of_texts(self, column: pa.Array) -> Named:
        """Give what texts name."""
        texts = _ready(column)
        hinted = pc.match_substring_regex(texts, self._hint)
        rows = np.flatnonzero(pc.fill_null(hinted, False).to_numpy(zero_copy_only=False))
        named = Named(np.zeros(len(column), np.int64), np.zeros(len(column), np.int64))
        few = texts.take(pa.array(rows))
        is_ascii = pc.string_is_ascii(few).to_numpy(zero_copy_only=False)
        for is_plain in (True, False):
            self._search(few, rows, np.flatnonzero(is_ascii == is_plain), named)
        return named

    def _search(
        self, texts: pa.Array, rows: NDArray[np.int64], at: NDArray[np.int64], named: Named
    ) -> None:
        """Note what some of the texts name, all ASCII or none; each text has its row."""
        if not len(at):
            return
        some, rows = texts.take(pa.array(at)), rows[at]
        is_ascii = bool(pc.string_is_ascii(some[:1])[0].as_py())
        for bit, plain, forms in self._patterns[is_ascii]:
            with_forms = _matching(some, forms)
            named.forms[rows[with_forms]] |= bit
            with_plain = _matching(some.take(pa.array(with_forms)), plain)
            named.plain[rows[with_forms[with_plain]]] |= bit

    @cached_property
    def _hint(self) -> str:
        return hint_of(self.taxonomy)

    @cached_property
    def _patterns(self) -> tuple[list[Patterns], list[Patterns]]:
        """Give bit and patterns of each emotion, for any text, and for ASCII text."""
        return self._made_patterns(is_ascii=False), self._made_patterns(is_ascii=True)

    def _made_patterns(self, *, is_ascii: bool) -> list[Patterns]:
        emotions = self.taxonomy.emotions
        plain = [pattern_of(one, is_ascii=is_ascii) for one in emotions]
        forms = [pattern_of(one, forms=True, is_ascii=is_ascii) for one in emotions]
        return [(1 << at, *both) for at, both in enumerate(zip(plain, forms, strict=True))]

    def of_names(self, column: pa.Array) -> Bits:
        """Give the bit of the emotion that each row was found for; one not known has its own."""
        names = pa.array(self.taxonomy.names, column.type)
        places = pc.index_in(column, names, skip_nulls=True).to_numpy(zero_copy_only=False)
        known = np.where(np.isnan(places), len(names), places).astype(np.int64)
        is_there = pc.is_valid(column).to_numpy(zero_copy_only=False)
        return np.where(is_there, np.left_shift(np.int64(1), known), 0).astype(np.int64)


class Look(NamedTuple):
    """What all columns of some rows name."""

    own: Bits
    texts: Mapping[str, Named]
    opted_out: NDArray[np.bool_]

    def rivals(self, choice: Choice) -> Bits:
        """Give the emotions named, for one way of looking, where they are two or more; else 0."""
        found = self.own.copy() if choice.query_counts else np.zeros_like(self.own)
        for name in choice.conflicts.split("+") + ["machine_tags"] * choice.machine_tags:
            named = self.texts[name]
            found |= named.forms if choice.word_forms else named.plain
        found[(found & (found - 1)) == 0] = 0
        return found

    def codes(self) -> NDArray[np.uint32]:
        """Give one bit for each of `CHOICES`: whether it finds two emotions."""
        code = np.zeros(len(self.own), np.uint32)
        for number, choice in enumerate(CHOICES):
            code |= (self.rivals(choice) != 0).astype(np.uint32) << np.uint32(number)
        return code


def looked_at(rows: Mapping[str, pa.Array], lexicon: Lexicon) -> Look:
    """Look at the columns tags, machine_tags, title, description and emotion."""
    named = {
        name: (lexicon.of_tags if "tags" in name else lexicon.of_texts)(rows[name])
        for name in TEXTS
    }
    opted_out = (named["tags"].plain & OPTED_OUT) != 0
    texts = {name: Named(*(bits & ~OPTED_OUT for bits in one)) for name, one in named.items()}
    return Look(lexicon.of_names(rows["emotion"]), texts, opted_out)


def conflicts_of(taxonomy: Taxonomy, choice: Choice | None, opt_outs: tuple[str, ...] = ()) -> Any:
    """Give the function of the columns `LOOKED_AT` to a struct of what was seen there.

    That is ``code`` and ``rivals``, see `Look`, and ``opted_out``, whether a person gave one of the
    tags ``opt_outs``. Without a choice nothing is a rival.
    """
    lexicon = Lexicon(taxonomy, opt_outs)
    kind = {
        "code": daft.DataType.uint32(),
        "rivals": daft.DataType.int64(),
        "opted_out": daft.DataType.bool(),
    }

    @daft.func.batch(return_dtype=daft.DataType.struct(kind))
    def conflicts(*columns: daft.Series) -> daft.Series:
        given = [_whole(column.to_arrow()) for column in columns]
        look = looked_at(dict(zip(LOOKED_AT, given, strict=True)), lexicon)
        rivals = np.zeros_like(look.own) if choice is None else look.rivals(choice)
        seen = (look.codes(), rivals, look.opted_out)
        answer = pa.StructArray.from_arrays([pa.array(one) for one in seen], list(kind))
        return daft.Series.from_arrow(answer)

    return conflicts


class Effects:
    """Counts what every way of looking would drop."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._counts: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Count rows with ``emotion``, ``code``, and ``n_emotions`` found for of their picture."""
        kinds = rows.filter((pl.col("code") > 0) | (pl.col("n_emotions") > 1))
        self._counts.append(
            kinds.group_by("emotion", "code", is_shared=pl.col("n_emotions") > 1).len()
        )

    def told(self) -> Iterator[dict[str, Any]]:
        """Give one entry a way of looking, the one that looks at nothing first."""
        counts = pl.concat(self._counts) if self._counts else None
        yield self._entry(None, counts)
        for choice in CHOICES:
            yield self._entry(choice, counts)

    def _entry(self, choice: Choice | None, counts: pl.DataFrame | None) -> dict[str, Any]:
        names = [*self._taxonomy.names, None]
        each, shared = dict.fromkeys(names, 0), 0
        if counts is not None:
            bit = 0 if choice is None else 1 << CHOICES.index(choice)
            is_hit = (pl.col("code") & bit) > 0
            hits = counts.filter(is_hit).group_by("emotion").agg(pl.col("len").sum())
            each |= dict(hits.iter_rows())
            shared = int(counts.filter("is_shared", ~is_hit)["len"].sum())
        about = {"conflicts": "off"} if choice is None else choice._asdict()
        labelled = {name or "unlabelled": count for name, count in each.items()}
        return {**about, "two_emotions": labelled, "two_queries": shared}


def _gathered(rows: NDArray[Any], masks: Bits, n_rows: int) -> Named:
    """Join the masks of all hits of one row; rows come sorted."""
    named = np.zeros((n_rows, 2), np.int64)
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        named[rows[starts]] = np.bitwise_or.reduceat(masks, starts, axis=0)
    return Named(named[:, 0], named[:, 1])


def _ready(column: pa.Array) -> pa.Array:
    """Give texts so far folded that a search which ignores capital letters does the rest."""
    others = _true(pc.invert(pc.string_is_ascii(column)))
    if not len(others):
        return column
    raw = pl.Series(column.take(pa.array(others)))
    # Not by Arrow, which decomposes where it is asked to compose (pyarrow 25).
    texts = raw.str.normalize("NFKC").to_arrow().cast(column.type)
    growing = _true(pc.match_substring_regex(texts, GROWING))
    if len(growing):
        folded = [folded_text(text) for text in texts.take(pa.array(growing)).to_pylist()]
        texts = pc.replace_with_mask(
            texts, _mask(growing, len(texts)), pa.array(folded, texts.type)
        )
    return pc.replace_with_mask(column, _mask(others, len(column)), texts)


def _matching(texts: pa.Array, pattern: str | None) -> NDArray[np.int64]:
    """Give the places of the texts that match."""
    if pattern is None or not len(texts):
        return np.zeros(0, np.int64)
    return _true(pc.match_substring_regex(texts, pattern))


def _true(found: pa.Array) -> NDArray[np.int64]:
    """Give the places of what is true; null is not."""
    return np.flatnonzero(pc.fill_null(found, False).to_numpy(zero_copy_only=False))


def _mask(places: NDArray[np.int64], length: int) -> pa.Array:
    mask = np.zeros(length, bool)
    mask[places] = True
    return pa.array(mask)


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
