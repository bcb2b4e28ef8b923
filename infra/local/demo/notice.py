"""A notice that a newcomer can ask for from the shell, as another system of the shop would."""

import json
from dataclasses import dataclass, field

SIGNED = r"""
    BODY='{body}'
    AHEAD=$(curl -sS --noproxy '*' {wechat}/sim/clock | sed 's/.*"offset_seconds": *\(-*[0-9]*\).*/\1/')
    AT=$(($(date +%s) + AHEAD))
    HASH=$(printf %s "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)
    SIGN=$(printf 'POST\n/events/{account}\n%s\n%s' $AT $HASH |
      openssl dgst -sha256 -hmac {secret} -r | cut -d' ' -f1)
    curl -sS --noproxy '*' -w '\n' {url} -H 'Content-Type: application/json' -d "$BODY" \
      -H 'X-Huiyuan-Key: {key}' -H "X-Huiyuan-Timestamp: $AT" -H "X-Huiyuan-Signature: $SIGN"
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told, and with which event key it is asked for."""

    account: str
    key: str
    secret: str = field(repr=False)
    openid: str
    template: str

    def as_shell(self, app: str, wechat: str) -> str:
        """Ready to be pasted; pasted again, it changes nothing. Signed with the simulator's time, wherever its clock
        was moved; a real account's systems take their own."""
        url = f"{app}/events/{self.account}"
        told = {"account": self.account, "secret": self.secret, "key": self.key}
        return SIGNED.format(body=self._body(), url=url, wechat=wechat, **told)

    def _body(self) -> str:
        """Urgent, so that it arrives at night too."""
        event = {
            "openid": self.openid,
            "kind": "order.shipped",
            "key": "20261111-001",
            "template": self.template,
            "data": {"character_string1": "20261111-001", "thing2": "草莓两盒", "time3": "2026-11-11 18:00"},
            "urgent": True,
        }
        return json.dumps(event, ensure_ascii=False)
