"""The two lines, to be read like a method section."""

from collections.abc import Iterator, Mapping

from affekt.plan import NOT_BUILT, WEAK, Bench, Build, Explained, Mapped, Result, Weak, explain
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
    shown = {
        net.name: store.attempt(Withhold(), store.attempt(plan.load(dataset)))
        for net, dataset in plan.nets_on_labels()
    }
    for net in plan.nets_on_weak_labels():
        shown[net.name] = store.attempt(plan.pool(), *weak)
    trained: dict[str, Product | Failure] = {}
    for net in plan.nets:
        before = [trained[name] for name in net.begins_with]
        trained[net.name] = store.attempt(plan.train(net, before), shown[net.name], *before)
        yield net.name, trained[net.name]


def bench(plan: Bench, store: Store, weak: Weak = NOT_BUILT) -> Iterator[Result]:
    """Every entry on every data set under every protocol: predictions, never scores."""
    trained = dict(nets(plan, store, weak))
    for name, dataset in plan.datasets.items():
        emotions = plan.taxonomy_of(dataset)
        pictures = store.attempt(plan.load(dataset))
        for entry in plan.entries_on(name):
            needed = [trained[one] for one in plan.behind(entry.needs)]
            vectors = store.attempt(plan.extract(entry, trained), pictures, *needed)
            for rule, protocol in plan.protocols.items():
                predictions = store.attempt(
                    plan.predict(entry, dataset, protocol), pictures, vectors, *needed
                )
                about = name, entry.name, rule, emotions
                yield Result(*about, pictures, predictions, entry.is_rating, vectors=vectors)
        for floor in plan.floors:
            for rule, protocol in plan.protocols.items():
                predictions = store.attempt(plan.predict(floor, dataset, protocol), pictures)
                yield Result(name, floor.name, rule, emotions, pictures, predictions)
    yield from _between(plan, store, trained)
    yield from _strong_curves(plan, store)
    yield from _weak_curves(plan, store, weak)


def _strong_curves(plan: Bench, store: Store) -> Iterator[Result]:
    """Every entry that learns, on ever more labels of a data set."""
    for rule, protocol in plan.curves.items():
        for name, dataset in plan.datasets.items():
            emotions = plan.taxonomy_of(dataset)
            pictures = store.attempt(plan.load(dataset))
            for entry in plan.learners_on(name):
                vectors = store.attempt(plan.extract(entry, {}), pictures)
                predict = plan.predict(entry, dataset, protocol)
                predictions = store.attempt(predict, pictures, vectors)
                about = name, entry.name, rule, emotions
                yield Result(*about, pictures, predictions, curve=name)


def _weak_curves(plan: Bench, store: Store, weak: Weak) -> Iterator[Result]:
    """The same entries on ever more weak labels, under the same test."""
    for rule, protocol in plan.weak_curves.items():
        pool = store.attempt(plan.pool(), *weak)
        for name, dataset in plan.datasets.items():
            loaded = store.attempt(plan.load(dataset))
            pictures = store.attempt(plan.pair_with_weak(dataset, protocol), pool, loaded)
            emotions = plan.taxonomy_from_weak(dataset)
            for entry in plan.learners_on(name):
                stage = plan.extract(entry, {})
                vectors = [store.attempt(stage, side) for side in (pool, loaded)]
                of_both = store.attempt(Both(), *vectors)
                predictions = store.attempt(
                    plan.carry_weak(entry, dataset, protocol), pictures, of_both
                )
                about = f"{WEAK}, tested on {name}", entry.name, rule, emotions
                yield Result(*about, pictures, predictions, trained_on=WEAK, curve=name)


def maps(plan: Bench, store: Store, weak: Weak = NOT_BUILT) -> Iterator[Mapped]:
    """Every map of the plan, one side after the other: pictures by what an entry sees in them."""
    trained = dict(nets(plan, store, weak))
    for number, one in enumerate(plan.maps, 1):
        emotions = plan.taxonomy_of(plan.datasets[one.on])
        pictures = store.attempt(plan.load(plan.datasets[one.on]))
        for entry in one.entries:
            needed = [trained[name] for name in plan.behind(entry.needs)]
            vectors = store.attempt(plan.extract(entry, trained), pictures, *needed)
            mapped = store.attempt(one.how, pictures, vectors, *needed)
            yield Mapped(number, one.on, entry.name, emotions, pictures, mapped)


def explanations(plan: Bench, store: Store, weak: Weak = NOT_BUILT) -> Iterator[Explained]:
    """Every explanation of the plan: what in tested pictures speaks for an entry's answers."""
    trained = dict(nets(plan, store, weak))
    for number, one in enumerate(plan.explanations, 1):
        dataset = plan.datasets[one.on]
        pictures = store.attempt(plan.load(dataset))
        needed = [trained[name] for name in plan.behind(one.entry.needs)]
        vectors = store.attempt(plan.extract(one.entry, trained), pictures, *needed)
        explained = store.attempt(explain(plan, one, trained), pictures, vectors, *needed)
        about = one.on, one.entry.name, next(iter(plan.protocols)), plan.taxonomy_of(dataset)
        yield Explained(number, *about, pictures, explained)


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
            needed = [trained[one] for one in plan.behind(entry.needs)]
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
