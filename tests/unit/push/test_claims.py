"""What a claim writes."""

import pytest

from chalicelib.push.claims import claimed
from chalicelib.sending.verdict import Known
from chalicelib.store.quota import Quota
from chalicelib.store.switches import Switches
from tests.builders import ACCOUNT, NOON, a_push


def test_nobody_is_claimed_whom_we_do_not_know() -> None:
    known = Known(NOON, Switches(ACCOUNT), Quota(ACCOUNT, "2026-03-04", "/cgi-bin/message/mass/send"))

    with pytest.raises(ValueError, match="whom we do not know"):
        claimed(a_push(), known, until=NOON, now=NOON)
