"""The platform's two signatures (official docs, message push and message encryption)."""

import hashlib


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, for `msg_signature`, the ciphertext."""
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()
