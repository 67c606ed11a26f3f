"""The two lines, to be read like a method section."""

from collections.abc import Iterator, Mapping

from affekt.plan import NOT_BUILT, Bench, Build, Result, Weak
from affekt.stages.both import Both
from affekt.stages.withhold import Withhold
from affekt.store import Failure, Product, Store


def build(plan: Build, store: Store) -> Iterator[Product]:
    """From the open web to a release, as in You et al. (AAAI 2016); one product a step."""
    yield (found := store.make(plan.collect))
    yield (clean := store.make(plan.clean, found))
    yield (unique := store.make(plan.dedupe, clean))
    yield (asked := store.make(plan.sample, unique))
    yield (noisy := store.make(plan.noisy, unique, asked))
    yield (votes := store.make(plan.verify, asked))
    yield (labels := store.make(plan.decide, asked, votes))
    yield (splits := store.make(plan.split, labels, unique))
    yield store.make(plan.release, labels, unique, votes, splits, asked, noisy)


def nets(plan: Bench, store: Store, weak: Weak) -> Iterator[tuple[str, Product | Failure]]:
    """Every net, trained once on pictures that nothing is tested on, and handed no others."""
    for net, dataset in plan.nets_on_labels():
        shown = store.attempt(Withhold(), store.attempt(plan.load(dataset)))
        yield net.name, store.attempt(plan.train(net), shown)
    for net in plan.nets_on_weak_labels():
        shown = store.attempt(plan.pool(), weak.noisy, weak.images)
        yield net.name, store.attempt(plan.train(net), shown)


def bench(plan: Bench, store: Store, weak: Weak = NOT_BUILT) -> Iterator[Result]:
    """Every entry on every data set under every protocol: predictions, never scores."""
    trained = dict(nets(plan, store, weak))
    for name, dataset in plan.datasets.items():
        emotions = plan.taxonomy_of(dataset)
        pictures = store.attempt(plan.load(dataset))
        for entry in plan.entries_on(name):
            needed = [trained[one] for one in entry.needs]
            vectors = store.attempt(plan.extract(entry, trained), pictures, *needed)
            for rule, protocol in plan.protocols.items():
                predictions = store.attempt(
                    plan.predict(entry, dataset, protocol), pictures, vectors, *needed
                )
                about = name, entry.name, rule, emotions
                yield Result(*about, pictures, predictions, entry.is_rating)
        for floor in plan.floors:
            for rule, protocol in plan.protocols.items():
                predictions = store.attempt(plan.predict(floor, dataset, protocol), pictures)
                yield Result(name, floor.name, rule, emotions, pictures, predictions)
    yield from _between(plan, store, trained)


def _between(
    plan: Bench, store: Store, trained: Mapping[str, Product | Failure]
) -> Iterator[Result]:
    """Every entry that is trained on one data set and tested on another."""
    for crossing in plan.crossings:
        names = crossing.trained, crossing.tested
        sides = {name: store.attempt(plan.load(plan.datasets[name])) for name in names}
        pictures = store.attempt(plan.pair(crossing), *sides.values())
        emotions, trained_on = plan.taxonomy_between(crossing), crossing.trained
        for entry in plan.entries_on(*names):
            needed = [trained[one] for one in entry.needs]
            stage = plan.extract(entry, trained)
            # In one order, so that both directions share a table.
            vectors = [store.attempt(stage, sides[name], *needed) for name in sorted(names)]
            of_both = store.attempt(Both(), *vectors)
            predictions = store.attempt(plan.carry(entry, crossing), pictures, of_both, *needed)
            about = crossing.name, entry.name, crossing.rule, emotions
            yield Result(*about, pictures, predictions, entry.is_rating, trained_on)
        for floor in plan.floors:
            predictions = store.attempt(plan.carry(floor, crossing), pictures)
            about = crossing.name, floor.name, crossing.rule, emotions
            yield Result(*about, pictures, predictions, trained_on=trained_on)
