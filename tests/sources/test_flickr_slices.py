"""Cutting a window of time, and the text that says where asking has come to."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.sources._ids import digest
from affekt.sources.flickr.cursor import Cursor, Hand, Tally
from affekt.sources.flickr.slices import Cut, Rest, Slice, parts_for, window

FLOOR = 300


def walked(start: int, end: int, dice: Random) -> list[Slice]:
    """Give the slices of a walk on which servers announce whatever they like."""
    rest, taken = window(start, end), []
    while rest.cuts:
        piece, rest = rest.taken(dice.choice([0, 0, 1, 700, 10**5]))
        parts = parts_for(piece, dice.randrange(1, 10**5), 2000, FLOOR)
        if parts > 1 and dice.random() < 0.4:
            rest = rest.recut(piece, parts)
        else:
            taken.append(piece)
    return taken


@settings(deadline=None)
@given(start=st.integers(0, 10**9), length=st.integers(1, 10**6), dice=st.integers(0).map(Random))
def test_every_second_of_the_window_is_in_exactly_one_slice(
    start: int, length: int, dice: Random
) -> None:
    """However slices are cut again and joined on the way."""
    taken = walked(start, start + length - 1, dice)
    starts = [piece.start for piece in taken]
    behind = [piece.end + 1 for piece in taken]
    assert starts == [start, *behind[:-1]]
    assert behind[-1] == start + length
    assert all(piece.seconds > 0 for piece in taken)


@given(seconds=st.integers(1, 10**7), announced=st.integers(0, 10**8))
def test_no_part_is_shorter_than_the_floor(seconds: int, announced: int) -> None:
    piece = Slice(5, 5 + seconds - 1)
    parts = parts_for(piece, announced, 2000, FLOOR)
    first, _ = Rest(0, ()).recut(piece, max(1, parts)).taken(0)
    assert parts < 2 or first.seconds >= FLOOR
    assert parts <= max(2, -(-announced // 2000))


def test_parts_are_equal_and_rounded_up() -> None:
    rest = window(0, 9).recut(Slice(0, 9), 3)
    first, rest = rest.taken(0)
    second, rest = rest.taken(0)
    third, rest = rest.taken(0)
    assert (first, second, third) == (Slice(0, 3), Slice(4, 6), Slice(7, 9))


def test_parts_join_across_cuts_until_they_are_wide_enough() -> None:
    rest = Rest(0, (Cut(999, 1), Cut(99, 10)))
    joined, rest = rest.taken(25)
    assert joined == Slice(0, 29)
    assert rest == Rest(30, (Cut(999, 1), Cut(99, 7)))
    wide, rest = rest.taken(71)
    assert wide == Slice(30, 999)
    assert rest.cuts == ()


pieces = st.builds(Slice, st.integers(0, 10**9), st.integers(0, 2 * 10**9))
cursors = st.builds(
    Cursor,
    rest=st.builds(
        Rest,
        st.integers(0, 10**9),
        st.lists(st.builds(Cut, st.integers(0, 10**9), st.integers(1, 99))).map(tuple),
    ),
    per_page=st.integers(1, 500),
    wide=st.integers(0, 10**9),
    hand=st.none()
    | st.builds(
        Hand,
        pieces,
        st.none() | st.sampled_from(["0", "16"]),
        st.lists(st.sampled_from(["1", "2"])).map(tuple),
        st.integers(1, 9),
        st.integers(0, 10**7),
        *[st.integers(0, 4000)] * 3,
    ),
    seen=st.sets(st.text()).map(lambda ids: frozenset(map(digest, ids))),
    seen_until=st.integers(-1, 10**9),
    told=st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=9), max_size=3),
    fruitless=st.integers(0, 100),
    tally=st.builds(Tally, *[st.integers(0, 10**9)] * 5),
)


@given(cursor=cursors)
def test_a_cursor_comes_back_from_its_text(cursor: Cursor) -> None:
    """B11: the text is all that is left after a kill."""
    assert Cursor.of(cursor.text()) == cursor
    assert Cursor.of(cursor.text()).text() == cursor.text()


def test_the_text_of_a_full_slice_is_small() -> None:
    """It is stored with every page; a page of 500 pictures takes 600 kB."""
    ids = frozenset(digest(str(number)) for number in range(4000))
    assert len(Cursor(window(0, 10**9), 500, seen=ids).text()) < 33_000
