"""What servers say, made fit for people: one line, nothing a terminal obeys, an end."""

LONGEST = 200  # characters; an error page of a megabyte is no message


def plain(words: str | bytes, longest: int = LONGEST) -> str:
    r"""Give a server's words on one line, cut to ``longest``, without control or direction marks.

    A character that is taken out leaves U+FFFD in its place: something was there.

    >>> plain(b"<h1>Not\n found\x1b[2J</h1>")
    '<h1>Not found�[2J</h1>'
    """
    start = words[: 20 * longest]
    text = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    shown = "".join(one if one.isprintable() else "\ufffd" for one in " ".join(text.split()))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
