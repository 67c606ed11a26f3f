"""Everything that can go wrong with a link goes wrong, and each link ends in its one right word."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from affekt.errors import PictureError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.manners import Manners
from affekt.fetch.reasons import FINAL, POLICY
from affekt.fetch.reasons import REASONS as OF_FETCHING
from affekt.fetch.settings import Settings
from affekt.fetch.words import Fetched, Link
from affekt.pictures.decode import Decoders
from affekt.pictures.reasons import REASONS as OF_DECODING
from tests.fetch.names import answering
from tests.servers import _certificates
from tests.servers._faulty import FAULTS, Fault
from tests.servers.faults import SPEC, TLS_KINDS, Case, Host, serving
from tests.servers.pictures import picture

pytestmark = pytest.mark.slow  # three limits of half a second and two waits that servers ask for
MANNERS = Manners(
    contact="test@example.org",
    allowed_networks=("127.0.0.0/8",),
    answer_seconds=0.6,
    total_seconds=1.4,
    wait_seconds=3,
)
N_HEALTHY = 150
OPT_OUTS = ("noai", "noimageai", "noml")
by_path = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.path)


class Finished(NamedTuple):
    """A finished run: what was wanted, what came of it, and what the server saw."""

    host: Host
    cases: Sequence[Case]
    ends: Sequence[Fetched]
    words: dict[str, str | None]  # link's name to the word it ended in, decoding included

    def of(self, fault: Fault) -> Fetched:
        """Give what became of a fault."""
        number = self.cases.index(self.host.case(fault))
        return next(end for end in self.ends if end.name == str(number))


def interleaved(host: Host) -> list[Case]:
    """Give every fault with healthy links between, some of these twice."""
    healthy = [*host.healthy(N_HEALTHY), *(again(case) for case in host.healthy(5))]
    faults = [*host.cases(), *host.placeholders(), host.trusted()]
    pairs = zip_longest(faults, healthy)
    return [case for pair in pairs for case in pair if case is not None]


def again(case: Case) -> Case:
    return case._replace(kind="duplicate URLs")


def word(end: Fetched, decoders: Decoders) -> str | None:
    """Give what a link ends in once its bytes are decoded."""
    if end.data is None:
        return end.reason
    try:
        decoders.facts(end.data)
    except PictureError as trouble:
        return trouble.reason
    return None


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """One run over all faults, with healthy links between them."""
    folder: Path = tmp_path_factory.mktemp("faults")
    tls = _certificates.made(folder)
    with pytest.MonkeyPatch.context() as patch, serving(tls=tls) as host, Decoders() as decoders:
        answering(patch, {})
        cases = interleaved(host)
        links = [Link(str(number), case.url) for number, case in enumerate(cases)]
        trust = Settings(authority=tls.authority)
        fetcher = Fetcher(MANNERS, folder / "ledger", opt_outs=OPT_OUTS, settings=trust)
        ends = list(fetcher.pictures(links))
        yield Finished(host, cases, ends, {end.name: word(end, decoders) for end in ends})


def test_the_list_has_every_kind_that_a_fetcher_has_to_finish(finished: Finished) -> None:
    assert len(SPEC) == 31
    assert set(SPEC) <= {case.kind for case in finished.cases}


def test_every_link_ends_exactly_once(finished: Finished) -> None:
    names = Counter(end.name for end in finished.ends)
    assert names == Counter(str(number) for number in range(len(finished.cases)))


@by_path
def test_a_fault_ends_in_its_own_word(finished: Finished, fault: Fault) -> None:
    """B20–B22, B24, B26, B27, B36 and the servers of section 4 of the requirements."""
    assert finished.words[finished.of(fault).name] == fault.reason


@by_path
def test_a_server_is_asked_as_often_as_it_makes_sense(finished: Finished, fault: Fault) -> None:
    """Once for what is final or opted out, again for what may heal (B21, B23, B25)."""
    assert finished.host.server.asked[fault.asked_as] == (fault.asked or MANNERS.tries)


@by_path
def test_a_link_tells_how_often_it_was_asked(finished: Finished, fault: Fault) -> None:
    """B25."""
    assert finished.of(fault).attempts >= (fault.asked or MANNERS.tries)


@pytest.mark.parametrize(
    "kind", [*TLS_KINDS, "sound certificate", "closed port", "unresolvable name"],
)  # fmt: skip
def test_what_fails_before_a_server_is_asked_is_named(finished: Finished, kind: str) -> None:
    """B30."""
    found = {
        (case.reason, finished.words[str(number)])
        for number, case in enumerate(finished.cases)
        if case.kind == kind
    }
    assert len(found) == 1
    assert len(set(found.pop())) == 1


@pytest.mark.parametrize("kind", ["5,000 URLs on one host", "duplicate URLs"])
def test_healthy_links_between_the_faults_arrive_whole(finished: Finished, kind: str) -> None:
    healthy = {str(n): case for n, case in enumerate(finished.cases) if case.kind == kind}
    came = {end.name: end.data for end in finished.ends if end.name in healthy}
    assert came == {name: picture(str(case.target)) for name, case in healthy.items()}


def test_a_picture_under_many_links_is_a_placeholder(finished: Finished) -> None:
    """B34: the first fifty of one host pass, as nobody can know better; none of the others does."""
    words = Counter(
        finished.words[str(number)]
        for number, case in enumerate(finished.cases)
        if case.kind == "identical placeholder"
    )
    assert words == {None: 50, "placeholder": 10}


def test_all_words_are_of_the_closed_lists(finished: Finished) -> None:
    assert {end.reason for end in finished.ends} <= {None, *OF_FETCHING}
    assert set(finished.words.values()) <= {None, *OF_FETCHING, *OF_DECODING}


def test_only_a_whole_answer_has_bytes(finished: Finished) -> None:
    assert all((end.data is None) == (end.reason is not None) for end in finished.ends)


def test_what_is_final_was_asked_once(finished: Finished) -> None:
    """Neither a refusal nor an objection is met with a second request."""
    final = {end.name for end in finished.ends if end.reason in {*FINAL, *POLICY} - {"redirect"}}
    targets = {case.target for n, case in enumerate(finished.cases) if str(n) in final}
    asked = {target: finished.host.server.asked[target] for target in targets if target}
    assert set(asked.values()) == {1}


def test_no_picture_is_said_with_its_first_bytes(finished: Finished) -> None:
    """B20."""
    page = next(fault for fault in FAULTS if fault.path == "/page.jpg")
    assert "<title>Gone" in (finished.of(page).detail or "")


def test_a_redirected_picture_tells_where_it_lay(finished: Finished) -> None:
    moved = next(fault for fault in FAULTS if fault.path == "/moved/301.jpg")
    assert finished.of(moved).final_url == f"{finished.host.base}/ok/moved.jpg"


def test_a_packed_body_is_unpacked(finished: Finished) -> None:
    packed = next(fault for fault in FAULTS if fault.path == "/packed.jpg")
    assert finished.of(packed).data == picture("/amounts")
