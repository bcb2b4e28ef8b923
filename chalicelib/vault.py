"""Where the words of followers are locked away: what the table holds of them says nothing without the account's key."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.errors import AppError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

PURPOSE = b"huiyuan words of followers 1"
"""Derives this key from the account's data key, apart from whatever else that one is used for."""
KEY_BYTES = 64


class Locked(AppError):
    """The words cannot be read: they were sealed under another key, or for another place, or have been changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Of one account. AES-SIV (RFC 5297) needs no random nonce: the same decision, made again, writes the same."""

    data_key: bytes = field(repr=False)

    def seal(self, words: str, *place: str) -> bytes:
        """Bound to the place where they stand: moved elsewhere they cannot be opened."""
        return _cipher(self.data_key).encrypt(words.encode(), [part.encode() for part in place])

    def open(self, sealed: bytes, *place: str) -> str:
        """Raises Locked."""
        from cryptography.exceptions import InvalidTag

        try:
            return _cipher(self.data_key).decrypt(sealed, [part.encode() for part in place]).decode()
        except InvalidTag:
            raise Locked("sealed elsewhere") from None


@lru_cache(maxsize=8)
def _cipher(data_key: bytes) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESSIV(HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(data_key))
