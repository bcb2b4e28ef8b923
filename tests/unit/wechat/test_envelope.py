"""What the envelope lets in, and that WeChat can open what it sends out."""

import base64
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from chalicelib.clock import epoch
from chalicelib.errors import Refused
from chalicelib.wechat import envelope
from chalicelib.wechat.envelope import Keys, Opened
from infra.local.wechat_simulator import crypto, markup
from infra.local.wechat_simulator import signature as simulator
from tests.builders import APPID, NOON
from tests.unit.wechat import platform
from tests.unit.wechat.platform import KEY, NONCE, PREVIOUS_KEY, STRANGERS_KEY, TOKEN, Delivery

AT = epoch(NOON)
PREVIOUS_TOKEN = "theTokenBeforeThisOne"
HELLO = "<xml><Content>你好</Content></xml>".encode()
KEYS = Keys(APPID, (TOKEN, PREVIOUS_TOKEN), (KEY, PREVIOUS_KEY))
TEXTS = st.one_of(
    st.text(),
    st.sampled_from(("", "]]>", "😀", "<xml>", "会员" * 300, "a" * 65_536)),
    st.integers(0, 130).map(lambda length: "字"[: length % 2] + "x" * length),
)


def opened(delivery: Delivery, *, keys: Keys = KEYS, late: float = 0) -> Opened:
    return envelope.open_sealed(delivery.query, delivery.body, keys=keys, now=NOON + timedelta(seconds=late))


def a_delivery(message: bytes = HELLO, *, key: bytes = KEY, appid: str = APPID, at: int = AT) -> Delivery:
    return platform.deliver(platform.sealed(message, appid=appid, key=key), at=at)


def with_query(delivery: Delivery, **changed: Sequence[str]) -> Delivery:
    return Delivery({**delivery.query, **changed}, delivery.body)


def reason(delivery: Delivery, *, keys: Keys = KEYS, late: float = 0) -> str:
    """Why the delivery is refused."""
    with pytest.raises(Refused) as refused:
        opened(delivery, keys=keys, late=late)
    return str(refused.value)


# The official page's own samples.

OFFICIAL_TOKEN, OFFICIAL_KEY, OFFICIAL_APPID = "AAAAA", bytes(32), "wxba5fad812f8e6fb9"
OFFICIAL_SEALED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8X"
    "GT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIj"
    "df8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
OFFICIAL_MESSAGE = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)


def test_the_official_plain_signature_is_ours() -> None:
    assert envelope.signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_official_delivery_in_safe_mode_is_opened() -> None:
    query = {
        "timestamp": ("1714112445",),
        "nonce": ("415670741",),
        "msg_signature": ("046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",),
    }
    body = f"<xml><ToUserName>gh_97417a04a28d</ToUserName><Encrypt>{OFFICIAL_SEALED}</Encrypt></xml>".encode()
    keys = Keys(OFFICIAL_APPID, (OFFICIAL_TOKEN,), (OFFICIAL_KEY,))

    found = envelope.open_sealed(query, body, keys=keys, now=NOON - timedelta(seconds=AT - 1_714_112_445))

    assert found == Opened(OFFICIAL_MESSAGE, OFFICIAL_KEY, "415670741", OFFICIAL_TOKEN)


def test_the_official_answer_is_sealed_and_signed_alike() -> None:
    sealed = envelope.encrypt(
        b'{"demo_resp":"good luck"}', key=OFFICIAL_KEY, appid=OFFICIAL_APPID, prefix=b"707722b803182950"
    )

    assert sealed == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    signed = envelope.signature(OFFICIAL_TOKEN, "1713424427", "415670741", sealed)
    assert signed == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


# Against two other implementations, in both directions.


@given(TEXTS)
@example("x" * 65_535)
def test_whatever_wechat_seals_is_opened_whole(text: str) -> None:
    message = text.encode()
    by_simulator = crypto.encrypt(message, key=KEY, appid=APPID, random=platform.RANDOM)

    found = opened(a_delivery(message))

    assert found == Opened(message, KEY, NONCE, TOKEN)
    assert by_simulator == platform.sealed(message, appid=APPID)
    assert simulator.sign("b", "a") == platform.sign("a", "b") == envelope.signature("b", "a")


@given(TEXTS.map(markup.legal))
def test_whatever_we_seal_wechat_can_open_and_finds_signed(text: str) -> None:
    answer = envelope.seal(text, key=KEY, nonce=NONCE, token=TOKEN, appid=APPID, at=AT)

    read = {name: str(value) for name, value in markup.read(answer.encode()).items()}
    assert read["MsgSignature"] == platform.sign(TOKEN, str(AT), NONCE, read["Encrypt"])
    assert read["MsgSignature"] == simulator.sign(TOKEN, str(AT), NONCE, read["Encrypt"])
    assert platform.decrypted(read["Encrypt"], key=KEY) == (text.encode(), APPID)
    assert crypto.decrypt(read["Encrypt"], key=KEY) == (text.encode(), APPID)
    assert (read["TimeStamp"], read["Nonce"]) == (str(AT), NONCE)


@pytest.mark.parametrize("length", range(66))
def test_every_padding_is_read_and_written(length: int) -> None:
    message = b"x" * length

    assert opened(a_delivery(message)).xml == message
    assert platform.decrypted(envelope.encrypt(message, key=KEY, appid=APPID), key=KEY) == (message, APPID)


def test_no_two_answers_look_alike() -> None:
    answers = {envelope.encrypt(HELLO, key=KEY, appid=APPID) for _ in range(20)}

    assert len(answers) == 20


# Keys and modes.


def test_a_message_under_the_previous_key_is_opened_and_says_so() -> None:
    found = opened(a_delivery(key=PREVIOUS_KEY))

    assert found.key == PREVIOUS_KEY


def test_an_answer_is_sealed_with_the_key_that_opened_the_question() -> None:
    found = opened(a_delivery(key=PREVIOUS_KEY))
    assert found.key is not None

    answer = envelope.seal("<xml/>", key=found.key, nonce=found.nonce, token=TOKEN, appid=APPID, at=AT)

    assert platform.decrypted(str(markup.read(answer.encode())["Encrypt"]), key=PREVIOUS_KEY) == (b"<xml/>", APPID)


def test_a_message_signed_with_the_previous_token_is_opened_and_says_so() -> None:
    delivery = a_delivery()
    stamp, sealed = str(AT), markup.read(delivery.body)["Encrypt"]

    found = opened(with_query(delivery, msg_signature=(platform.sign(PREVIOUS_TOKEN, stamp, NONCE, str(sealed)),)))

    assert (found.xml, found.token) == (HELLO, PREVIOUS_TOKEN)


def test_a_token_that_was_rotated_out_opens_nothing() -> None:
    delivery = a_delivery()
    stamp, sealed = str(AT), markup.read(delivery.body)["Encrypt"]
    signed = with_query(delivery, msg_signature=(platform.sign(PREVIOUS_TOKEN, stamp, NONCE, str(sealed)),))

    assert reason(signed, keys=Keys(APPID, (TOKEN,), (KEY,))) == "envelope.signature"


@pytest.mark.parametrize("token", KEYS.tokens)
def test_wechats_check_of_the_address_is_answered_under_both_tokens(token: str) -> None:
    signed = (platform.sign(token, str(AT), NONCE),)
    query = with_query(a_delivery(), echostr=("5838479218127813673",), signature=signed).query

    assert envelope.check_echo(query, tokens=KEYS.tokens, now=NOON) == "5838479218127813673"


def test_a_delivery_in_plain_mode_is_taken_as_it_is() -> None:
    query = with_query(a_delivery()).query

    found = envelope.open_plain(query, HELLO, tokens=KEYS.tokens, now=NOON)

    assert found == Opened(HELLO, None, NONCE, TOKEN)


def test_a_delivery_in_plain_mode_with_a_wrong_signature_is_refused() -> None:
    query = with_query(a_delivery(), signature=("0" * 40,)).query

    with pytest.raises(Refused, match=r"^envelope\.signature$"):
        envelope.open_plain(query, HELLO, tokens=KEYS.tokens, now=NOON)


def test_wechats_check_of_the_address_gets_its_echo_back() -> None:
    query = with_query(a_delivery(), echostr=("5838479218127813673",)).query

    assert envelope.check_echo(query, tokens=KEYS.tokens, now=NOON) == "5838479218127813673"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"echostr": ()}, "echostr"),
        ({"echostr": ("1", "1")}, "echostr"),
        ({"echostr": ("<script>alert(1)</script> x",)}, "echostr"),
        ({"echostr": ("x" * 257,)}, "echostr"),
        ({"echostr": ("",)}, "echostr"),
        ({"signature": ("0" * 40,)}, "signature"),
        ({"signature": ("F" * 40,)}, "signature"),
        ({"timestamp": (str(AT - 301),)}, "stale"),
    ],
)
def test_an_address_check_that_is_not_wechats_learns_nothing(changed: dict[str, tuple[str, ...]], why: str) -> None:
    query = with_query(a_delivery(), **{"echostr": ("1",)} | changed).query

    with pytest.raises(Refused, match=rf"^envelope\.{why}$"):
        envelope.check_echo(query, tokens=KEYS.tokens, now=NOON)


def test_keys_and_what_was_opened_do_not_show_their_secrets() -> None:
    shown = repr(KEYS) + repr(opened(a_delivery()))

    assert TOKEN not in shown
    assert repr(KEY) not in shown


# Query parameters.

MALFORMED = {
    "timestamp": ("", "17725968000", "177259680", "1772596800.0", "-772596800", "１７７２５９６８００", " 1772596800"),
    "nonce": ("", "x" * 65, "415 670", "415\n", "随机", "a&b", "a\x00", "<x>"),
    "msg_signature": ("", "0" * 39, "0" * 41, "G" * 40, "A" * 40, "0" * 39 + "é", "0" * 40 + "\n"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_parameter_that_is_missing_or_doubled_is_refused(name: str) -> None:
    delivery = a_delivery()
    value = delivery.query[name][0]
    without = Delivery({other: values for other, values in delivery.query.items() if other != name}, delivery.body)

    assert reason(without) == f"envelope.{name}"
    assert reason(with_query(delivery, **{name: ()})) == f"envelope.{name}"
    assert reason(with_query(delivery, **{name: (value, value)})) == f"envelope.{name}"


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values])
def test_a_parameter_that_wechat_would_not_write_is_refused(name: str, value: str) -> None:
    assert reason(with_query(a_delivery(), **{name: (value,)})) == f"envelope.{name}"


@pytest.mark.parametrize("late", [-300, -299.5, 0, 299.5, 300])
def test_a_delivery_within_five_minutes_of_our_clock_is_fresh(late: float) -> None:
    assert opened(a_delivery(), late=late).xml == HELLO


@pytest.mark.parametrize("late", [-86_400, -301, -300.5, 300.5, 301, 86_400])
def test_a_delivery_from_further_away_is_stale(late: float) -> None:
    assert reason(a_delivery(), late=late) == "envelope.stale"


@pytest.mark.parametrize("part", ["timestamp", "nonce", "token", "encrypt", "plain"])
def test_a_signature_over_anything_else_is_refused(part: str) -> None:
    delivery = a_delivery()
    changed = {
        "timestamp": with_query(delivery, timestamp=(str(AT + 1),)),
        "nonce": with_query(delivery, nonce=("415670742",)),
        "token": platform.deliver(platform.sealed(HELLO, appid=APPID), at=AT, token="anotherToken"),
        "encrypt": Delivery(delivery.query, a_delivery(b"<xml/>").body),
        "plain": with_query(delivery, msg_signature=delivery.query["signature"]),
    }

    assert reason(changed[part]) == "envelope.signature"


def test_the_plain_signature_does_not_open_a_sealed_message() -> None:
    delivery = with_query(a_delivery(), msg_signature=("0" * 40,))

    assert reason(delivery) == "envelope.signature"


# The Encrypt element.


def around(template: str, *, sealed: str | None = None) -> Delivery:
    """The sealed greeting where `template` says ``{}``, rightly signed."""
    text = platform.sealed(HELLO, appid=APPID) if sealed is None else sealed
    return platform.deliver(text, at=AT, body=template.replace("{}", text).encode())


@pytest.mark.parametrize(
    "template",
    [
        "<xml><Encrypt>{}</Encrypt></xml>",
        "<xml><Encrypt><![CDATA[{}]]></Encrypt></xml>",
        "<xml><Encrypt>\n  <![CDATA[{}]]>\n</Encrypt></xml>",
        "<xml><Content><![CDATA[你好]]></Content><MsgId>1</MsgId><Encrypt><![CDATA[{}]]></Encrypt></xml>",
        "<xml><Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content><Encrypt><![CDATA[{}]]></Encrypt></xml>",
        "<xml><Content><![CDATA[<!-- ]]></Content><Encrypt><![CDATA[{}]]></Encrypt></xml>",
        "<xml><!-- <Encrypt>AAAA</Encrypt> --><Encrypt><![CDATA[{}]]></Encrypt></xml>",
    ],
)
def test_the_sealed_part_is_found_however_it_is_written_and_whatever_followers_write(template: str) -> None:
    assert opened(around(template)).xml == HELLO


@pytest.mark.parametrize(
    "template",
    [
        "",
        "<xml></xml>",
        "<xml><Encrypt></Encrypt></xml>",
        "<xml><Encrypt/></xml>",
        "<xml><Encrypt>{}</xml>",
        "<xml><Encrypt>{}</Encrypt><Encrypt>{}</Encrypt></xml>",
        "<xml><Encrypt>{}</Encrypt><Encrypt>AAAA</Encrypt></xml>",
        '<xml><Encrypt a="b">{}</Encrypt></xml>',
        '<xml Encrypt="{}"></xml>',
        "<xml><!-- <Encrypt>{}</Encrypt> --></xml>",
        "<xml><!-- <Encrypt>{}</Encrypt></xml>",
        "<xml><Content><![CDATA[<Encrypt>{}</Encrypt>]]></Content></xml>",
        "<xml><Content><![CDATA[<Encrypt>{}</Encrypt></Content></xml>",
        "<xml><encrypt>{}</encrypt></xml>",
        "<xml><x:Encrypt>{}</x:Encrypt></xml>",
        "<xml><Encrypt><Encrypt>x</Encrypt>{}</Encrypt></xml>",
        "<xml><Encrypt>%20{}</Encrypt></xml>",
        '{"Encrypt": "{}"}',
    ],
)
def test_what_is_no_single_sealed_element_is_refused(template: str) -> None:
    assert reason(around(template)) in ("envelope.encrypt", "envelope.signature")


@pytest.mark.parametrize(
    "unit", ["<Encrypt>", "<Encrypt><![CDATA[", "<![CDATA[", "<!--", "<Encrypt>A", "<Encrypt> ", "]]>"]
)
def test_a_body_made_to_be_slow_to_search_is_not(unit: str) -> None:
    delivery = Delivery(a_delivery().query, (unit * 65_536)[:65_536].encode())
    began = time.perf_counter()

    assert reason(delivery) == "envelope.encrypt"

    assert time.perf_counter() - began < 1


# What is inside.


@pytest.mark.parametrize(
    "sealed",
    [
        "AAAA",
        "A" * 43,
        "=",
        "A=" * 16,
        "====",
        platform.sealed(HELLO, appid=APPID)[:-4],
        platform.sealed(HELLO, appid=APPID)[:-1],
        "AAAA=" + platform.sealed(HELLO, appid=APPID),
        "=" + platform.sealed(HELLO, appid=APPID),
        platform.sealed(HELLO, appid=APPID, key=STRANGERS_KEY),
        platform.encrypted(bytes(16), key=KEY),
        platform.encrypted(bytes([16]) * 16, key=KEY),
        platform.encrypted(bytes([32]) * 16, key=KEY),
        platform.encrypted(bytes([32]) * 32, key=KEY),
        platform.encrypted(bytes([13]) * 32, key=KEY),
    ],
    ids=range(15),
)
def test_what_no_key_of_ours_has_sealed_is_refused(sealed: str) -> None:
    assert reason(platform.deliver(sealed, at=AT)) == "envelope.decrypt"


@pytest.mark.parametrize("last", [0, 33, 34, 128, 255])
def test_a_padding_of_no_possible_length_is_refused(last: int) -> None:
    blocks = platform.padded(platform.framed(HELLO + b" " * 64, appid=APPID))[:-1] + bytes([last])

    assert reason(platform.deliver(platform.encrypted(blocks, key=KEY), at=AT)) == "envelope.decrypt"


@pytest.mark.parametrize("pad", [33, 48, 64, 255])
def test_a_padding_longer_than_a_block_is_refused_however_consistent(pad: int) -> None:
    frame = platform.framed(b"x" * ((-pad - 38) % 16), appid=APPID)

    blocks = frame + bytes([pad]) * pad

    assert len(blocks) % 16 == 0
    assert reason(platform.deliver(platform.encrypted(blocks, key=KEY), at=AT)) == "envelope.decrypt"


def test_a_padding_that_contradicts_itself_is_refused() -> None:
    blocks = bytearray(platform.padded(platform.framed(b"x" * 60, appid=APPID)))
    assert blocks[-1] > 2
    blocks[-2] ^= 1

    assert reason(platform.deliver(platform.encrypted(bytes(blocks), key=KEY), at=AT)) == "envelope.decrypt"


@pytest.mark.parametrize("length", [0, 1, len(HELLO) - 1, len(HELLO) + 1, len(HELLO) + 18, 10_000, 2**31, 2**32 - 1])
def test_a_wrong_length_is_refused(length: int) -> None:
    blocks = platform.padded(platform.framed(HELLO, appid=APPID, length=length))

    assert reason(platform.deliver(platform.encrypted(blocks, key=KEY), at=AT)) == "envelope.decrypt"


@pytest.mark.parametrize(
    "appid", ["", "wx0000000000000000", APPID + "0", APPID[:-1], "0" + APPID, APPID.upper(), "微信"]
)
def test_a_message_for_another_account_is_refused(appid: str) -> None:
    assert reason(a_delivery(appid=appid)) == "envelope.decrypt"


@given(st.binary(max_size=300), st.booleans())
def test_random_ciphertext_is_refused_and_nothing_else(blocks: bytes, whole: bool) -> None:
    text = platform.encrypted(blocks[: len(blocks) // 16 * 16], key=KEY) if whole else blocks.hex()
    delivery = platform.deliver(text or "A", at=AT)

    assert reason(delivery) == "envelope.decrypt"


@given(
    st.dictionaries(st.sampled_from(("timestamp", "nonce", "msg_signature")), st.lists(st.text(), max_size=2)),
    st.binary(),
)
def test_random_deliveries_are_refused_and_nothing_else(query: dict[str, list[str]], body: bytes) -> None:
    assert reason(Delivery({**a_delivery().query, **query}, body)).startswith("envelope.")


@given(st.binary(max_size=120))
def test_one_changed_bit_anywhere_is_noticed(noise: bytes) -> None:
    text = platform.sealed(HELLO, appid=APPID)
    at = (sum(noise) * 31) % (len(text) - 4)
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]

    assert reason(Delivery(a_delivery().query, platform.deliver(changed, at=AT).body)) == "envelope.signature"


def test_wechatpy_opens_what_we_seal_and_we_open_what_it_seals() -> None:
    peer = WeChatCrypto("Token0Of0The0Shop", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef")
    key = base64.b64decode("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=")
    words = "<xml><Content><![CDATA[草莓 🍓]]></Content></xml>"

    ours = envelope.seal(
        words, key=key, nonce="nonce", token="Token0Of0The0Shop", appid="wx0123456789abcdef", at=1772589600
    )
    theirs = xmltodict.parse(peer.encrypt_message(words, "nonce", "1772589600"))["xml"]["Encrypt"]

    signed = xmltodict.parse(ours)["xml"]["MsgSignature"]
    assert peer.decrypt_message(ours, signed, "1772589600", "nonce") == words
    assert envelope.decrypt(theirs, key=key, appid="wx0123456789abcdef") == words.encode()
