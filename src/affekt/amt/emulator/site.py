"""The worker's side in a browser: what there is to do, a batch in a frame, a test."""

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from html import escape
from urllib.parse import quote, urlencode

from affekt.amt import answers, pages, question_form
from affekt.amt.content import Block, Bullets, Formatted, Image, Text, Title
from affekt.amt.emulator import forms, qualifying, work
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.faults import Faults
from affekt.amt.emulator.http import Reply, Request
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.state import Hit
from affekt.amt.emulator.world import World
from affekt.amt.pages import PREVIEW, SUBMIT_PATH, SUBMIT_TO, ExternalQuestion, HtmlQuestion, Visit
from affekt.errors import UsageError

SIDE_PX = 64  # of the pictures that stand in for real ones
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Marketplace</title>
<meta name="viewport" content="width=device-width"><body><p><b>Emulator of a marketplace</b>:
nothing here is paid, and nobody outside this machine sees it.</p>"""


def answer(world: World, request: Request, here: str, faults: Faults) -> Reply:
    """Give one page, or do what a form on one asks; ``here`` is the address of this server."""
    if request.method == "POST" and request.headers.get("origin", "null") not in ("null", here):
        return _page("<p>Another site sent this form; it was not taken.</p>", 403)
    if request.path.startswith("/pictures/"):
        return Reply(200, picture(request.path), "image/png")
    if request.path == "/emulator/events":
        events = [asdict(one) for one in faults.of_events(world.market.events)]
        return Reply(200, json.dumps(events).encode(), "application/json")
    known = ROUTES.get((request.method, request.path))
    if known is None:
        return _page("<p>There is no such page. <a href='/worker'>What there is to do</a></p>", 404)
    try:
        return known(world, request, here)
    except (Denied, UsageError, KeyError) as trouble:
        return _page(f"<p>{escape(str(trouble))}</p>", 400)


def _page(body: str, status: int = 200) -> Reply:
    return Reply(status, (HEAD + body).encode())


def _go(path: str, **query: str) -> Reply:
    return Reply(303, b"", headers=(("Location", f"{path}?{urlencode(query)}"),))


def _field(name: str, value: str) -> str:
    return f"<input type='hidden' name='{name}' value='{escape(value)}'>"


def _list(world: World, request: Request, here: str) -> Reply:
    worker = request.query.get("workerId", "")
    ask = (
        "<form><label>Worker id <input name='workerId' value='"
        f"{escape(worker)}'></label> <button>Look</button></form>"
    )
    hits = [world.market.hits[name] for name in list(world.market.open)[:100]]
    return _page(ask + "".join(_offer(world.market, one, worker) for one in hits if worker))


def _offer(market: Market, hit: Hit, worker: str) -> str:
    asked, lacks = market.type_of(hit).request, work.lacking(market, worker, hit)
    tests = "".join(
        f" <a href='/worker/test?testId={one}&amp;workerId={quote(worker)}'>Take the test</a>"
        for one in lacks
        if one in market.tests
    )
    form = f"{_field('hitId', hit.id)}{_field('workerId', worker)}<button>Accept</button>"
    look = urlencode({"hitId": hit.id})
    return (
        f"<section><h2>{escape(asked['Title'])}</h2><p>{escape(asked['Description'])} · "
        f"{asked['Reward']} dollars · <a href='/worker/preview?{look}'>Preview</a>{tests}</p>"
        + ("" if lacks else f"<form method='post' action='/worker/accept'>{form}</form>")
        + "</section>"
    )


def _preview(world: World, request: Request, here: str) -> Reply:
    hit = world.market.hits[request.query["hitId"]]
    return _framed(hit, Visit(PREVIEW, hit.id, "", here), here)


def _accept(world: World, request: Request, here: str) -> Reply:
    told = request.form()
    one = work.accept(world.market, told["workerId"], told["hitId"])
    return _go("/worker/do", assignmentId=one.id, workerId=one.worker)


def _do(world: World, request: Request, here: str) -> Reply:
    one = work.mine(world.market, request.query["workerId"], request.query["assignmentId"])
    return _framed(world.market.hits[one.hit_id], Visit(one.id, one.hit_id, one.worker, here), here)


def _framed(hit: Hit, visit: Visit, here: str) -> Reply:
    shown = pages.read(hit.question)
    if isinstance(shown, ExternalQuestion):
        address = pages.frame_address(shown.url, visit)
    else:
        address = pages.frame_address(f"{here}/worker/frame", visit)
    back = _field("assignmentId", visit.assignment_id) + _field("workerId", visit.worker_id)
    give = f"<form method='post' action='/worker/return'>{back}<button>Return</button></form>"
    return _page(
        f"<iframe title='Batch' src='{escape(address)}' width='100%' height='600' "
        "sandbox='allow-forms allow-scripts'></iframe>" + ("" if visit.is_preview else give)
    )


def _frame(world: World, request: Request, here: str) -> Reply:
    name = request.query["assignmentId"]
    shown = pages.read(world.market.hits[request.query["hitId"]].question)
    if isinstance(shown, HtmlQuestion):
        html = shown.html
        for host in SUBMIT_TO:
            html = html.replace(f"{host}{SUBMIT_PATH}", f"{here}{SUBMIT_PATH}")
        return Reply(200, html.replace("${assignmentId}", escape(name)).encode())
    assert isinstance(shown, question_form.QuestionForm)
    return _page(_asked(shown, f"{here}{SUBMIT_PATH}", {"assignmentId": name}))


def _asked(form: question_form.QuestionForm, action: str, told: dict[str, str]) -> str:
    fields = "".join(_field(name, value) for name, value in told.items())
    questions = "".join(
        f"<fieldset><legend>{escape(one.display_name)}</legend>{''.join(map(_block, one.content))}"
        + "".join(
            f"<label><input type='radio' name='{escape(one.identifier)}' "
            f"value='{escape(choice.identifier)}'> {escape(choice.text)}</label> "
            for choice in one.choices
        )
        + "</fieldset>"
        for one in form.questions
    )
    above = "".join(map(_block, form.overview))
    inner = f"{above}{fields}{questions}<button>Submit</button>"
    return f"<form method='post' action='{action}'>{inner}</form>"


def _block(block: Block) -> str:
    match block:
        case Title(text):
            return f"<h2>{escape(text)}</h2>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
        case Image(url, alt_text, _):
            return f"<img src='{escape(url)}' alt='{escape(alt_text)}' width='320'>"
        case Formatted(xhtml):
            return xhtml


def _submit(world: World, request: Request, here: str) -> Reply:
    told = request.form()
    name = told["assignmentId"]
    if name == PREVIEW:
        raise Denied("InvalidAssignmentState", "a preview takes no answers; accept the batch first")
    worker = world.market.assignments[name].worker
    shown = pages.read(world.market.hits[world.market.assignments[name].hit_id].question)
    if isinstance(shown, question_form.QuestionForm):
        fields = {one.name: told[one.name] for one in forms.items_of(shown) if one.name in told}
        document = answers.to_xml({}, {key: [one] for key, one in fields.items()})
        work.submit(world.market, worker, name, document)
    else:
        work.submit_fields(world.market, worker, name, told)
    return _page(f"<p>Handed in. <a target='_top' href='/worker?workerId={worker}'>Go on</a></p>")


def _return(world: World, request: Request, here: str) -> Reply:
    told = request.form()
    work.give_back(world.market, told["workerId"], told["assignmentId"])
    return _go("/worker", workerId=told["workerId"])


def _test(world: World, request: Request, here: str) -> Reply:
    test = qualifying.known(world.market, request.query["testId"])
    form = question_form.read(test.request["Test"])
    told = {"testId": test.id, "workerId": request.query["workerId"]}
    return _page(_asked(form, "/worker/test", told))


def _tested(world: World, request: Request, here: str) -> Reply:
    told = request.form()
    worker, test_id = told.pop("workerId"), told.pop("testId")
    work.person(world.market, worker)
    work.take_test(world.market, worker, test_id, told)
    return _go("/worker", workerId=worker)


def _advance(world: World, request: Request, here: str) -> Reply:
    world.advance(float(request.form().get("seconds", "0")))
    return Reply(200, json.dumps({"now": world.market.now()}).encode(), "application/json")


ROUTES: dict[tuple[str, str], Callable[[World, Request, str], Reply]] = {
    ("GET", "/"): _list,
    ("GET", "/worker"): _list,
    ("GET", "/worker/preview"): _preview,
    ("GET", "/worker/do"): _do,
    ("GET", "/worker/frame"): _frame,
    ("GET", "/worker/test"): _test,
    ("POST", "/worker/test"): _tested,
    ("POST", "/worker/accept"): _accept,
    ("POST", "/worker/return"): _return,
    ("POST", SUBMIT_PATH): _submit,
    ("POST", "/emulator/advance"): _advance,
}


def picture(path: str) -> bytes:
    """Give a picture that stands in for the one of a path: one colour, the same for one path."""
    colour = sha256(path.encode()).digest()[:3]
    rows = (b"\0" + colour * SIDE_PX) * SIDE_PX
    header = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
