"""What the status of an answer says about a picture."""

REDIRECTS = (301, 302, 303, 307, 308)
GONE, DENIED, BUSY = (404, 410, 451), (401, 403), (408, 425, 429, 503)
WHOLE = (200, 203)


def reason_of_status(status: int) -> tuple[str, str] | None:
    """Give the reason that a status stands for, None for one that brings the picture.

    >>> reason_of_status(410), reason_of_status(200)
    (('gone', 'status 410'), None)
    """
    if status in WHOLE:
        return None
    named = {"redirect": REDIRECTS, "gone": GONE, "denied": DENIED, "busy": BUSY, "empty": (204,)}
    reason = next((name for name, statuses in named.items() if status in statuses), None)
    if reason is None:
        reason = "server-error" if status >= 500 else "http-error"
    return reason, f"status {status}"
