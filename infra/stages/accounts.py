"""The parameters of the accounts of a stage: made once, checked, rotated, and never shown."""

import json
import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.clock import iso
from chalicelib.credentials import Credentials
from chalicelib.errors import BadContent, CredentialsError
from chalicelib.kept import ACCOUNT
from chalicelib.parameters import SsmParameters
from chalicelib.settings import Settings
from chalicelib.tokens.app_secret import SHAPE

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Fields: TypeAlias = Mapping[str, Any]
LETTERS = string.ascii_letters + string.digits
ROTATED = ("token", "aes_key")


def new_token() -> str:
    """A Token as WeChat's console takes it: at most 32 letters and digits."""
    return _random(32)


def new_aes_key() -> str:
    """An EncodingAESKey as WeChat's console makes it: 43 letters and digits, 256 bits of base64."""
    return _random(43)


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


@dataclass(frozen=True, slots=True)
class AccountParameters:
    """Where a stage keeps them. Values are checked before they are written, and never put into an error."""

    ssm: "SSMClient"
    settings: Settings
    key: str = ""
    """A KMS key of the operator's own; without one the Parameter Store's."""

    def names(self) -> tuple[str, ...]:
        path = self.settings.account_parameter("")
        found = SsmParameters(self.ssm).list_names(path)
        return tuple(sorted(name.removeprefix(path) for name in found))

    def find(self, account: str) -> Fields | None:
        """The fields as they stand, None without a parameter. Raises BadContent when it is malformed."""
        name = self.settings.account_parameter(_named(account))
        text = SsmParameters(self.ssm).get(name)
        if text is None:
            return None
        _parsed(account, text, name)
        return dict(json.loads(text))

    def credentials(self, account: str) -> Credentials:
        """Raises BadContent when they are missing or malformed."""
        name = self.settings.account_parameter(_named(account))
        text = SsmParameters(self.ssm).get(name)
        if text is None:
            raise BadContent(f"没有账号 {account}：先运行 ops account add --account {account}")
        return _parsed(account, text, name)

    def has_secret(self, account: str) -> bool:
        return SsmParameters(self.ssm).get(self.settings.secret_parameter(_named(account))) is not None

    def create(self, account: str, fields: Fields, *, secret: str) -> None:
        """Store a new account with a data key of its own, then its AppSecret. Raises BadContent.

        What an interrupted run has stored stays as it is: a data key is never made twice.
        """
        _ensure_secret(secret)
        if self.find(account) is None:
            self._put_account(account, {**fields, "data_key": secrets.token_hex(32)}, overwrite=False)
        self._put(self.settings.secret_parameter(account), json.dumps({"secret": secret}), overwrite=False)

    def replace_secret(self, account: str, secret: str) -> None:
        """Raises BadContent."""
        _ensure_secret(secret)
        self._put(self.settings.secret_parameter(_named(account)), json.dumps({"secret": secret}), overwrite=True)

    def begin_rotation(self, account: str, fields: Fields, new: Mapping[str, str], *, now: datetime) -> None:
        """From now on old and new are accepted side by side. Raises BadContent."""
        previous = {f"previous_{name}": fields[name] for name in new}
        self._put_account(account, {**fields, **previous, **new, "rotated_at": iso(now)}, overwrite=True)

    def finish_rotation(self, account: str, fields: Fields) -> None:
        """From now on only the new ones are accepted. Raises BadContent."""
        gone = {"rotated_at", *(f"previous_{name}" for name in ROTATED)}
        self._put_account(account, {name: value for name, value in fields.items() if name not in gone}, overwrite=True)

    def _put_account(self, account: str, fields: Fields, *, overwrite: bool) -> None:
        name, text = self.settings.account_parameter(_named(account)), json.dumps(fields)
        _parsed(account, text, name)
        self._put(name, text, overwrite=overwrite)

    def _put(self, name: str, text: str, *, overwrite: bool) -> None:
        if self.key:
            self.ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=overwrite, KeyId=self.key)
        else:
            self.ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=overwrite)


def pending(fields: Fields) -> Mapping[str, str]:
    """What a rotation that is under way has made anew; nothing when none is."""
    return {name: str(fields[name]) for name in ROTATED if fields.get(f"previous_{name}") is not None}


def problems(account: str, parameters: AccountParameters) -> Iterator[str]:
    """What is wrong with an account's parameters, without a value."""
    try:
        parameters.credentials(account)
    except BadContent as error:
        yield str(error)
    if not parameters.has_secret(account):
        yield "没有 AppSecret：再运行一次 ops account add，只会补上它"


def _parsed(account: str, text: str, name: str) -> Credentials:
    try:
        return Credentials.from_json(account, text, parameter=name)
    except CredentialsError as error:
        raise BadContent(f"参数不合格：{error}") from None


def _named(account: str) -> str:
    if not ACCOUNT.fullmatch(account):
        raise BadContent("账号名只能有小写字母、数字和连字符，最多 32 个，且不以连字符开头")
    return account


def _ensure_secret(secret: str) -> None:
    if not SHAPE.fullmatch(secret):
        raise BadContent("AppSecret 应当是 32 位字母和数字")
