"""What the page says in few bytes is all that the scene and the table say (P2, P3, P5)."""

import re
from html.parser import HTMLParser

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from affekt.report import drawing, marks
from affekt.report.exhibits import AS_ABOVE, Column, Exhibit, Figure, Merged, Table
from affekt.report.scene import Box, Curve, Item, Paint, Scene, Sign, Stroke, Tile, Words, layered

PLACES = st.sampled_from([0.0, 3.0, 7.25, 112.0, 224.0])
SAYS = st.sampled_from(["a: one", "a: two", "b: one", "plain", "<b>: & more", "a: one: two"])
BOXES = st.builds(
    Box, PLACES, PLACES, st.sampled_from([7, 9.5]), st.sampled_from([7, 9.5]),
    st.sampled_from([Paint(slot=-1), Paint(slot=1), Paint(heat=3)]), SAYS,
)  # fmt: skip
TILES = st.builds(
    Tile, PLACES, st.just(0.0), st.just(96), st.integers(0, 2), st.just(0), SAYS
)  # fmt: skip
STROKES = st.builds(Stroke, PLACES, PLACES, PLACES, PLACES)


def figure(*items: Item, pitch_px: int = 112) -> Figure:
    table = Table("t", "A table", (Column("a"),), ())
    sprite = np.zeros((112, 336, 4), dtype=np.uint8)
    scene = Scene(400, 300, items)
    return Figure("t", "A figure", "Words.", scene, table, sprite=sprite, pitch_px=pitch_px)


class Told(HTMLParser):
    """What each mark says in the drawing: the words of its group, and its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.heads: list[str] = []
        self.is_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "g":
            self.heads.append(dict(attrs).get("aria-label") or "")
        self.is_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        if tag == "g":
            self.heads.pop()
        self.is_title = False

    def handle_data(self, data: str) -> None:
        if self.is_title:
            head = self.heads[-1]
            self.said.append(f"{head}: {data}" if head else data)


@settings(max_examples=30)
@given(st.lists(st.one_of(BOXES, TILES, STROKES), max_size=12))
def test_every_mark_says_what_the_scene_says_in_its_order(items: list[Item]) -> None:
    drawn = figure(*items)
    assert tuple(Told(drawing.drawn(drawn)).said) == drawn.scene.marks


def test_neighbours_that_look_and_begin_alike_are_one_group() -> None:
    two = [Box(x, 0, 7, 7, Paint(slot=-1), f"net: {x}") for x in (1, 2)]
    assert drawing.drawn(figure(*two)).count("net") == 1
    assert '<g class="marks s-1 q7" role=group aria-label="net">' in drawing.drawn(figure(*two))


def test_a_row_of_pictures_is_drawn_once_and_each_has_its_mark() -> None:
    row = [Tile(at * 112, 0, 96, at, 0, f"picture {at}") for at in range(3)]
    text = drawing.drawn(figure(*row))
    assert text.count("<use href=#sprite-t") == 1
    assert "<svg x=0 y=0 width=320 height=96>" in text
    assert text.count("<path role=img") == 3
    assert drawing.drawn(figure(*row, pitch_px=0)).count("<use href=#sprite-t") == 3


def test_a_curve_given_by_steps_ends_where_it_ends() -> None:
    """Steps are of whole tenths, so that what is rounded off does not add up."""
    points = tuple((at * 0.333, at * 0.777) for at in range(200))
    found = re.search(r'd="M([^l]*)l([^"]*)"', drawing.drawn(figure(Curve(points))))
    assert found
    steps = [tuple(map(float, one.split(","))) for one in (found[1], *found[2].split())]
    x, y = (sum(step[at] for step in steps) for at in (0, 1))
    assert abs(x - points[-1][0]) < 0.051
    assert abs(y - points[-1][1]) < 0.051


def test_foreign_words_of_a_drawing_are_text() -> None:
    nasty = '"><script>alert(1)</script>'
    text = drawing.drawn(figure(Words(0, 0, nasty), Box(0, 0, 7, 7, Paint(slot=1), nasty)))
    assert "<script" not in text
    assert text.count(str(escape(nasty))) == 2


def test_layers_keep_the_order_of_what_is_alike() -> None:
    one, other = (Box(x, 0, 7, 7, Paint(slot=-1), str(x)) for x in (2, 1))
    line = Stroke(0, 0, 9, 9, "ink")
    found = layered((one, Sign(0, 0, 1), line, other), Stroke, Box, Sign)
    assert found == (line, one, other, Sign(0, 0, 1))


def expanded(rows: list[list[Merged]], width: int) -> list[list[str]]:
    """Undo the merging, as a reader of the page does."""
    held: dict[int, tuple[str, int]] = {}
    found = []
    for row in rows:
        cells = iter(row)
        line = []
        for at in range(width):
            text, left = held.pop(at, ("", 0))
            if not left:
                text, left = (cell := next(cells)).text, cell.rows
            line.append(text)
            if left > 1:
                held[at] = (text, left - 1)
        assert next(cells, None) is None
        found.append(line)
    return found


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.sampled_from(["x", "y"])] * 3, st.integers(0, 2)), max_size=8),
    st.frozensets(st.integers(0, 7)),
)
def test_merged_cells_hold_the_whole_table(
    rows: list[tuple[str, str, str, int]], strong: frozenset[int]
) -> None:
    texts = (Column("a", "text"), Column("b", "text"), Column("c", "text"))
    table = Table("t", "A table", (*texts, Column("n")), tuple(rows), strong=strong)
    assert expanded(table.merged(), 4) == table.cells()
    assert all(row[-1].rows == row[-2].rows == 1 for row in table.merged())


def test_a_row_of_another_kind_says_its_first_cells_again() -> None:
    rows = (("x", 1), ("x", 2), ("x", 3))
    table = Table("t", "A table", (Column("a", "text"), Column("n")), rows, strong=frozenset({2}))
    assert [len(row) for row in table.merged()] == [2, 1, 2]


def test_a_note_is_said_once_an_exhibit_and_pointed_to_after_that() -> None:
    tables = [
        Table(name, name, (Column("a"),), (), notes=("How.", f"n of {name}."))
        for name in ("a", "b")
    ]
    first, second = Exhibit("T", "t", "", tuple(tables)).terse().blocks
    assert first == tables[0]
    assert isinstance(second, Table)
    assert second.notes == ("n of b.", AS_ABOVE)


def test_points_have_sizes_that_the_style_sheet_knows() -> None:
    """Others are outlined one by one."""
    rules = "".join(drawing.rules())
    assert all(f".q{side}>*{{width:{side}px" in rules for side in marks.SQUARES)
    assert " d=M0,0h9.5v9.5h-9.5z" in drawing.drawn(figure(Box(0, 0, 9.5, 9.5, Paint(slot=1), "x")))
