"""What the site signs and seals: cookies, form tokens and the names of pictures.

Every purpose has a key of its own, made from the secret of the project.
"""

import base64
import hmac
import json
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken
from itsdangerous import BadSignature, URLSafeTimedSerializer

from affekt.errors import NotTaken

SESSION_SECONDS = 12 * 3600
PICTURE_SECONDS = 4 * 3600


class Named(NamedTuple):
    """What the name of a picture says, to the server alone."""

    image_id: str
    worker: int


class Seals:
    """Signs and opens with keys made from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._cookies = URLSafeTimedSerializer(self._key("cookie").hex(), salt="affekt worker")
        self._form = self._key("form")
        self._pictures = Fernet(_as_fernet(self._key("picture")))

    def cookie(self, secret: str) -> str:
        """Give the value of a worker's cookie, which holds the secret of the worker's link."""
        return self._cookies.dumps(secret)

    def cookie_opened(self, value: str) -> str | None:
        """Give the secret in a cookie; None where it is forged or too old."""
        try:
            return str(self._cookies.loads(value, max_age=SESSION_SECONDS))
        except BadSignature:
            return None

    def form_token(self, session: str) -> str:
        """Give the token that every form of one session carries."""
        return hmac.digest(self._form, session.encode(), "sha256").hex()

    def is_form_token(self, session: str, given: str) -> bool:
        """Tell whether a form is of that session."""
        return hmac.compare_digest(self.form_token(session).encode(), given.encode())

    def mark(self, secret: str) -> str:
        """Give a mark that tells one worker's waiting answers from another's in one browser."""
        return hmac.new(self._key("mark"), secret.encode(), "sha256").hexdigest()[:16]

    def picture(self, image_id: str, worker: int) -> str:
        """Give a name for a picture that says nothing and holds for this worker for some hours."""
        return self._pictures.encrypt(json.dumps([image_id, worker]).encode()).decode()

    def picture_opened(self, name: str) -> Named:
        """Give the picture of a name.

        Raises:
            NotTaken: The name is forged, cut or too old.
        """
        try:
            return Named(*json.loads(self._pictures.decrypt(name.encode(), ttl=PICTURE_SECONDS)))
        except (InvalidToken, ValueError) as trouble:
            raise NotTaken("unknown", "there is no picture of this name") from trouble

    @property
    def staff_key(self) -> bytes:
        """The key by which second factors are sealed; see `affekt.campaign.keys`."""
        return self._key("staff")

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._secret, f"affekt site {purpose}".encode(), "sha256")


def _as_fernet(key: bytes) -> bytes:
    return base64.urlsafe_b64encode(key)
