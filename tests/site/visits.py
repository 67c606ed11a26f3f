"""What a browser does, without one."""

import html
import json
import re
from typing import Any

import httpx

from tests.site.scene import Site, link_of


class Visit:
    """Somebody who opened a link: a client with a cookie and the token of the forms."""

    def __init__(self, site: Site, secret: str | None = None) -> None:
        self.secret = secret or link_of(site.live)
        self.client = httpx.Client(base_url=site.address, follow_redirects=True)
        site.clients.append(self.client)
        self.address = site.address
        page = self.client.get(f"/w/{self.secret}")
        self.token = form_token(page.text)

    def send(self, path: str, **form: Any) -> httpx.Response:
        """Send a form as a page of the site does."""
        return self.client.post(
            path, data={"form_token": self.token, **form}, headers={"origin": self.address}
        )

    def say(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        """Send JSON as the script of the page does."""
        own = {"origin": self.address, "x-form-token": self.token, **headers}
        return self.client.post(path, json=body, headers=own)

    def batch(self) -> dict[str, Any]:
        """Begin a batch, or see the one that was begun."""
        return batch_in(self.send("/batch/begin").text)

    def answer(self, card: dict[str, Any], *, key: str = "0" * 32, **other: Any) -> httpx.Response:
        said = {"card": card["token"], "key": key, "felt": True, "seconds": 1.5, **other}
        return self.say("/batch/answer", said)


def form_token(page: str) -> str:
    """Give the token of the forms of a page."""
    found = re.search(r'name="form_token" value="(\w+)"', page)
    return found[1] if found else ""


def batch_in(page: str) -> dict[str, Any]:
    """Give what a page of a batch tells its script."""
    found = re.search(r'data-batch="([^"]*)"', page)
    assert found, page
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def batch_token(page: str) -> str:
    """Give the token of the batch of a page."""
    found = re.search(r'name="batch" value="([^"]+)"', page)
    assert found
    return found[1]
