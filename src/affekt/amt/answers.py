"""What a worker handed in: one text, or some choices, for each field."""

from collections.abc import Mapping, Sequence

from affekt.amt.xml import SCHEMAS, Children, document, element, leaf, parsed

NAME = "QuestionFormAnswers"
NAMESPACE = f"{SCHEMAS}/2005-10-01/{NAME}.xsd"
EMPTY = ("SelectionIdentifier", "OtherSelectionText", "UploadedFileKey", "UploadedFileSizeInBytes")


def to_xml(fields: Mapping[str, str], choices: Mapping[str, Sequence[str]] | None = None) -> str:
    """Give the document of what was typed (``fields``) and what was chosen (``choices``)."""
    return document(
        NAME,
        NAMESPACE,
        *(
            element("Answer", leaf("QuestionIdentifier", name), leaf("FreeText", text))
            for name, text in fields.items()
        ),
        *(
            element(
                "Answer",
                leaf("QuestionIdentifier", name),
                *(leaf("SelectionIdentifier", one) for one in chosen),
            )
            for name, chosen in (choices or {}).items()
        ),
    )


def read(text: str) -> dict[str, str]:
    """Give field → text; several choices stand in one text, one a line; no answer is ``""``.

    Answers may be missing, and a document may hold none at all. Of one field twice the first
    counts.

    Raises:
        UsageError: It is no such document, or holds what could harm.
    """
    root = parsed(text, NAME, NAMESPACE)
    fields: dict[str, str] = {}
    for one in root.many("Answer"):
        fields.setdefault(one.text("QuestionIdentifier"), _answer(one))
        one.end()
    root.end()
    return fields


def _answer(one: Children) -> str:
    if one.next() == "FreeText":
        return one.text("FreeText")
    found: list[str] = []
    for name in EMPTY:
        found += one.texts(name)
    return "\n".join(found)
