"""Random order by hash: nested, order-free, uniform."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from affekt.rank import dealt, rank_of, ranked, ranks_of, share_of

NAMES = st.lists(st.text(max_size=8), unique=True, max_size=30)


@given(NAMES, st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_given(names: list[str], seed: int, chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert ranked(names, seed) == ranked(shuffled, seed)


@given(NAMES, st.text(max_size=8), st.integers(0, 9))
def test_a_new_picture_never_reshuffles_the_old_ones(names: list[str], new: str, seed: int) -> None:
    old = [name for name in names if name != new]
    assert [name for name in ranked([*old, new], seed) if name != new] == ranked(old, seed)


def test_two_purposes_give_independent_orders() -> None:
    names = [f"{number:03}" for number in range(50)]
    assert ranked(names, 1, "sample") != ranked(names, 1, "split")


def test_shares_are_uniform() -> None:
    shares = [share_of(str(number), 7) for number in range(4000)]
    counts = [sum(low / 8 <= share < (low + 1) / 8 for share in shares) for low in range(8)]
    assert sum(counts) == 4000
    assert all(420 < count < 580 for count in counts)  # 500 ± 3.8 standard deviations


def test_a_rank_is_fixed_for_good() -> None:
    """The value is part of the format: another one would redraw every sample ever made."""
    assert rank_of("image", 2016, "sample") == 120236723445208146


CARDS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("xyz")), max_size=40)


@given(CARDS, st.integers(2, 6), st.integers(0, 9))
def test_a_group_is_dealt_into_one_hand(
    cards: list[tuple[str, str]], hands: int, seed: int
) -> None:
    groups, labels = [group for group, _ in cards], [label for _, label in cards]
    hand = dealt(groups, labels, hands, seed=seed)
    assert len(set(zip(groups, hand, strict=True))) == len(set(groups))
    assert set(hand) <= set(range(hands))


@given(CARDS, st.integers(2, 6), st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_order_of_rows_cannot_change_what_is_dealt(
    cards: list[tuple[str, str]], hands: int, seed: int, random: Random
) -> None:
    def hand_of(rows: list[tuple[str, str]]) -> dict[str, int]:
        groups, labels = [group for group, _ in rows], [label for _, label in rows]
        return dict(zip(groups, dealt(groups, labels, hands, seed=seed), strict=True))

    assert hand_of(random.sample(cards, len(cards))) == hand_of(cards)


@given(st.lists(st.sampled_from("xyz"), max_size=40), st.integers(2, 6), st.integers(0, 9))
def test_single_cards_are_spread_evenly_by_label(labels: list[str], hands: int, seed: int) -> None:
    hand = dealt([str(row) for row in range(len(labels))], labels, hands, seed=seed)
    counts = Counter(zip(labels, hand, strict=True))
    for label in set(labels):
        in_each = [counts[label, one] for one in range(hands)]
        assert max(in_each) - min(in_each) <= 1


def test_another_seed_or_purpose_deals_otherwise() -> None:
    names = [f"{number:03}" for number in range(50)]
    labels = ["x"] * 50
    first = dealt(names, labels, 5, seed=1)
    assert first != dealt(names, labels, 5, seed=2)
    assert first != dealt(names, labels, 5, seed=1, purpose="other")


@given(
    st.lists(st.text(max_size=70), max_size=20), st.integers(0, 2**32), st.text("ab", max_size=3)
)
def test_many_at_once_are_ranked_as_one_by_one(names: list[str], seed: int, purpose: str) -> None:
    one_by_one = [rank_of(name, seed, purpose) for name in names]
    assert ranks_of(names, seed, purpose).tolist() == one_by_one
