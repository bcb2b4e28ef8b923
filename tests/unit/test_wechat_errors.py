"""Every code of WeChat's has the class that tells the caller what to do."""

import time
from collections.abc import Iterator

import pytest

from chalicelib.errors import AppError
from chalicelib.wechat import codes, errors
from chalicelib.wechat.codes import error_for
from chalicelib.wechat.errors import AlreadyAccepted, LoginAgain, NotAllowed, Partial, TokenRefused, UnknownCode

EXPECTED = """
-1 Busy
40001 TokenRefused
40002 OurMistake
40003 RecipientGone
40004..40007 OurMistake
40008 OurMistake
40009..40012 OurMistake
40013 NotAllowed
40014 TokenRefused
40015..40027 OurMistake
40029 LoginAgain
40030 LoginAgain
40031 40032 OurMistake
40033 OurMistake
40035 40097 OurMistake
40036 40037 ContentRefused
40038 OurMistake
40039 40048 ContentRefused
40050 40051 40117 OurMistake
40052 40053 OurMistake
40054 40055 NotAllowed
40059 40060 40065 OurMistake
40062 OurMistake
40066 40068 ContentRefused
40092 OurMistake
40102 40103 OurMistake
40114 OurMistake
40118..40121 OurMistake
40125 NotAllowed
40130 OurMistake
40132 OurMistake
40137 OurMistake
40152 OurMistake
40163 LoginAgain
40164 NotAllowed
40165 40166 ContentRefused
40200 NotAllowed
40243 NotAllowed
40246 40247 OurMistake
40249 ContentRefused
41001 OurMistake
41002 41004 NotAllowed
41003 41005 41006 41007 41008 41009 OurMistake
41030 ContentRefused
41039 45166 OurMistake
41040 ContentRefused
42001 TokenRefused
42002 LoginAgain
42003 LoginAgain
42007 LoginAgain
42010 MinuteLimit
43001 43002 43003 OurMistake
43004 RecipientGone
43005 OurMistake
43019 RecipientGone
43100 DayLimit
43101 NoCredit
43104 NotAllowed
43106 NotAllowed
43107 NotAllowed
43116 ContentRefused
44001..44004 OurMistake
44990 MinuteLimit
45001..45007 OurMistake
45008 OurMistake
45009 DayLimit
45010 DayLimit
45011 MinuteLimit
45012..45014 ContentRefused
45015 NoWindow
45016..45018 OurMistake
45026 NotAllowed
45028 MonthLimit
45029 NotAllowed
45036 RecipientMonthLimit
45047 NoWindow
45056 NotAllowed
45057 45058 OurMistake
45059 RecipientGone
45062 NotAllowed
45064 NotAllowed
45065 AlreadyAccepted
45066 MinuteLimit
45067 OurMistake
45072 45080 45081 Harmless
45083 45084 OurMistake
45087 45093 45094 NotAllowed
45098 45099 OurMistake
45102 45501 NotAllowed
45103 45109 45113 46101 48009 OurMistake
45157 45158 45159 OurMistake
45162 OurMistake
45169 Busy
45171 Partial
46001..46004 OurMistake
47001 47002 OurMistake
47003 ContentRefused
48001 NotAllowed
48002 RecipientGone
48003 NotAllowed
48004 NotAllowed
48005 OurMistake
48006 MonthLimit
48008 NotAllowed
48011 ContentRefused
48021 48022 ContentRefused
49003 RecipientGone
50001 NotAllowed
50002 RecipientGone
50004 50007 NotAllowed
50005 RecipientGone
53404..53406 ContentRefused
53503..53505 ContentRefused
53600 OurMistake
61004 NotAllowed
61007 61016 NotAllowed
61450 Busy
61451..61457 OurMistake
61500 61501 OurMistake
61503 Busy
65301..65320 OurMistake
65400 NotAllowed
65401..65412 OurMistake
65413 65414 65415 Busy
65416 65417 OurMistake
70000 RecipientGone
76001..76004 Harmless
76021 76022 OurMistake
89501 89502 89503 WaitingForAdmin
89504 89505 WaitingForAdmin
89506 89507 NotAllowed
200002 200014 200016..200022 OurMistake
200011 NotAllowed
200013 ContentRefused
200012 NotAllowed
9001001..9001010 OurMistake
9410010..9410012 OurMistake
9500001 9500002 Busy
268487001 268487002 268488001 Busy
"""


def expected() -> Iterator[tuple[int, str]]:
    for line in EXPECTED.split("\n")[1:-1]:
        *spans, name = line.split()
        for span in spans:
            first, _, last = span.partition("..")
            for code in range(int(first), int(last or first) + 1):
                yield code, name


def test_every_code_of_the_platform_has_its_class() -> None:
    table = dict(expected())

    found = {code: type(error_for(code)).__name__ for code in table}

    assert found == table
    assert len(table) > 200


def test_no_code_is_known_beyond_the_table() -> None:
    table = dict(expected())

    known = [code for code in range(-2, 100_000) if not isinstance(error_for(code), UnknownCode)]

    assert known == sorted(code for code in table if code < 100_000)


def test_no_code_stands_in_two_rows() -> None:
    rows = [code for meanings in codes.ROWS.values() for text in meanings for code in codes.codes_in(text)]

    assert len(rows) == len(set(rows)) == len(dict(expected()))


def test_a_code_that_nobody_knows_is_named_so() -> None:
    error = error_for(99_999, "something new rid: 6523a1b2-1a2b3c4d-5e6f7081")

    assert isinstance(error, UnknownCode)
    assert str(error) == "99999 unknown code (rid 6523a1b2-1a2b3c4d-5e6f7081)"


@pytest.mark.parametrize("path", ["/cgi-bin/token", "/cgi-bin/stable_token"])
def test_a_refused_credential_where_tokens_are_fetched_is_a_wrong_app_secret(path: str) -> None:
    there, elsewhere = error_for(40001, path=path), error_for(40001, path="/cgi-bin/user/info")

    assert type(there) is NotAllowed
    assert type(elsewhere) is TokenRefused


@pytest.mark.parametrize("code", [48001, 50001])
def test_a_follower_who_authorised_too_little_logs_in_again(code: int) -> None:
    there, elsewhere = error_for(code, path="/sns/userinfo"), error_for(code, path="/cgi-bin/user/info")

    assert type(there) is LoginAgain
    assert type(elsewhere) is NotAllowed


def test_the_operator_reads_code_meaning_and_rid_and_finds_the_words_of_wechat() -> None:
    said = "invalid ip 203.0.113.9, not in whitelist rid: 6523a1b2-1a2b3c4d-5e6f7081"

    error = error_for(40164, said)

    assert str(error) == "40164 our IP is not in the account's allow-list (rid 6523a1b2-1a2b3c4d-5e6f7081)"
    assert (error.code, error.rid) == (40164, "6523a1b2-1a2b3c4d-5e6f7081")
    assert error.message == "invalid ip 203.0.113.9, not in whitelist"


@pytest.mark.parametrize(
    "secret",
    [
        "oABCDEFGHIJKLMNOPQRSTUVWXY12",
        "0123456789abcdef0123456789abcdef",
        "90_" + "Ab-_" * 33,
    ],
    ids=["openid", "AppSecret", "token"],
)
def test_what_wechat_repeats_of_a_secret_is_left_out(secret: str) -> None:
    error = error_for(40003, f"invalid value [{secret}]\nlog line two rid: 6523a1b2-1a2b3c4d-5e6f7081")

    assert error.message == "invalid value […] log line two"
    assert secret not in repr(error)


def test_an_endless_message_is_cut() -> None:
    error = error_for(47003, "argument " * 1000)

    assert len(error.message) <= errors.LONGEST


def test_some_of_a_batch_failed_and_are_named_for_the_caller_only() -> None:
    error = error_for(45171, "partial", answer={"fail_openid_list": ["oABC", "oDEF"]})

    assert isinstance(error, Partial)
    assert error.failed == ("oABC", "oDEF")
    assert "oABC" not in f"{error} {error!r}"


def test_a_send_that_was_taken_before_tells_its_message() -> None:
    error = error_for(45065, "clientmsgid exist", answer={"msg_id": 1000001})

    assert isinstance(error, AlreadyAccepted)
    assert error.msg_id == "1000001"


def test_a_batch_or_a_repeated_send_without_details_has_empty_ones() -> None:
    partial, accepted = error_for(45171, answer={"fail_openid_list": None}), error_for(45065)

    assert isinstance(partial, Partial)
    assert partial.failed == ()
    assert isinstance(accepted, AlreadyAccepted)
    assert accepted.msg_id == ""


@pytest.mark.parametrize("listed", [1, 1.5, True, "oABC", {"oABC": 1}])
def test_a_list_of_failed_openids_that_is_none_is_left_out(listed: object) -> None:
    error = error_for(45171, answer={"fail_openid_list": listed})

    assert isinstance(error, Partial)
    assert error.failed == ()


@pytest.mark.parametrize("unit", [" ", "\n", "rid: ", "rid:", "a1b2c3-"])
def test_an_endless_message_of_wechat_is_read_at_once(unit: str) -> None:
    began = time.process_time()

    error = error_for(45009, unit * 200_000)

    assert time.process_time() - began < 0.5
    assert len(error.message) <= 200


def test_every_class_says_what_the_caller_can_do() -> None:
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, AppError)]

    assert all(cls.__doc__ for cls in classes)
