"""Pictures of Wikimedia Commons, from a wiki on this machine."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from affekt.errors import SourceError
from affekt.fetch.fetcher import Fetcher
from affekt.sources import Page, Query
from affekt.sources.wikimedia import Wikimedia
from affekt.sources.wikimedia.asking import SHOWN
from affekt.sources.wikimedia.cursor import MOST_EMPTY
from tests.servers.wikimedia import BODIES, MANNERS, Commons, File, Quirks, some, source_at

FEAR = Query("fear", ("fear",))
QUICK = MANNERS.model_copy(update={"pause_seconds": 0.01})


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    """A fetcher that reaches this machine."""
    return Fetcher(QUICK, tmp_path / "ledger")


def plain_file(**about: Any) -> File:
    return File(number=7, title="File:A dark street.jpg", words="fear", **about)


def asked(
    wiki: Commons, fetcher: Fetcher, query: Query = FEAR, after: str | None = None, **settings: Any
) -> list[Page]:
    return list(source_at(wiki, **settings).pages(query, after, fetcher))


def hits(pages: Sequence[Page]) -> list[dict[str, Any]]:
    return [dict(hit) for page in pages for hit in page.hits]


def ids(pages: Sequence[Page]) -> list[str]:
    return [hit["source_id"] for hit in hits(pages)]


def only_hit(file: File, fetcher: Fetcher, **settings: Any) -> dict[str, Any]:
    wiki = Commons([file])
    with wiki.server:
        (hit,) = hits(asked(wiki, fetcher, **settings))
    return hit


def refusals(file: File, fetcher: Fetcher) -> list[tuple[str, str, str]]:
    wiki = Commons([file])
    with wiki.server:
        return [one for page in asked(wiki, fetcher) for one in page.refused]


def expected(files: Sequence[File]) -> list[str]:
    return [str(file.number) for file in files if "fear" in file.words]


def told(**meta: str) -> dict[str, str]:
    return meta


def test_a_file_becomes_a_hit_with_all_that_is_told_of_it(fetcher: Fetcher) -> None:
    file = next(file for file in some(8) if "fear" in file.words)
    hit = only_hit(file, fetcher)
    base = hit["url"].partition("/wikipedia/")[0]
    name = file.title.partition(":")[2].replace(" ", "_")
    assert len(hit.pop("raw_sha256")) == 64
    assert hit == {
        "source_id": str(file.number),
        "tags": ["Fear", "Streets at night"],
        "title": name.removesuffix(".jpg").replace("_", " "),
        "description": "A street, number 6",
        "owner": "Ann & 6",
        "owner_id": str(file.number % 5 + 1),
        "owner_url": "http://commons.wikimedia.org/wiki/User:Ann_6",
        "licence": "cc-by-sa-4.0",
        "url": f"{base}/wikipedia/commons/thumb/{file.number}/500px-{name}",
        "page_url": f"{base}/wiki/File:{name}",
        "sizes": [
            {
                "name": "thumbnail",
                "url": f"{base}/wikipedia/commons/thumb/{file.number}/500px-{name}",
                "width_px": 500,
                "height_px": 375,
            },
            {
                "name": "original",
                "url": f"{base}/wikipedia/commons/{file.number}/{name}",
                "width_px": 4000,
                "height_px": 3000,
            },
        ],
        "taken_at": "2019-05-04T10:11:06",
        "uploaded_at": "2020-01-09T06:04:51Z",
        "is_generated": False,
    }


def test_what_is_not_told_is_null(fetcher: Fetcher) -> None:
    """B33."""
    silent = dict.fromkeys(
        ("user", "userid", "timestamp", "descriptionurl", "width", "extmetadata")
    )
    hit = only_hit(plain_file(changed=silent), fetcher)
    names = ("description", "owner", "owner_id", "owner_url", "licence", "taken_at", "uploaded_at")
    assert [hit[name] for name in (*names, "page_url")] == [None] * 8
    assert hit["tags"] == []


def test_who_put_it_there_stands_in_for_an_unnamed_artist(fetcher: Fetcher) -> None:
    hit = only_hit(plain_file(changed={"user": "Bob & Söhne"}), fetcher)
    assert hit["owner"] == "Bob & Söhne"
    assert hit["owner_url"].endswith("/wiki/User:Bob_%26_S%C3%B6hne")


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "mailto:ann@example.org", "data:text/html,x"]
)
def test_a_link_that_is_no_page_is_no_page_of_the_owner(fetcher: Fetcher, href: str) -> None:
    hit = only_hit(plain_file(meta=told(Artist=f'<a href="{href}">Ann</a>')), fetcher)
    assert (hit["owner"], hit["owner_url"]) == ("Ann", None)


@pytest.mark.parametrize(
    ("meta", "word"),
    [
        (told(License="cc-by-sa-3.0"), "cc-by-sa-3.0"),
        (told(License="cc-by-sa-3.0-migrated"), "cc-by-sa-3.0"),
        (told(License="cc-by-sa-3.0,2.5,2.0,1.0"), "cc-by-sa-3.0"),
        (told(License="cc-by-2.0-de"), "cc-by-2.0"),
        (told(License="cc0"), "cc0"),
        (told(License="cc-zero"), "cc0"),
        (told(License="pd"), "pdm"),
        (told(LicenseShortName="CC BY-SA 2.5 nl"), "cc-by-sa-2.5"),
        (told(LicenseShortName="Public domain"), "pdm"),
        (told(LicenseShortName="No restrictions"), "no-known-restrictions"),
        (told(LicenseUrl="//x", License="gfdl"), "unknown"),
        (told(LicenseUrl="https://creativecommons.org/licenses/by/4.0/deed.en"), "cc-by-4.0"),
        (told(License="cc-by-9.0"), "unknown"),
        (told(UsageTerms="Copyrighted free use"), "unknown"),
        (told(License="cc0", NonFree="true"), "all-rights-reserved"),
        (told(License="  "), None),
        (told(), None),
    ],
)
def test_licences_become_their_canonical_word(
    fetcher: Fetcher, meta: dict[str, str], word: str | None
) -> None:
    """R4: what is not known is never taken for free."""
    assert only_hit(plain_file(meta=meta), fetcher)["licence"] == word


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2009-09-30 07:19:49", "2009-09-30T07:19:49"),
        ("2009:09:30 07:19", "2009-09-30T07:19"),
        ('<time class="dtstart" datetime="1935">1935</time>', "1935"),
        ("2001-05", "2001-05"),
        ("2001-05-06", "2001-05-06"),
        ("2001-05-0612", "2001-05"),
        ("circa 1900", None),
        ("19350 or so", None),
        ("unknown", None),
    ],
)
def test_dates_that_a_program_can_read_are_kept(
    fetcher: Fetcher, written: str, when: str | None
) -> None:
    assert only_hit(plain_file(meta=told(DateTimeOriginal=written)), fetcher)["taken_at"] == when


def test_long_descriptions_are_cut(fetcher: Fetcher) -> None:
    hit = only_hit(plain_file(meta=told(ImageDescription="<p>" + "ä" * 5000)), fetcher)
    assert hit["description"] == "ä" * 2000


@pytest.mark.slow
def test_strange_texts_and_five_thousand_tags_are_kept(fetcher: Fetcher) -> None:
    """B33: what is half a character pair becomes a question mark, or no file would take it."""
    tags = tuple(f"Streets of city {n:04}" for n in range(5_000))
    file = File(
        number=7, title='File:Ä "b" ‮gpj 😀 \ud83d.x.jpg', words="fear", categories=tags,
        meta=told(Artist="a\r\nb\tc"),
    )  # fmt: skip
    hit = only_hit(file, fetcher)
    assert (hit["title"], hit["owner"]) == ('Ä "b" ‮gpj 😀 ?.x', "a b c")
    assert hit["tags"] == list(tags)


@pytest.mark.parametrize(
    "name",
    [
        "CC-BY-SA-4.0", "PD US Navy", "Taken with Canon PowerShot S5 IS", "Images with annotations",
        "Files created by somebody", "Photographs taken on 2019-05-04", "Photographs by Ann",
        "Pictures uploaded by a bot", "Media needing categories as of 2020", "Uploaded by me",
        "GFDL", "Self-published work", "Pages with maps",
    ],
)  # fmt: skip
def test_categories_of_upkeep_are_no_tags(fetcher: Fetcher, name: str) -> None:
    assert only_hit(plain_file(categories=("Fear", name)), fetcher)["tags"] == ["Fear"]


@pytest.mark.parametrize(
    "name", ["Joy", "Filesystems", "Media", "Pictures of cats", "Images of God"]
)
def test_categories_of_what_is_seen_are_tags(fetcher: Fetcher, name: str) -> None:
    assert only_hit(plain_file(categories=(name,)), fetcher)["tags"] == [name]


@pytest.mark.parametrize(("side_px", "asked_for"), [(1, 20), (500, 500), (501, 960), (3840, 3840)])
def test_only_widths_that_are_kept_ready_are_asked_for(
    fetcher: Fetcher, side_px: int, asked_for: int
) -> None:
    assert f"/{asked_for}px-" in only_hit(plain_file(), fetcher, side_px=side_px)["url"]


def test_a_file_smaller_than_asked_is_taken_as_it_is(fetcher: Fetcher) -> None:
    hit = only_hit(plain_file(width=480, height=360), fetcher)
    assert "/thumb/" not in hit["url"]
    assert [size["name"] for size in hit["sizes"]] == ["original"]


@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/webp", "image/gif"])
def test_formats_that_are_read_are_taken(fetcher: Fetcher, mime: str) -> None:
    assert only_hit(plain_file(mime=mime), fetcher)


@pytest.mark.parametrize("mime", ["image/svg+xml", "image/tiff", "application/pdf", "video/webm"])
def test_other_formats_are_refused(fetcher: Fetcher, mime: str) -> None:
    title = "File:A dark street.jpg"
    assert refusals(plain_file(mime=mime), fetcher) == [(title, "other-format", mime)]
    assert "other-format" in Wikimedia.reasons


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"is_deleted": True}, "no address"),
        ({"has_info": False}, "no address"),
        ({"changed": {"url": None, "filehidden": True}}, "filehidden"),
        ({"changed": {"url": None, "filemissing": True}}, "filemissing"),
    ],
)
def test_a_file_that_is_gone_is_refused(fetcher: Fetcher, about: dict[str, Any], why: str) -> None:
    title = "File:A dark street.jpg"
    assert refusals(plain_file(**about), fetcher) == [(title, "no-file", why)]
    assert "no-file" in Wikimedia.reasons


def test_a_replaced_file_is_noticed_and_another_place_is_not(fetcher: Fetcher) -> None:
    before, again, other = (
        only_hit(file, fetcher)["raw_sha256"]
        for file in (
            plain_file(changed={"url": "http://x/a", "thumburl": None, "descriptionurl": None}),
            plain_file(changed={"url": "http://x/a", "thumburl": None, "descriptionurl": None}),
            plain_file(
                changed={"url": "http://x/a", "thumburl": None, "descriptionurl": None, "sha1": "b"}
            ),
        )
    )
    assert before == again != other


@pytest.mark.parametrize(
    "quirks", [Quirks(), Quirks(infos=1, categories=1), Quirks(3, 2, turns=True)]
)
@pytest.mark.parametrize("per_page", [1, 4, 50])
def test_batches_told_in_pieces_and_in_any_order_give_the_same(
    fetcher: Fetcher, quirks: Quirks, per_page: int
) -> None:
    wiki, plain = Commons(some(60), quirks), Commons(some(60))
    with wiki.server:
        found = asked(wiki, fetcher, per_page=per_page)
    with plain.server:
        whole = asked(plain, fetcher, per_page=50)
    assert ids(found) == ids(whole) == expected(wiki.files)
    assert [hit["tags"] for hit in hits(found)] == [hit["tags"] for hit in hits(whole)]
    assert len({str(one) for one in wiki.asked}) == len(wiki.asked), "nothing is asked twice"


def test_of_a_file_with_a_history_the_newest_version_is_taken(fetcher: Fetcher) -> None:
    assert only_hit(plain_file(versions=4), fetcher)["uploaded_at"] == "2020-01-09T06:04:51Z"


@pytest.fixture
def pieces() -> Iterator[Commons]:
    """A wiki that tells each batch in several answers."""
    wiki = Commons(some(60), Quirks(infos=3, categories=5))
    with wiki.server:
        yield wiki


@pytest.mark.parametrize("circles", ["still", "restless"])
@pytest.mark.parametrize(("by", "n_words"), [("text", 1), ("category", 2)])
def test_a_wiki_that_goes_round_in_circles_is_left(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture, circles: str, by: str, n_words: int
) -> None:
    """B32: each question ends with a warning, each picture comes once."""
    wiki = Commons(some(60), Quirks(circles=circles))
    with wiki.server, caplog.at_level(logging.WARNING):
        pages = asked(wiki, fetcher, Query("fear", ("fear", "Awe")), by=by)
    assert len(set(ids(pages))) == len(ids(pages)) == 4 * n_words
    assert wiki.calls == 2 * n_words
    assert caplog.text.count("it ends here") == n_words


def test_a_wiki_that_never_ends_a_batch_is_left(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    """B32: what is known in part only is no picture."""
    wiki = Commons(some(60), Quirks(circles="pieces"))
    with wiki.server, caplog.at_level(logging.WARNING):
        pages = asked(wiki, fetcher)
    assert ids(pages) == []
    assert wiki.calls == MOST_EMPTY + 1
    assert "it ends here" in caplog.text


@pytest.mark.parametrize("per_page", [4, 50])
@pytest.mark.parametrize("cut", range(1, 7))
def test_asking_goes_on_behind_any_call_and_asks_nothing_twice(
    pieces: Commons, fetcher: Fetcher, cut: int, per_page: int
) -> None:
    """B11: also in the middle of a batch, and with pages of another size."""
    whole = asked(pieces, fetcher)
    undisturbed, pieces.asked = pieces.asked, []
    first = list(islice(source_at(pieces).pages(FEAR, None, fetcher), cut))
    rest = asked(pieces, fetcher, after=first[-1].after, per_page=per_page)
    assert hits([*first, *rest]) == hits(whole)
    assert len({str(one) for one in pieces.asked}) == len(pieces.asked)
    assert per_page != 4 or pieces.asked == undisturbed


def test_the_middle_of_a_batch_is_a_page_without_hits(pieces: Commons, fetcher: Fetcher) -> None:
    first, *_ = asked(pieces, fetcher)
    assert not first.hits
    assert len(json.loads(first.after or "")["held"]) == 4


@pytest.mark.parametrize("fault", [*sorted(set(BODIES) - {"parameter"}), "429", "500", "503"])
def test_what_passes_is_asked_again(fetcher: Fetcher, fault: str) -> None:
    wiki = Commons(some(60), faults={2: fault})
    with wiki.server:
        assert ids(asked(wiki, fetcher)) == expected(wiki.files)
    assert wiki.calls == len(wiki.asked) + 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("parameter", "wikimedia: badvalue: Unknown value for"),
        ("403", "wikimedia: HTTP 403: 'Wikimedia Error Our servers are busy.'"),
        ("404", "HTTP 404"),
    ],
)
def test_what_does_not_pass_ends_the_asking_in_the_servers_words(
    fetcher: Fetcher, fault: str, said: str
) -> None:
    wiki = Commons(some(60), faults={1: fault})
    with wiki.server, pytest.raises(SourceError, match=said):
        asked(wiki, fetcher)
    assert wiki.calls == 1


def test_the_allowance_of_an_address_hides_no_address(fetcher: Fetcher) -> None:
    """The allowance is kept by the address of the API, which is no key."""
    wiki = Commons(some(60), faults=dict.fromkeys(range(1, 99), "html"))
    with wiki.server, pytest.raises(SourceError) as caught:
        asked(wiki, fetcher, gap_seconds=0.001)
    assert wiki.base in str(caught.value)


def test_a_server_that_lags_for_ever_is_left_alone(fetcher: Fetcher) -> None:
    wiki = Commons(some(60), faults=dict.fromkeys(range(1, 99), "maxlag"))
    with wiki.server, pytest.raises(SourceError, match=r"maxlag: Waiting for .* seconds lagged"):
        asked(wiki, fetcher)
    assert wiki.calls == QUICK.tries


def test_the_call_is_as_the_etiquette_wants_it(fetcher: Fetcher) -> None:
    wiki = Commons(some(8))
    with wiki.server:
        asked(wiki, fetcher, Query("awe", ("awe", "great fun", 'a "b"')))
    (call,) = wiki.asked
    wanted = {
        "action": "query", "format": "json", "formatversion": "2", "errorformat": "plaintext",
        "maxlag": "5", "prop": "imageinfo|categories", "clshow": "!hidden", "iiurlwidth": "500",
        "gsrnamespace": "6", "gsrsearch": 'filetype:bitmap awe OR "great fun" OR "a  b "',
    }  # fmt: skip
    assert wanted.items() <= call.items()
    assert any("test@example.org" in agent for agent in wiki.user_agents)


def test_warnings_are_logged_once(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        BODIES, "warned",
        b'{"continue": {"gsroffset": "4", "continue": "gsroffset||"}, "batchcomplete": true,'
        b'"warnings": [{"code": "unrecognizedparams", "text": "Unknown <b>x</b>"}]}',
    )  # fmt: skip
    wiki = Commons(some(60), faults={1: "warned", 2: "warned"})
    with wiki.server, caplog.at_level(logging.WARNING):
        asked(wiki, fetcher)
    told = [record.getMessage() for record in caplog.records]
    assert [one for one in told if " says: " in one] == [
        f"wikimedia: {wiki.base} says: unrecognizedparams: Unknown x"
    ]


def test_a_search_is_left_where_the_server_shows_no_more(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("affekt.sources.wikimedia.cursor.SHOWN", 6)
    assert SHOWN == 10_000
    wiki = Commons(some(80), Quirks(shown=6))
    with wiki.server:
        pages = asked(wiki, fetcher, per_page=3)
    assert ids(pages) == expected(wiki.files)[:6]
    assert pages[-1].refused == (("fear", "beyond-search", "10,000 are shown"),)
    assert wiki.calls == 2


def test_by_category_every_word_is_a_category_and_nothing_is_cut(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("affekt.sources.wikimedia.cursor.SHOWN", 6)
    wiki = Commons(some(80), Quirks(infos=3))
    with wiki.server:
        words = ("fear", "no such category", "Awe")
        pages = asked(wiki, fetcher, Query("fear", words), by="category")
    both = [file for word in ("fear", "awe") for file in wiki.files if word in file.words]
    assert ids(pages) == [str(file.number) for file in both]
    assert [page for page in pages if page.refused] == []


def test_one_query_an_emotion() -> None:
    words = {"fear": ("fear", "scary"), "awe": ("awe",)}
    assert Wikimedia().queries(words) == (Query("fear", ("fear", "scary")), Query("awe", ("awe",)))


@pytest.mark.parametrize(("gap_seconds", "is_written"), [(0.01, True), (0.0, False)])
def test_calls_keep_their_distance_one_after_the_other(
    tmp_path: Path, gap_seconds: float, is_written: bool
) -> None:
    """The allowance is one call in so many seconds, written down for all processes."""
    wiki = Commons(some(16), Quirks(infos=1))
    with wiki.server:
        asked(wiki, Fetcher(QUICK, tmp_path / "ledger"), gap_seconds=gap_seconds)
    assert wiki.server.most_open == 1
    assert any(one.is_file() for one in tmp_path.rglob("*")) == is_written


def test_a_changed_file_of_the_wiki_keeps_the_rest(fetcher: Fetcher) -> None:
    files = some(24)
    wiki = Commons([replace(files[6], is_deleted=True), *files])
    with wiki.server:
        assert ids(asked(wiki, fetcher)) == expected(files)


def test_the_place_of_a_file_in_a_search_is_no_part_of_it(fetcher: Fetcher) -> None:
    file = plain_file(changed=dict.fromkeys(("url", "thumburl", "descriptionurl"), "http://x/a"))
    wiki = Commons([file, *some(24)]), Commons([*some(24), file])
    with wiki[0].server, wiki[1].server:
        first, last = (hits(asked(one, fetcher, per_page=50)) for one in wiki)
    assert first[0]["raw_sha256"] == last[-1]["raw_sha256"]


@pytest.mark.parametrize("width", [None, "4000", 0, -1, 2**31, 1.5])
def test_a_width_that_is_none_is_not_told(fetcher: Fetcher, width: Any) -> None:
    """A number that no table takes must not end a run."""
    hit = only_hit(plain_file(changed={"width": width}), fetcher)
    assert hit["sizes"][-1]["width_px"] is None


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("a<br/>b", "a b"),
        ("a &lt;b&gt; &amp;c", "a <b> &c"),
        ('a<div style="display: none">x<b>y<br></b>z</div>b', "a b"),
        ("a<style>p {}</style><script>x()</script>b", "ab"),
        ("a < b", "a < b"),
        ("<i>never closed", "never closed"),
        ("a</i> b", "a b"),
    ],
)
def test_a_description_is_what_a_reader_sees(fetcher: Fetcher, written: str, seen: str) -> None:
    hit = only_hit(plain_file(meta=told(ImageDescription=written)), fetcher)
    assert hit["description"] == seen
