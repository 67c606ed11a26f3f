"""Why a link gave no picture: the closed list, and which reasons may heal when asked again."""

FINAL: dict[str, str] = {
    "gone": "the server says it is not, or no longer, there (404, 410, 451)",
    "denied": "the server does not let us have it (401, 403)",
    "http-error": "the server answered with another status that is no picture",
    "redirect": "redirected in a circle, too often, or to another kind of address",
    "forbidden-address": "its address is private, local or otherwise not of the public network",
    "forbidden-link": "no http or https link that may be followed",
    "tls": "the server cannot prove who it is",
    "not-a-picture": "the bytes do not begin like any picture file",
    "empty": "the file has no bytes",
    "too-many-bytes": "the file is bigger than the limit",
    "placeholder": "the picture that a server shows in place of one it no longer has",
}
PASSING: dict[str, str] = {
    "dns": "the name of its server cannot be resolved",
    "no-connection": "its server takes no connection",
    "no-answer": "its server accepted the connection and said nothing in time",
    "too-long": "the whole answer took longer than the limit",
    "too-slow": "the answer came slower than the limit",
    "cut-off": "the connection broke before the whole picture was there",
    "busy": "the server asked to wait, again and again or too long (429, 503)",
    "server-error": "the server failed (5xx)",
    "host-given-up": "its server failed so often in a row that it was left alone",
    "cancelled": "the run ended before its turn",
}
POLICY: dict[str, str] = {
    "opted-out": "its owner asks not to use it this way",
    "robots": "the robots.txt of its server asks not to fetch it",
    "forgotten": "it was removed on request and is not fetched again",
}
REASONS: dict[str, str] = {**FINAL, **PASSING, **POLICY}
