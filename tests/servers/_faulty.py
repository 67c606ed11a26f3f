"""The list of faults: each with its path, what the server does, and what it must end in."""

from collections.abc import Iterator
from gzip import compress
from typing import NamedTuple

from PIL import Image

from tests import nasty
from tests.servers import _deeds as do
from tests.servers._wire import Answer
from tests.servers.pictures import noted, picture

TYPE = "Content-Type: image/jpeg"
ALL = 0  # asked as often as the client tries
TWICE = 2  # costs a place for as long as a limit lasts, so it is asked once more and no oftener
BIG = 21_000_000  # bytes, over the limit
SOUND = "/ok/"
PLACEHOLDER = "/placeholder/"
HOP = "/hop/"


class Fault(NamedTuple):
    """One path and what it must end in.

    Attributes:
        kind: Words of the requirement.
        path: As a link has it.
        answer: What the server does.
        reason: The word it ends in; None when the picture arrives and is sound.
        asked: How often it is asked; `ALL` for as often as there are tries.
        written: How a client must write it; None for just like the path.
    """

    kind: str
    path: str
    answer: Answer
    reason: str | None
    asked: int = 1
    written: str | None = None

    @property
    def asked_as(self) -> str:
        return self.written or self.path


def padded(jpeg: bytes, size: int) -> bytes:
    """Give a JPEG that comments make bigger than some size."""
    length = 60_000
    note = noted(jpeg, "n" * length)[2 : 2 + 4 + length]
    return jpeg[:2] + note * (size // length + 1) + jpeg[2:]


def sound(path: str) -> Answer:
    """Answer with the picture of a path."""
    return do.send(picture(path), TYPE)


def _times() -> Iterator[Fault]:
    page, data = sound("/times"), picture("/times")
    yield Fault("late first byte", "/late.jpg", page, "no-answer", TWICE)
    yield Fault("endless slow drip", "/drip.jpg", do.drip(data, 0.2), "too-long", TWICE)
    silent = do.late(do.FOR_EVER, page)
    yield Fault("accept without answer", "/silent.jpg", silent, "no-answer", TWICE)


def _lengths() -> Iterator[Fault]:
    data, kind = picture("/lengths"), "wrong length"
    start = data[:900]
    yield Fault("reset mid-body", "/reset.jpg", do.reset(start, len(data)), "cut-off", ALL)
    yield Fault(kind, "/longer.jpg", do.announcing(data, len(data) + 9), "cut-off", ALL)
    yield Fault(kind, "/shorter.jpg", do.announcing(data, len(data) - 400), "http-error")
    yield Fault(kind, "/chunks-cut.jpg", do.chunks(start, is_ended=False), "cut-off", ALL)
    yield Fault("body in chunks", "/chunks.jpg", do.chunks(start, data[900:]), None)
    old = do.raw(b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + data)
    yield Fault("body until the end", "/old.jpg", old, None)
    once = do.turns(do.reset(start, len(data)), sound("/again"))
    yield Fault("reset mid-body once", "/reset-once.jpg", once, None, 2)


def _contents() -> Iterator[Fault]:
    html, json = b"<!doctype html><title>Gone</title>", b'{"stat":"fail","code":105}'
    noise = nasty.jpeg()[:200] + bytes(range(256)) * 9
    huge = do.Lazily(lambda: nasty.jpeg(Image.new("RGB", (9_000, 6_000), "teal"), quality=30))
    yield Fault("truncated", "/cut.jpg", do.send(nasty.truncated_jpeg(), TYPE), "truncated")
    yield Fault("noise after a JPEG header", "/noise.jpg", do.send(noise, TYPE), "truncated")
    page, lying = do.send(html, "Content-Type: text/html"), do.send(html, TYPE)
    yield Fault("HTML as .jpg", "/page.jpg", page, "not-a-picture")
    yield Fault("HTML as .jpg", "/lying-page.jpg", lying, "not-a-picture")
    yield Fault("JSON error with 200", "/error.jpg", do.send(json, TYPE), "not-a-picture")
    yield Fault("empty", "/empty.jpg", do.send(b"", TYPE), "empty")
    yield Fault("bomb PNG", "/bomb.png", do.Lazily(nasty.bomb), "too-many-pixels")
    yield Fault("oversized valid JPEG", "/pixels.jpg", huge, "too-many-pixels")


def _amounts() -> Iterator[Fault]:
    data, kind = picture("/amounts"), "oversized valid JPEG"
    yield Fault("endless body", "/endless.jpg", do.endless(data, TYPE), "too-many-bytes")
    yield Fault(kind, "/bytes.jpg", do.Lazily(lambda: padded(data, BIG)), "too-many-bytes")
    vast = do.promising(data, 50_000_000_000)
    yield Fault("announced 50 GB", "/vast.jpg", vast, "too-many-bytes")
    zipped = "Content-Encoding: gzip"
    packed = do.send(compress(data, mtime=0), TYPE, zipped)
    yield Fault("gzip-encoded body", "/packed.jpg", packed, None)
    bomb = do.Lazily(lambda: compress(padded(data, BIG), 1, mtime=0), TYPE, zipped)
    yield Fault("gzip bomb", "/packed-bomb.jpg", bomb, "too-many-bytes")
    yield Fault("endless header", "/head.jpg", do.endless_head(), "http-error")


PRIVATE = (
    "http://10.0.0.1/a.jpg", "http://192.168.1.1/a.jpg", "http://169.254.169.254/latest/meta-data",
    "http://[::1]/a.jpg", "http://[::ffff:10.0.0.1]/a.jpg", "//0.0.0.0/a.jpg",
)  # fmt: skip
OTHER_SCHEMES = ("file:///etc/passwd", "ftp://127.0.0.1/a.jpg", "data:image/png;base64,AAAA")


def _redirects() -> Iterator[Fault]:
    yield Fault("self redirect", "/self.jpg", do.lead("/self.jpg"), "redirect")
    there, back = do.lead("/back.jpg"), do.lead("/there.jpg")
    yield Fault("redirect in a circle", "/there.jpg", there, "redirect", 2)  # as link and as hop
    yield Fault("redirect in a circle", "/back.jpg", back, "redirect", 2)
    for hops, reason in ((8, "redirect"), (6, "redirect"), (5, None)):  # the rest below HOP
        answer = do.count_down(HOP, hops)
        yield Fault(f"{hops}-hop chain", f"/chain/{hops}.jpg", answer, reason)
    for number, place in enumerate(PRIVATE):
        path = f"/to-private/{number}.jpg"
        yield Fault("redirect to a private address", path, do.lead(place), "forbidden-address")
    for number, place in enumerate(OTHER_SCHEMES):
        path = f"/to-scheme/{number}.jpg"
        yield Fault("redirect to another scheme", path, do.lead(place), "redirect")
    for status in (301, 302, 303, 307, 308):
        answer = do.lead("http://127.0.0.1:{port}/ok/moved.jpg", status)
        yield Fault("301/302/303/307/308", f"/moved/{status}.jpg", answer, None)


STATUSES = {
    400: "http-error", 401: "denied", 403: "denied", 404: "gone", 410: "gone", 418: "http-error",
    451: "gone",
}  # fmt: skip


def _statuses() -> Iterator[Fault]:
    kind, page = "404/403/410/451/500", picture("/no")
    for status, reason in STATUSES.items():
        answer = do.send(page, TYPE, status=status)
        yield Fault(kind, f"/status/{status}.jpg", answer, reason)
    for status in (500, 502, 504):
        answer = do.send(page, TYPE, status=status)
        yield Fault(kind, f"/status/{status}.jpg", answer, "server-error", ALL)
    busy, broken, well = do.send(b"", status=503), do.send(b"", status=500), sound("/well")
    yield Fault("503 then ok", "/503-then-ok.jpg", do.turns(busy, well), None, 2)
    yield Fault("500 then ok", "/500-then-ok.jpg", do.turns(broken, broken, well), None, 3)
    for name, waiting in (
        ("seconds", do.wait(seconds=1)),
        ("date", do.wait(seconds=2, is_date=True)),
    ):
        answer = do.turns(waiting, well)
        yield Fault("429 + Retry-After", f"/wait/{name}.jpg", answer, None, 2)
    absurd = do.wait(seconds=10_000_000)
    yield Fault("429 + Retry-After", "/wait/absurd.jpg", absurd, "busy")
    yield Fault("permanent 429", "/busy.jpg", do.send(b"", status=429), "busy", ALL)


def _tag(*values: str) -> tuple[str, ...]:
    return tuple(f"X-Robots-Tag: {value}" for value in values)


OPT_OUTS = (  # header lines, and whether they ask affekt not to use a picture for AI
    (_tag("noai"), True),
    (_tag("NoAI"), True),
    (_tag("noimageai"), True),
    (_tag("noindex, noai"), True),
    (_tag("noindex", "noai"), True),
    (_tag("affekt: noai"), True),
    (_tag("otherbot: noindex", "affekt: noimageai"), True),
    (_tag("max-snippet: 5, noai"), True),
    (_tag("max-image-preview: large", "noai"), True),
    (_tag("unavailable_after: Sat, 25 Jun 2099 15:00:00 GMT, noai"), True),
    (_tag("unavailable_after: 2099-06-25 15:00, noai"), True),
    (_tag("noindex"), False),
    (_tag("max-snippet: 5"), False),
    (_tag("unavailable_after: Sat, 25 Jun 2099 15:00:00 GMT"), False),
    (_tag("otherbot: noai"), False),
    (_tag("otherbot: noindex, noai"), False),
    (_tag(""), False),
)


def _owners() -> Iterator[Fault]:
    data, kind = picture("/owner"), "X-Robots-Tag variants"
    for number, (lines, is_out) in enumerate(OPT_OUTS):
        reason = "opted-out" if is_out else None
        yield Fault(kind, f"/tag/{number}.jpg", do.send(data, TYPE, *lines), reason)
    endless = do.endless(data, TYPE, "X-Robots-Tag: noai")
    yield Fault(kind, "/tag/endless.jpg", endless, "opted-out")
    for value, said in (("1", "opted-out"), ("0", None)):
        answer = do.send(data, TYPE, f"TDM-Reservation: {value}")
        yield Fault("tdm-reservation", f"/tdm/{value}.jpg", answer, said)


def _formats() -> Iterator[Fault]:
    paint, odd = nasty.painting(), nasty.odd()
    borrowed = (
        "cmyk.jpg", "grey-16-bit.png", "colour-16-bit.png", "png-called.jpg", "grey-alpha.png",
        "palette.png", "animated.gif", "animated.webp",
    )  # fmt: skip
    files = {
        "grey.jpg": nasty.jpeg(paint.convert("L")),
        "plain.gif": nasty.saved(paint, "GIF"),
        "plain.webp": nasty.saved(paint, "WEBP"),
        "plain.png": nasty.png(paint),
        "alpha.png": nasty.png(paint.convert("RGBA")),
        "turned.jpg": nasty.turned(6),
        **{name: odd[name].data for name in borrowed},
    }
    kind = "GIF/WebP/PNG/CMYK/grey/alpha/16 bit/EXIF-rotated"
    for name, data in files.items():
        yield Fault(kind, f"/kind/{name}", do.send(data), None)


SPELLINGS = (  # kind, as the link has it, as the server must be asked
    ("URL with spaces", "/two words.jpg", "/two%20words.jpg"),
    ("URL with spaces", "/is%20quoted.jpg", "/is%20quoted.jpg"),
    ("non-ASCII", "/füße.jpg", "/f%C3%BC%C3%9Fe.jpg"),
    ("non-ASCII", "/日本.jpg", "/%E6%97%A5%E6%9C%AC.jpg"),
    ("fragment", "/fragment.jpg#top", "/fragment.jpg"),
    ("signed link", "/signed.jpg?sig=a%2Bb%2Fc%3D&t=%7E1", "/signed.jpg?sig=a%2Bb%2Fc%3D&t=%7E1"),
    ("signed link", "/a%2Fb.jpg", "/a%2Fb.jpg"),
)


def _spellings() -> Iterator[Fault]:
    for kind, path, written in SPELLINGS:
        yield Fault(kind, path, sound(written), None, 1, written)


GROUPS = (
    _times, _lengths, _contents, _amounts, _redirects, _statuses, _owners, _formats, _spellings,
)  # fmt: skip
FAULTS: tuple[Fault, ...] = tuple(fault for group in GROUPS for fault in group())
