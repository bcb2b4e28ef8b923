"""What an account's event keys must be like."""

import pytest

from chalicelib.errors import CredentialsError
from chalicelib.event_keys import EventKeys

SECRET = "7e" * 32


def test_keys_are_read_by_name_and_do_not_show_their_secrets() -> None:
    keys = EventKeys.from_json(f'{{"crm": "{SECRET}"}}', parameter="/events/shop")

    assert keys.secrets == {"crm": SECRET}
    assert SECRET not in repr(keys)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"crm": 5}', '{"crm": "short"}', f'{{"CRM": "{SECRET}"}}', f'{{"crm": "{SECRET.upper()}"}}',
     '{"a":' * 5_000],
)  # fmt: skip
def test_what_is_malformed_is_told_without_a_value(text: str) -> None:
    with pytest.raises(CredentialsError) as raised:
        EventKeys.from_json(text, parameter="/events/shop")

    assert str(raised.value) == "parameter /events/shop is not a JSON object of key names and secrets"
