"""The message cipher, written from the official description and from nothing else."""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32
RANDOM_BYTES = 16
LENGTH_BYTES = 4


class CannotDecrypt(ValueError):
    """The ciphertext is not one of this key. The message says which check failed."""


def encrypt(message: bytes, *, key: bytes, appid: str, random: bytes) -> str:
    """`random(16) | length(4, big-endian) | message | appid`, padded to 32, AES-256-CBC, base64."""
    length = len(message).to_bytes(LENGTH_BYTES, "big")
    return seal(pad(random + length + message + appid.encode()), key=key)


def seal(padded: bytes, *, key: bytes) -> str:
    """Encrypt bytes that are padded already, rightly or wrongly."""
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(ciphertext: str, *, key: bytes) -> tuple[bytes, str]:
    """The message and the appid behind it. Raises CannotDecrypt."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotDecrypt("the ciphertext is not base64") from error
    if not sealed or len(sealed) % RANDOM_BYTES:
        raise CannotDecrypt("the ciphertext is no whole number of blocks")
    decryptor = _cipher(key).decryptor()
    return _open(unpad(decryptor.update(sealed) + decryptor.finalize()))


def pad(data: bytes) -> bytes:
    """PKCS#7 with blocks of 32 bytes: a full block more when the data fits exactly."""
    count = BLOCK - len(data) % BLOCK
    return data + bytes([count]) * count


def unpad(data: bytes) -> bytes:
    count = data[-1]
    if not 1 <= count <= BLOCK or data[-count:] != bytes([count]) * count:
        raise CannotDecrypt("the padding is wrong")
    return data[:-count]


def _open(plain: bytes) -> tuple[bytes, str]:
    start = RANDOM_BYTES + LENGTH_BYTES
    end = start + int.from_bytes(plain[RANDOM_BYTES:start], "big")
    if len(plain) < start or end > len(plain):
        raise CannotDecrypt("the length field is wrong")
    try:
        return plain[start:end], plain[end:].decode()
    except UnicodeDecodeError as error:
        raise CannotDecrypt("the appid is not text") from error


def _cipher(key: bytes) -> Cipher[CBC]:
    return Cipher(AES(key), CBC(key[:RANDOM_BYTES]))
