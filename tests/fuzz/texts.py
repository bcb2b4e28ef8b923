"""What a hostile follower, operator or platform might write where a text is expected."""

from random import Random

SECRET = "Geheimnis7"
"""Marks what followers write. It may be found in no log line."""
OPENID = "oFuzz0000000000000000000"
"""What every drawn openid begins with; the same holds for it."""

SAID = (
    "退订", "TD", "t", "订阅", "我的数据", "删除我的数据", "确认删除", "取消", "人工", "转人工", "退出人工", "取消订阅",
    "1", "2", "3", "４", "第二个", "都不是", "0", "-1", "1" * 40, "新", "老", "会员卡", "几点开门", "发票怎么开",
    "配送范围和运费是多少", "我买的草莓坏了怎么办", "积分", "。退订！", "ｔｄ", "T\u0307d", "退\u200b订",
    "你好", "在吗？？？",
)  # fmt: skip
"""What the system listens for, and its neighbours."""
NASTY = (
    "", " ", "\n", "\t\r\n", "]]>", "]]]]><![CDATA[>", "<xml>", "</xml>", "<!DOCTYPE x>", "<!ENTITY a \"b\">",
    "&amp;", "&#0;",
    "<Encrypt>AAAA</Encrypt>", "\x00", "\x08", "\x1b[31m", "\ufffe", "\uffff", "\ud800", "\udfff\ud800",
    "\ufeff", "\u202eabc",
    "\u200d", "👨‍👩‍👧‍👦" * 9, "🇨🇳" * 50, "\U0010ffff", "ﷺ", "ﷺ" * 900, "ﬃ", "İ", "ß", "K", "ǅ", "가",
    "각" * 300, "ｱﾞ", "①", "½", "²", "١٢٣",
    "e\u0301" * 200, "\u0300\u0316", "\u0316\u0300" * 350, "a" + "\u0301" * 400, "z̴̛͎̲̗̐̓͋", "%s%n%x", "{}",
    "{0.__class__}", "${jndi:ldap://127.0.0.1/a}",
    "'; DROP TABLE members; --", "../../etc/passwd", "__proto__", "null", "None", "nan", "inf", "-0", "1e999", "1_000",
    "0x10", "9" * 31, "9" * 32, "9" * 33, "9" * 5000, "-" + "9" * 31, "１２３", "1.5", "+1", "true", "A" * 64,
    "A" * 65, "o#PROFILE",
    "M#safe#x", "faq:hours", "faq:", "faq:" + "x" * 200, "cmd:human", "cmd:opt_out", "cmd:my_data", "cmd:",
    "qrscene_", "qrscene_" + "7" * 64,
    "accept", "reject", "0", "43101", "success", "failed:user block", "user block", "201,202", "999",
    "1772596800", "01772596800", "0177259680012345", "17725968000", "999999999", "9999999999", "4102444800",
    "-1772596800", "1772596800.0",
)  # fmt: skip
"""Values that have broken something somewhere."""
ALPHABETS = (
    "abc",
    "0123456789",
    " \n",
    "会员卡积分",
    "\u0300\u0316\u0345",
    "ﷺﬃ①",
    "<>&'\"]",
    "👍🏽🇨",
    "\u0640\u200b\u202e",
    '{}[]:,"\\',
)
MOST = 70_000
"""Characters of the longest text: more than the edge takes."""


def text(random: Random) -> str:
    """One hostile text, short most of the time."""
    match random.randrange(10):
        case 0 | 1 | 2:
            return random.choice(SAID)
        case 3 | 4 | 5:
            return random.choice(NASTY)
        case 6:
            return random.choice(SAID) + random.choice(NASTY) + random.choice(SAID)
        case 7:
            return _of(random, random.choice(ALPHABETS), min(MOST, many(random, 17) * many(random, 3)))
        case 8:
            return random.choice(NASTY) * many(random, 6)
        case _:
            return "".join(chr(random.choice((0x20, 0x300, 0x4E00, 0xAC00, 0x1F300)) + random.randrange(200))
                           for _ in range(random.randrange(60)))  # fmt: skip


def said(random: Random) -> str:
    """What a follower says: it bears the mark, unless it is a command."""
    return random.choice(SAID) if random.random() < 0.4 else text(random) + SECRET


def many(random: Random, magnitude: float) -> int:
    """How often: a few times as a rule, up to two to the power of `magnitude` now and then."""
    return int(2 ** random.uniform(0, magnitude if random.random() < 0.05 else 3))


def openid(random: Random) -> str:
    """One of few followers, so that what they do adds up."""
    return f"{OPENID}{random.randrange(12):04d}"


def raw(content: str) -> bytes:
    """As UTF-8, lone surrogates too, which no UTF-8 may hold."""
    return content.encode("utf-8", "surrogatepass")


def _of(random: Random, alphabet: str, size: int) -> str:
    """So many characters of an alphabet: a short pattern, repeated."""
    pattern = "".join(random.choices(alphabet, k=random.randrange(1, 9)))
    return (pattern * (size // len(pattern) + 1))[:size]
