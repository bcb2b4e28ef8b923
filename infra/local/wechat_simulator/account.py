"""The Official Account that the simulator plays the WeChat side of."""

import base64
import binascii
import string
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from infra.local.wechat_simulator.refusal import Refused

Mode = Literal["safe", "compatible", "plain"]

APIV3_KEY_BYTES = 32
LETTERS_AND_DIGITS = string.ascii_letters + string.digits
OPENID_CHARS = LETTERS_AND_DIGITS + "_-"


@dataclass(frozen=True, slots=True)
class Account:
    """What an operator finds on the account's settings page (基本配置)."""

    account: str
    name: str
    appid: str
    secret: str
    token: str
    aes_key: str
    gh_id: str
    mode: Mode = "safe"
    callback_url: str = ""
    previous_aes_key: str = ""
    has_unionid: bool = False
    allowed_ips: tuple[str, ...] = ()
    oauth_domains: tuple[str, ...] = ()
    mchid: str = ""
    apiv3_key: str = ""
    merchant_public_key: str = ""

    def __post_init__(self) -> None:
        for field in ("account", "appid", "secret", "token", "gh_id"):
            if not getattr(self, field):
                raise Refused(f"账号缺少 {field}")
        if self.mode not in get_args(Mode):
            raise Refused("mode 只能是 safe、compatible 或 plain")
        if not self.callback_url.startswith(("http://", "https://")):
            raise Refused("callback_url 要以 http:// 或 https:// 开头")
        if self.aes_key or self.is_encrypted:
            decode_key(self.aes_key)
        if self.previous_aes_key:
            decode_key(self.previous_aes_key)
        if self.mchid and not (self.mchid.isascii() and self.mchid.isdigit()):
            raise Refused("商户号（mchid）应为数字")
        if self.apiv3_key and len(self.apiv3_key.encode()) != APIV3_KEY_BYTES:
            raise Refused("APIv3 密钥应为 32 个字节")

    @property
    def key(self) -> bytes:
        """Empty for an account in plain mode that has none."""
        return decode_key(self.aes_key) if self.aes_key else b""

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys a reply may be sealed with: the current one, then the previous one."""
        previous = (decode_key(self.previous_aes_key),) if self.previous_aes_key else ()
        return (self.key, *previous)

    @property
    def is_encrypted(self) -> bool:
        return self.mode != "plain"


def decode_key(aes_key: str) -> bytes:
    """EncodingAESKey to its 32 bytes (official docs, message encryption: base64 of key + "=")."""
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(aes_key) != 43 or len(key) != 32:
        raise Refused("EncodingAESKey 应为 43 个字母或数字")
    return key


def generated(random: Random, *, account: str, callback_url: str, name: str = "", mode: Mode = "safe") -> Account:
    """An account with made-up credentials of the real shapes."""
    return Account(
        account=account,
        name=name or account,
        appid="wx" + letters(random, 16, "0123456789abcdef"),
        secret=letters(random, 32, "0123456789abcdef"),
        token=letters(random, 24),
        aes_key=letters(random, 43),
        gh_id="gh_" + letters(random, 12, "0123456789abcdef"),
        mode=mode,
        callback_url=callback_url,
        mchid=letters(random, 10, "123456789"),
        apiv3_key=letters(random, APIV3_KEY_BYTES),
    )


def letters(random: Random, count: int, alphabet: str = LETTERS_AND_DIGITS) -> str:
    return "".join(random.choices(alphabet, k=count))
