"""What leaves as a spreadsheet or a draft comes back as it was: on the whole entry model, whatever is written in it."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.faq import publishing
from chalicelib.store.faq_entry import KeywordKind
from chalicelib.store.release import Answer, Channel, Conditions, FaqEntry, Keyword, Release
from infra import faq_file, faq_formats
from tests.support.project import ROOT

SAID = (
    "积分优惠券新客老客，。！,\"'“”=+-@＝＋－＠0123456789 \t\n\\/;|:#&*?%{}[]<>`~!é한ｆｕｌｌ\u3000\u2028"
    "\N{SEEDLING}\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}_x000D_x005F_"
)
WRITTEN = (
    "=1+1", "'=1+1", "''=1", "-2", "+8613800000000", "@某人", "007", "0571", "123456789012345678", "＝SUM(A1)", "'",
    '"', '"新人"', "a,b", "第一行\n第二行", "- 满 39 减 12\n- 首单免配送", "是", "no", "null", "~", "21:00",
    "2026-08-01", "1e5", "_x000D_", "x005F_", "_x005F_", "# 不是注释", "a: b", "|", ">", "\u2028甲", "#N/A",
    "TRUE", r"\d{2}\n",
)  # fmt: skip


def texts(*, most: int = 12, least: int = 0) -> st.SearchStrategy[str]:
    """Without spaces around them, as files are read."""
    drawn = st.one_of(
        st.sampled_from(WRITTEN), st.text(SAID, max_size=most), st.text(st.sampled_from("0'=-1"), max_size=4)
    )
    return drawn.map(lambda text: text[:most].strip()).filter(lambda text: len(text) >= least)


def spoken(*, most: int = 12) -> st.SearchStrategy[str]:
    """Something that has a word in it."""
    return texts(most=most).map(lambda text: f"{text}积分".strip())


TAGS = st.lists(st.builds(lambda text: f"{text}客", texts(most=8)), max_size=3).map(tuple)
SOME = st.lists(spoken(), max_size=3).map(tuple)
PATTERNS = st.sampled_from((r"礼盒.*(订|买)", r"\d{4}号", "[=+]积分", '"券"', r"积\n分"))
CLOCK = st.sampled_from(("00:00", "08:30", "09:00", "22:00", "24:00"))
DAYS = st.sampled_from(("", "2026-08-01"))
SCENES = ("store-01", "007", "=poster", "海报,甲")
URLS = st.sampled_from(('https://example.com/a?b=1,2&c="d"', "http://example.com"))


@st.composite
def keywords(draw: st.DrawFn) -> tuple[Keyword, ...]:
    """In the order in which files list their kinds."""
    kinds: tuple[KeywordKind, ...] = get_args(KeywordKind)
    return tuple(
        Keyword(kind, pattern)
        for kind in kinds
        for pattern in draw(st.lists(PATTERNS if kind == "regex" else spoken(), max_size=2))
    )


CHANNELS = st.sampled_from(("", *SCENES))
ANSWERS = st.one_of(
    st.builds(lambda text, channel: Answer(text=text, channel=channel), spoken(most=40), CHANNELS),
    st.builds(lambda image, channel: Answer("image", media_id=image, channel=channel), spoken(), CHANNELS),
    st.builds(
        lambda title, description, url, picture, channel: Answer(
            "article", title=title, description=description, url=url, picture_url=picture, channel=channel
        ),
        spoken(),
        texts(),
        URLS,
        st.one_of(st.just(""), URLS),
        CHANNELS,
    ),
)  # fmt: skip
HOURS = st.one_of(st.just(("", "")), st.tuples(CLOCK, CLOCK))
CONDITIONS = st.builds(
    lambda first, last, hours, only, no: Conditions(
        first, last and "2026-10-06", hours[0], hours[1], only, tuple(set(no) - set(only))
    ),
    DAYS,
    DAYS,
    HOURS,
    TAGS,
    TAGS,
)


@st.composite
def releases(draw: st.DrawFn) -> Release:
    """Anything that could be published, but for whole messages that belong to two entries."""
    ids = draw(
        st.lists(st.sampled_from(("box", "007", "-2", "-a", "_x", "123456789012", "E1")), unique=True, max_size=3)
    )
    return Release(
        version=0,
        entries=tuple(
            FaqEntry(
                entry_id,
                title=draw(spoken()),
                answer=draw(spoken(most=60)),
                questions=draw(SOME),
                keywords=draw(keywords()),
                unless=draw(SOME),
                answers=tuple(draw(st.lists(ANSWERS, max_size=3))),
                priority=draw(st.integers(-999, 999)),
                human=draw(st.booleans()),
                add_tags=draw(TAGS),
                remove_tags=draw(TAGS),
                conditions=draw(CONDITIONS),
            )
            for entry_id in ids
        ),
        channels=tuple(Channel(scene, draw(spoken()), draw(texts(most=40))) for scene in SCENES),
        welcome=draw(texts(most=60)),
        service_from=draw(CLOCK),
        service_until=draw(CLOCK),
        words=draw(st.dictionaries(st.sampled_from(("shop", "phone")), texts())),
        feedback=draw(st.booleans()),
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(release=releases())
@example(release=Release(0, (FaqEntry("a", "_x000D_积分", "好"),), words={"shop": "_x005f_x000D_", "phone": "x005F_"}))
def test_what_is_exported_is_imported_as_it_was(ending: str, release: Release, tmp_path: Path) -> None:
    file = tmp_path / f"faq.{ending}"

    faq_formats.write(file, release)
    draft = faq_formats.read(file)

    assert draft.flaws == ()
    assert draft.release == release


@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml"])
def test_the_demo_shop_moves_out_and_in_again(ending: str, tmp_path: Path) -> None:
    shop = faq_file.read(ROOT / "infra/local/demo/shop.yaml")
    file = tmp_path / f"青禾生鲜.{ending}"

    faq_formats.write(file, shop)
    draft = faq_formats.read(file)

    assert draft.release == shop
    assert (draft.flaws, draft.notes) == ((), ())
    assert publishing.check(draft.release) == ()
