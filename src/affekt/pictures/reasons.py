"""Why a picture cannot be used: the closed list of reason words that decoding can answer with."""

REASONS: dict[str, str] = {
    "empty": "the file has no bytes",
    "not-a-picture": "the bytes do not begin like any picture file",
    "format": "a picture or drawing, but not JPEG, PNG, WebP or GIF",
    "truncated": "the end of the picture is missing",
    "too-many-bytes": "the file is bigger than the limit",
    "too-many-pixels": "its header announces more pixels than the limit",
    "too-small": "the shorter side is below the limit",
    "too-narrow": "one side is too many times longer than the other, or longer than any limit",
    "decode-error": "the picture is damaged, or needs more memory than the limit",
    "decoder-crashed": "the decoder died on it",
    "decode-timeout": "decoding took longer than the limit",
}
