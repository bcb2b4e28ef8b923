"""The parameter in which a stage keeps an account's event keys: with which its other systems sign."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import BadContent, CredentialsError
from chalicelib.event_keys import KEY_ID, EventKeys
from chalicelib.parameters import SsmParameters
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

MOST = 20
"""A parameter holds 4 KB. Two operators who change it in the same second overwrite each other."""


@dataclass(frozen=True, slots=True)
class EventKeyParameter:
    """Of one account. Secrets leave it once, when they are made."""

    ssm: "SSMClient"
    settings: Settings
    account: str
    kms_key: str = ""
    """A KMS key of the operator's own; without one the Parameter Store's."""

    def names(self) -> tuple[str, ...]:
        """Raises BadContent when the parameter is malformed."""
        return tuple(sorted(self._read()))

    def create(self, name: str) -> str:
        """The secret of a new key. Raises BadContent."""
        known = self._read()
        if not KEY_ID.fullmatch(name):
            raise BadContent("密钥名只能有小写字母、数字和连字符，最多 32 个，且不以连字符开头")
        if name in known:
            raise BadContent(f"密钥 {name} 已经有了：换一个名字，或先停用它")
        if len(known) >= MOST:
            raise BadContent(f"最多 {MOST} 个密钥：先停用不再使用的")
        secret = secrets.token_hex(32)
        self._write({**known, name: secret})
        return secret

    def revoke(self, name: str) -> None:
        """Raises BadContent when there is none of that name."""
        known = self._read()
        if name not in known:
            raise BadContent(f"没有密钥 {name}：请看 ops key list --account {self.account}")
        self._write({one: secret for one, secret in known.items() if one != name})

    def _read(self) -> Mapping[str, str]:
        name = self.settings.event_parameter(self.account)
        text = SsmParameters(self.ssm).get(name)
        try:
            return EventKeys.from_json(text or "{}", parameter=name).secrets
        except CredentialsError as error:
            raise BadContent(f"参数不合格：{error}") from None

    def _write(self, keys: Mapping[str, str]) -> None:
        name, text = self.settings.event_parameter(self.account), json.dumps(keys)
        if self.kms_key:
            self.ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True, KeyId=self.kms_key)
        else:
            self.ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
