"""The short part of `make simulate`: every flow, a sample of what can go wrong, the variants that must be caught."""

from pathlib import Path
from random import Random

import pytest

from tests.simulation import runs
from tests.simulation.__main__ import main
from tests.simulation.evidence import Evidence
from tests.simulation.flows import FLOWS, found, play
from tests.simulation.plans import SINGLES, TIMELY, Plan, Strike, pairs, singles
from tests.simulation.report import BEGIN, END, Report, written_into
from tests.simulation.runs import Tally
from tests.simulation.schedules import play_schedule
from tests.simulation.variants import BROKEN, Variant

SAMPLE = 6
CAUGHT_IN = {
    "receipt-first": "message.newcomer",
    "message-id": "message.same_id",
    "unfenced-job": "message.newcomer",
    "blind-erasure": "unfollow.return",
    "lost-update": "event.popup",
    "naive-sender": "push.template",
    "powertools-sender": "push.kefu",
}


@pytest.mark.parametrize("flow", FLOWS)
def test_whatever_goes_wrong_once_or_twice_in_a_flow_every_promise_is_kept(flow: str) -> None:
    effects = runs.effects_of(flow)
    some = Random(f"{flow} today")
    plans = [
        Plan(flow),
        *some.sample(list(singles(flow, effects)), SAMPLE),
        *some.sample(list(pairs(flow, effects)), SAMPLE),
    ]

    assert [(str(plan), violated) for plan in plans if (violated := runs.replayed(str(plan)))] == []


@pytest.mark.parametrize("slow", range(8, 16))
def test_a_cold_process_whose_table_is_slow_never_says_that_it_does_not_know(slow: int) -> None:
    throttled = tuple(Strike(at, "throttled") for at in range(1, slow))

    assert found(FLOWS["message.cold"], throttled) == []


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_whatever_the_weather_every_promise_is_kept(start: int) -> None:
    found = [(words, violated) for words in runs.schedule_words(25, start=start) if (violated := runs.replayed(words))]

    assert found == []


@pytest.mark.parametrize("variant", BROKEN, ids=lambda variant: variant.name)
def test_a_system_that_is_broken_on_purpose_is_caught(variant: Variant) -> None:
    count, caught = runs.hunt(variant, (CAUGHT_IN[variant.name],))

    assert caught is not None, f"{count} runs found nothing"


def test_a_seed_repeats_a_schedule_exactly() -> None:
    once, again = play_schedule(7), play_schedule(7)

    assert once.items == again.items
    assert list(once.pushes.values()) == list(again.pushes.values())


def test_an_operator_repeats_a_run_by_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    command = runs.repeat_command("message.same_id", BROKEN[1])

    code = main(command.split()[3:])

    assert code == 1
    assert "accepted_pushes_are_settled" in capsys.readouterr().out
    assert main(["replay", "message.same_id"]) == 0


def test_every_kind_of_trouble_can_be_written_down_and_read_again() -> None:
    plan = Plan("follow.new", tuple(Strike(at, kind) for at, kind in enumerate(SINGLES)))

    assert Plan.read(str(plan).split()) == plan
    with pytest.raises(ValueError, match="no such kind"):
        Strike.read("3:earthquake")


def test_a_whole_run_says_what_it_did_and_writes_it_into_its_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "reliability.md"
    page.write_text(f"# Before\n{BEGIN}\nold\n{END}\nAfter\n")

    code = main(["--flow", "menu.click", "--schedules", "5", "--processes", "1", "--into", str(page)])

    said = capsys.readouterr().out
    assert code == 0
    assert "5 random schedules, 0 with violations" in said
    assert page.read_text() == f"# Before\n{BEGIN}\n\n```text\n{said}```\n\n{END}\nAfter\n"


def test_a_violation_is_shown_with_the_command_that_repeats_it(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    tally.add(("follow.new 3:crash_after", ["jobs_end_once: member.profile is lost"]))

    Report().end([tally])

    said = capsys.readouterr().out
    assert "1 runs, 1 with violations" in said
    assert "jobs_end_once: member.profile is lost\n  python -m tests.simulation replay follow.new 3:crash_after" in said


def test_a_variant_that_gets_away_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    Report().variant("sly", 2_000, None)

    assert "NOT CAUGHT" in capsys.readouterr().out
    with pytest.raises(ValueError, match="the page lacks"):
        written_into("# A page without figures", ())


@pytest.mark.parametrize("kind", TIMELY)
def test_what_happens_meanwhile_really_happens(kind: str) -> None:
    calm, _ = play(FLOWS["message.member"])
    struck, _ = play(FLOWS["message.member"], (Strike(1, kind),))

    assert deliveries(struck) > deliveries(calm)


def deliveries(seen: Evidence) -> int:
    return sum(len(push.answers) for push in seen.pushes.values())
