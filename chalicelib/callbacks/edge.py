"""Where WeChat's requests come in: whoever is not WeChat learns nothing, and nothing is written for them."""

from functools import cache

from chalicelib.callbacks.answer import answer
from chalicelib.callbacks.world import World
from chalicelib.clock import epoch
from chalicelib.credentials import Credentials
from chalicelib.door import Deadline, count, log
from chalicelib.errors import CredentialsError, Refused, UnknownAccount
from chalicelib.faq.releases import Releases
from chalicelib.runtime import ANSWER_SECONDS, Runtime, runtime
from chalicelib.web import FORBIDDEN, TOO_LARGE, UNKNOWN, Answer, Request
from chalicelib.wechat import envelope, inbound
from chalicelib.wechat import reply as replies
from chalicelib.wechat.envelope import Keys, Opened

MOST_BYTES = 64 * 1024
SILENCE = "success"


def verify(request: Request) -> Answer:
    """WeChat's verification GET: the echostr comes back when the signature holds."""
    r = runtime()
    credentials = _credentials(r, request)
    if isinstance(credentials, Answer):
        return credentials
    try:
        return Answer(200, envelope.check_echo(request.query, tokens=credentials.tokens, now=r.now()))
    except Refused as refused:
        return _refuse(request, str(refused))


def receive(request: Request) -> Answer:
    """One delivery. 200 with a reply or `success`; 403, 404 and 413 tell nothing. Raises what is no one's fault:
    the door answers 500, and WeChat comes again."""
    r = runtime()
    deadline = Deadline(ANSWER_SECONDS)
    if len(request.body) > MOST_BYTES:
        log.warning("callback.refused", extra={"account": request.account[:32], "reason": "too large"})
        return TOO_LARGE
    credentials = _credentials(r, request)
    if isinstance(credentials, Answer):
        return credentials
    try:
        opened = _open(request, credentials, r)
        event = inbound.parse(opened.xml, appid=credentials.appid)
    except Refused as refused:
        return _refuse(request, str(refused))
    world = World(r.table(deadline), r.queues, releases(), deadline, r.now, r.new_id)
    said = answer(event, credentials, world)
    if said is None:
        return Answer(200, SILENCE)
    xml = replies.render(said, to=event.sender, sender=event.recipient, at=epoch(r.now()))
    return Answer(200, _sealed(xml, opened, credentials, r), "application/xml")


@cache
def releases() -> Releases:
    """Compiled releases outlive a delivery: one is loaded at most once per version and Lambda."""
    return Releases()


def _credentials(r: Runtime, request: Request) -> Credentials | Answer:
    try:
        return r.accounts.find(request.account)
    except UnknownAccount:
        log.warning("callback.refused", extra={"account": request.account[:32], "reason": "unknown account"})
        return UNKNOWN
    except CredentialsError as error:
        log.error("credentials.malformed", extra={"problem": str(error)})
        count("CredentialsMalformed", account=request.account)
        return FORBIDDEN


def _open(request: Request, credentials: Credentials, r: Runtime) -> Opened:
    """The account's own mode decides, never the request's `encrypt_type`."""
    if credentials.mode == "safe" and (b"<!DOCTYPE" in request.body or not request.body.isascii()):
        raise Refused("body.not_safe_mode")  # it has names and base64, while a follower's own words may have anything
    if credentials.mode == "plain":
        return envelope.open_plain(request.query, request.body, tokens=credentials.tokens, now=r.now())
    keys = Keys(credentials.appid, credentials.tokens, credentials.aes_keys)
    return envelope.open_sealed(request.query, request.body, keys=keys, now=r.now())


def _sealed(xml: str, opened: Opened, credentials: Credentials, r: Runtime) -> str:
    if opened.key is None:
        return xml
    return envelope.seal(
        xml,
        key=opened.key,
        nonce=opened.nonce,
        token=opened.token,
        appid=credentials.appid,
        at=epoch(r.now()),
    )


def _refuse(request: Request, reason: str) -> Answer:
    log.warning("callback.refused", extra={"account": request.account[:32], "reason": reason})
    count("Refused", account=request.account)
    return FORBIDDEN
