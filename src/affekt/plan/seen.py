"""Cells of a benchmark that would test a net on what it learned from, where the plan tells it."""

from collections.abc import Iterator

from affekt.plan.shapes import Bench, Entry


def seen(bench: Bench) -> Iterator[str]:
    """Give one sentence for each cell that fails whatever the pictures are.

    A net that learns on a data set is shown its parts ``train`` and ``validate``; a protocol that
    tests every picture tests these, too. What the pictures decide, such as near copies in another
    data set, is found when the cell is made.
    """
    for name in bench.datasets:
        for rule, protocol in bench.protocols.items():
            if protocol.tests_every_picture:
                yield from _told(bench, bench.entries_on(name), name, f"{name}, {rule}")
    for crossing in bench.crossings:
        if crossing.protocol.tests_every_picture:
            entries = bench.entries_on(crossing.trained, crossing.tested)
            cell = f"{crossing.name}, {crossing.rule}"
            yield from _told(bench, entries, crossing.tested, cell)


def _told(bench: Bench, entries: tuple[Entry, ...], tested: str, cell: str) -> Iterator[str]:
    learned = {net.name for net in bench.nets if net.on == bench.datasets[tested]}
    for entry in entries:
        for net in [need for need in entry.needs if need in learned]:
            yield (
                f"{entry.name} · {cell}: would test every picture, and the net {net!r} learned "
                f"from some of {tested!r}; use the protocol 'holdout' there, or another data set"
            )
