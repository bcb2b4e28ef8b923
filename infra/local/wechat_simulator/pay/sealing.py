"""WeChat Pay's two locks: RSA over what it says, AES-256-GCM around what is secret (official docs, API v3)."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"


@lru_cache(maxsize=1)
def platform_key() -> RSAPrivateKey:
    """The platform's key: made up once per process, the same for every merchant."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_key_pem() -> str:
    """What a merchant downloads to verify notices with."""
    pem = platform_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def serial_of(mchid: str) -> str:
    """The public key's id, in the shape of a real one."""
    return f"PUB_KEY_ID_01{mchid}20260101000000000000"


def sign(*lines: str) -> str:
    """RSA-PKCS1v15-SHA256 over the lines, each with its line feed; base64."""
    return base64.b64encode(platform_key().sign(_joined(lines), PKCS1v15(), SHA256())).decode()


def is_signed(pem: str, signature: str, *lines: str) -> bool:
    """Whether the owner of the public key signed these lines."""
    try:
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), _joined(lines), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def seal(plain: bytes, *, key: str, nonce: str, associated: str) -> str:
    """AES-256-GCM with the tag at the end; base64."""
    return base64.b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated.encode())).decode()


def _joined(lines: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
