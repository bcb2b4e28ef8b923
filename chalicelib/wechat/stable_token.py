"""Fetching WeChat's stable token."""

from chalicelib.wechat.connection import Connection
from chalicelib.wechat.errors import UnknownOutcome

PATH = "/cgi-bin/stable_token"
LONGEST_LIFE = 86_400
"""WeChat says 7,200. What is far beyond that is no answer of WeChat's."""


def fetch_stable_token(connection: Connection, appid: str, secret: str, *, force: bool = False) -> tuple[str, int]:
    """The token and the seconds it is still good for (official page: getStableAccessToken).

    Without `force` repeated calls return the same token, so fetching it twice harms nobody. `force` kills the old
    token at once, under every Lambda that uses it, and is granted twenty times a day: it is for an operator after a
    leak, and nothing in this system ever sets it by itself.
    """
    body = {"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": force}
    answer = connection.post(PATH, {}, body)
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, int) or not 0 < seconds <= LONGEST_LIFE:
        raise UnknownOutcome("no token in the answer")
    return value, seconds
