"""A short run of `make fuzz`, what it once found, and the proof that it would find it again."""

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.callbacks import edge
from chalicelib.web import Answer, Request
from tests.fuzz import corpus
from tests.fuzz.__main__ import main
from tests.fuzz.arena import Doors, Serve
from tests.fuzz.blocks import Plan, replayed, run_block
from tests.fuzz.campaign import BESIDE, CALLBACKS, Campaign, table
from tests.fuzz.cases import Case

SEED = 20260304
EACH = {"message": 500, "chat": 500, "bytes": 400, "forged": 400, "verify": 200, "faq files": 60}
"""Cases of each target; of the others there are 200."""


@pytest.mark.parametrize("target", [*CALLBACKS, *BESIDE])
def test_hostile_input_finds_no_fault(target: str) -> None:
    result = run_block(Plan(target, SEED, number=0, size=EACH.get(target, 200)))

    assert result.findings == {}
    assert result.outcomes.total() == EACH.get(target, 200)


@pytest.mark.parametrize("case", corpus.load(corpus.REGRESSIONS), ids=lambda case: case.target)
def test_what_was_a_fault_once_is_none_again(case: Case) -> None:
    assert replayed((case,)) == ""


def test_the_same_seed_draws_the_same_cases() -> None:
    plan = Plan("message", SEED, number=1, size=100)

    assert run_block(plan).outcomes == run_block(plan).outcomes
    assert run_block(plan).outcomes != run_block(replace(plan, seed=SEED + 1)).outcomes


def believing(request: Request) -> Answer:
    """An edge that answers whoever asks."""
    answer = edge.receive(request)
    return Answer(200, "success") if answer.status == 403 else answer


def falling(request: Request) -> Answer:
    """An edge that cannot read an emoji."""
    if b"\xf0\x9f" in request.body:
        raise ValueError("no emoji, please")
    return edge.receive(request)


def telling(request: Request) -> Answer:
    """An edge that says why it refuses."""
    answer = edge.receive(request)
    return Answer(403, "the signature is wrong") if answer.status == 403 else answer


def chatting(request: Request) -> Answer:
    """An edge that prints what came in."""
    print(request.body.decode(errors="replace"))
    return edge.receive(request)


def forgetting(request: Request) -> Answer:
    """An edge that answers a retry as if it were another message."""
    if request.query["nonce"] == ("another-nonce",):
        return Answer(200, "success")
    return edge.receive(request)


@pytest.mark.parametrize(
    ("receive", "target", "why"),
    [
        (believing, "forged", "a delivery that nobody vouches for is believed"),
        (telling, "forged", "a refusal that tells something"),
        (falling, "chat", "ValueError at the fuzzer itself"),
        (forgetting, "chat", "a retry is answered differently"),
    ],
)
def test_an_edge_that_is_broken_is_found_out(receive: Serve, target: str, why: str) -> None:
    result = run_block(Plan(target, SEED, number=2, size=120), Doors(receive=receive))

    assert why in result.findings
    assert len(result.findings[why]) <= 2


def test_what_followers_write_is_not_printed_unnoticed() -> None:
    result = run_block(Plan("message", SEED, number=3, size=200), Doors(receive=chatting))

    assert set(result.findings) >= {"an openid in the log"}


def test_a_finding_is_made_short_and_can_be_run_again(tmp_path: Path) -> None:
    result = run_block(Plan("chat", SEED, number=2, size=120), Doors(receive=falling))
    (story,) = result.findings.values()
    path = tmp_path / "finding.json"
    corpus.write_finding(path, "ValueError", story)

    again = corpus.read_finding(path)

    assert again == tuple(story)
    assert len(again[0].parts["xml"]) < 100
    assert replayed(again, Doors(receive=falling)) == "ValueError at the fuzzer itself"
    assert replayed(again) == ""


def test_the_command_that_a_finding_is_printed_with_runs_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "finding.json"
    corpus.write_finding(path, "was mended", corpus.load(corpus.REGRESSIONS)[:1])

    assert main(["replay", str(path)]) == 0

    assert "no oracle objects" in capsys.readouterr().out


def test_a_campaign_shares_its_callbacks_among_the_targets_and_tells_what_came_of_them() -> None:
    campaign = Campaign(callbacks=1_000_000, seed=1)

    sizes = {name: sum(plan.size for plan in campaign.plans() if plan.target == name) for name in CALLBACKS}
    campaign.results["verify"] = run_block(Plan("verify", SEED, number=0, size=20))

    assert sum(sizes.values()) == 1_000_000
    assert sizes["message"] == 400_000
    assert campaign.answered() == 20
    assert "| verify | 20 | 0 |" in table(campaign)
