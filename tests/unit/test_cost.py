"""What it costs is counted, and the page says what was counted."""

from pathlib import Path

import pytest

from infra import cost
from infra.prices import HOURS, MILLION, PRICES
from infra.usage import MESSAGE, NOTICE, uses

COUNTED = uses()
PAGE = Path(__file__).parents[2] / "docs" / "cost.md"


def test_an_answer_costs_two_round_trips_and_one_transaction() -> None:
    use = COUNTED[MESSAGE]

    assert use.runs["api_handler"].trips == 2
    assert use.writes == 6  # receipt, journal entry and member, twice as much each in a transaction
    assert use.sends == 0


def test_a_notice_costs_its_share_of_a_batch() -> None:
    use = COUNTED[NOTICE]

    assert use.runs["push_send"].invocations == 0.1
    assert use.runs["push_send"].wechat == 1
    assert use.runs["api_handler"].invocations == 2  # who asks for it, and WeChat's report on it


def test_the_log_is_counted_with_what_cloudwatch_adds_to_each_line() -> None:
    assert 100 < COUNTED[MESSAGE].log_bytes < 1_000


def test_an_answer_costs_what_its_units_cost() -> None:
    parts = cost.price(COUNTED[MESSAGE])

    assert parts["API Gateway"] * MILLION == pytest.approx(3.50)
    assert parts["DynamoDB"] * MILLION == pytest.approx(5 * 0.125 + 6 * 0.625)
    assert parts["SQS"] == 0
    assert 5 < sum(parts.values()) * MILLION < 12


def test_a_fixed_address_is_what_a_quiet_month_with_one_costs_more() -> None:
    without, with_one = (sum(cost.idle(fixed_egress=fixed).values()) for fixed in (False, True))

    assert with_one - without == pytest.approx(HOURS * (0.045 + 0.005))
    assert without < 20


def test_the_clocks_functions_are_those_of_the_app() -> None:
    runs = dict(cost._runs_a_month())

    assert (runs["tick"], runs["token_refresh"]) == (HOURS * 60, HOURS * 12)


def test_a_shop_ten_times_as_busy_pays_more_and_not_ten_times_more() -> None:
    small, _, large = (sum(cost.month(shop, COUNTED).values()) for shop in cost.SHOPS)

    assert small < 20
    assert small < large < 1_000


def test_every_price_names_where_it_is_published() -> None:
    assert all(price.source.startswith("https://aws.amazon.com/") for price in PRICES.values())


def test_the_figures_are_shown_or_take_the_place_of_the_old_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "cost.md"
    page.write_text(f"before\n{cost.BEGIN}\nold\n{cost.END}\nafter\n", encoding="utf-8")

    assert cost.main([]) == 0
    assert cost.main(["--into", str(page)]) == 0

    written, shown = page.read_text(encoding="utf-8"), capsys.readouterr().out
    assert "### Three shops, in dollars a month" in shown
    assert shown.strip() in written
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written


def test_a_page_without_a_place_for_figures_is_left_alone() -> None:
    with pytest.raises(ValueError, match="lacks"):
        cost.written_into("nothing here", ["x"])


def test_the_page_has_its_figures() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert text.index(cost.BEGIN) < text.index("### Counted, for one") < text.index(cost.END)
