"""Numbers and classes as HTML lets them be written shortest."""


def px(number: float) -> str:
    """Give a length to a tenth of a pixel.

    >>> px(12.0), px(0.54), px(-0.5), px(-0.01)
    ('12', '.5', '-.5', '0')
    """
    text = f"{number:.1f}".removesuffix(".0")
    if text in ("-0", "0"):
        return "0"
    return text.replace("0.", ".", 1) if abs(number) < 1 else text


def quoted(*classes: str) -> str:
    """Give the value of an attribute from words, of which some may be empty.

    >>> quoted("soft", "", "e"), quoted("soft")
    ('"soft e"', 'soft')
    """
    words = " ".join(filter(None, classes))
    return f'"{words}"' if " " in words else words
