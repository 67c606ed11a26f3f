"""What each licence lets a release pass on."""

import pytest

from affekt import licences


@pytest.mark.parametrize(
    "word", ["unknown", "all-rights-reserved", "arr", "cc-by-nd-2.0", "cc-by-nc-nd-4.0"]
)
def test_what_is_not_free_is_never_rebuilt_and_shipped(word: str | None) -> None:
    """R4."""
    licence = licences.of(word)
    assert licence is not None
    assert not licence.may_rebuild


@pytest.mark.parametrize("word", [None, "", "my own terms", "cc-by-9.0", "cc", "4.0", "by-me"])
def test_a_missing_or_foreign_word_is_no_licence(word: str | None) -> None:
    """R4, B63."""
    assert licences.of(word) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cc-by", "cc-by-4.0"),
        ("CC BY-SA 2.0", "cc-by-sa-2.0"),
        ("by-nc-sa-2.0", "cc-by-nc-sa-2.0"),
        ("cc_by_nc", "cc-by-nc-4.0"),
        ("CC0", "cc0"),
        ("cc0-1.0", "cc0"),
        ("Public Domain", "pdm"),
    ],
)
def test_other_spellings_give_the_canonical_word(written: str, meant: str) -> None:
    assert licences.of(written) is licences.TABLE[meant]


def test_each_canonical_word_names_itself() -> None:
    assert all(licences.of(word) is licences.TABLE[word] for word in licences.words())
    assert all(word == one.word for word, one in licences.TABLE.items())


def test_free_pictures_without_terms_need_no_author() -> None:
    free = [
        one.word for one in licences.TABLE.values() if one.may_rebuild and not one.needs_attribution
    ]
    assert sorted(free) == ["cc0", "no-known-restrictions", "pdm", "us-government"]


def test_only_licences_without_a_text_have_no_link() -> None:
    assert [one.word for one in licences.TABLE.values() if not one.url] == [
        "all-rights-reserved",
        "unknown",
    ]


def test_the_first_noderivatives_noncommercial_licence_keeps_its_old_address() -> None:
    assert (
        licences.TABLE["cc-by-nc-nd-1.0"].url
        == "https://creativecommons.org/licenses/by-nd-nc/1.0/"
    )


def test_noncommercial_pictures_are_told_apart() -> None:
    assert licences.TABLE["cc-by-nc-sa-2.0"].redistribution == "bytes-noncommercial"
    assert licences.TABLE["cc-by-sa-2.0"].redistribution == "bytes"


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("https://creativecommons.org/licenses/by/2.0/", "cc-by-2.0"),
        ("http://www.creativecommons.org/licenses/by-nc-nd/4.0", "cc-by-nc-nd-4.0"),
        ("HTTPS://creativecommons.org/licenses/by-sa/3.0/de/legalcode?x=1#s", "cc-by-sa-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.fr", "cc0"),
        ("https://www.flickr.com/commons/usage/", "no-known-restrictions"),
    ],
)
def test_the_address_of_a_licence_names_it(address: str, meant: str) -> None:
    assert licences.of(address) is licences.TABLE[meant]


@pytest.mark.parametrize(
    "address",
    ["https://creativecommons.org/licenses/by/9.9/", "https://creativecommons.org/", "https://"],
)
def test_another_address_is_no_licence(address: str) -> None:
    """R4."""
    assert licences.of(address) is None
