"""Every rule that the platform's documents leave open, as a switch with a sane default."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from infra.local.wechat_simulator.limits import DAILY_LIMITS, MINUTE_LIMITS, PAY_RETRY_SECONDS
from infra.local.wechat_simulator.refusal import Refused

LARGEST = 1e10


def switch(default: Any, why: str) -> Any:  # any type: dataclasses.field is typed the same way
    """A field with its default and the reason why it is not simply a rule."""
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata={"why": why})
    return field(default=default, metadata={"why": why})


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How this WeChat behaves where sources disagree, or where nothing is published."""

    # Delivery
    deliveries: int = switch(3, "official: 'retries three times'; field reports: three requests in all; try 4")
    delivery_deadline_seconds: float = switch(5.0, "official; shorten it in tests only")
    retry_spacing_seconds: float = switch(5.0, "field reports: the attempts start about 5 s apart")
    retry_bad_status: bool = switch(True, "sources disagree whether a non-200 is sent again")
    retry_invalid_reply: bool = switch(False, "an answer that is no valid reply counts as 回应失败 at once")
    retry_unreachable: bool = switch(True, "whether retries go on after a refused connection is not published")
    retry_signs_again: bool = switch(True, "a retry has its own timestamp and nonce; from memory")
    breaker_failures: int = switch(30, "failures within the window that start MarkFail; 0 = never")
    breaker_window_seconds: float = switch(300.0, "alarm table: 30 failures in 5 minutes")
    breaker_pause_seconds: float = switch(60.0, "official: all pushes stop for 1 minute")
    sign_with_wall_clock: bool = switch(False, "sign with real time even when the clock was moved")
    error_text: str = switch(
        "该公众号提供的服务出现故障，请稍后再试", "newer clients; older: 该公众号暂时无法提供服务，请稍后再试"
    )
    error_shown_for: tuple[str, ...] = switch(
        ("subscribe", "SCAN", "CLICK", "scancode_waitmsg"), "events besides messages whose failure is visible"
    )
    answerable_events: tuple[str, ...] = switch(
        ("subscribe", "SCAN", "CLICK", "scancode_waitmsg", "LOCATION"), "events whose reply is shown; from memory"
    )
    empty_event_key: bool = switch(True, "follow and unfollow without a scene carry an empty EventKey")
    plain_reply_in_safe_mode: bool = switch(False, "whether safe mode would take an unencrypted reply")
    reply_nonce_must_match: bool = switch(False, "the docs use the request's nonce; no check is documented")
    reply_text_max_bytes: int = switch(2048, "length limit of a text reply, from memory")

    # Tokens and calls
    token_lifetime_seconds: int = switch(7200, "official")
    token_overlap_seconds: int = switch(300, "official: the old token works for 5 more minutes")
    force_refresh_per_day: int = switch(20, "official")
    force_refresh_spacing_seconds: float = switch(30.0, "official")
    wrong_secret_code: int = switch(40125, "40001 is documented too")
    ip_refused_code: int = switch(40164, "a guide page says 61004")
    refuse_unicode_escapes: bool = switch(True, "official: JSON must be raw UTF-8")
    api_latency_seconds: float = switch(0.0, "each API call takes this long")
    daily_limits: Mapping[str, int] = switch(DAILY_LIMITS, "calls per path and day; new account's figures")
    minute_limits: Mapping[str, int] = switch(MINUTE_LIMITS, "calls per path and minute; mostly unpublished")
    default_daily_limit: int = switch(1_000_000, "for paths without a published figure")
    utc_offset_hours: int = switch(8, "quota day and month turn at 00:00 Asia/Shanghai, from memory")
    clear_quota_resets_mass: bool = switch(False, "whether clear_quota also resets mass limits; assumed not")

    # Template and subscription messages
    template_finish_seconds: tuple[float, ...] = switch((0.1, 3.0), "when the finish event comes: from, to")
    template_failure_rate: float = switch(0.0, "share that ends in 'failed: system failed'")
    template_finish_events: bool = switch(True, "send finish events at all")
    template_limit: int = switch(25, "official")
    subscribe_template_limit: int = switch(25, "25 or 50, sources disagree")
    duplicate_client_msg_id: str = switch("same", "undocumented: 'same' msgid, a 'new' msgid, or errcode 'refuse'")
    client_msg_id_seconds: float = switch(600.0, "official: 10 minutes")
    client_msg_id_max: int = switch(32, "not published, assumed")
    overlong_thing_refused: bool = switch(True, "category templates: 47003 or cut; sources disagree")
    missing_keyword_refused: bool = switch(True, "47003 when the data lack a keyword of the template")
    marketing_refused: bool = switch(True, "40249 for words of marketing; the real list is secret")
    marketing_words: tuple[str, ...] = switch(
        ("红包", "优惠券", "代金券", "抵用券", "促销", "秒杀", "抽奖", "特价", "大酬宾", "限时抢购"),
        "words that 40249 looks for",
    )
    bizsend_returns_msgid: bool = switch(False, "only some SDK models have it")

    # Customer-service messages
    message_window: tuple[float, ...] = switch((5, 172800), "2023-06 rule: 5 messages within 48 hours")
    short_window: tuple[float, ...] = switch((3, 60), "2023-06 rule: 3 messages within 1 minute")
    windows_merge: bool = switch(True, "a trigger refills to the larger; stated for mini-programs only")
    custom_text_max_bytes: int = switch(2048, "from memory")
    muted_refuses_custom: bool = switch(True, "48002 for a follower who switched messages off")

    # Mass send, followers, QR codes
    mass_per_month: int = switch(4, "official: per follower and calendar month")
    mass_all_per_day: int = switch(1, "official: is_to_all once a day")
    mass_finish_seconds: tuple[float, ...] = switch((1.0, 10.0), "when MASSSENDJOBFINISH comes: from, to")
    clientmsgid_max: int = switch(32, "32 bytes in current docs, 64 in older ones")
    user_get_page: int = switch(10_000, "official; smaller pages in tests only")
    user_get_last_page: str = switch("empty", "next_openid of the last page: 'empty' or the 'last' openid")
    unfollow_clears_tags: bool = switch(True, "whether tags and remark survive an unfollow is not published")
    qr_default_seconds: int = switch(60, "life of a temporary code without expire_seconds; older docs: 30")
    expired_qr_keeps_scene: bool = switch(False, "an expired code opens the profile without scene; from memory")

    chat_kept: int = switch(10_000, "lines kept of a follower's chat, so that a long run stays small; 0 = all")
    tag_change_seconds: float = switch(0.0, "a tag change keeps its openids busy (45169); how long is not published")
    conditional_menu_limit: int = switch(100, "65305 exists, its number is not published")

    # Media, drafts, publishing
    unknown_media_refused: bool = switch(False, "sends and replies with a media id that was never given: 40007")
    media_size_code_by_kind: bool = switch(False, "too large: 40006, or 40009 to 40012 by kind; both are documented")
    thumb_id_field: str = switch("thumb_media_id", "upload of a thumb, older docs; newer ones say media_id")
    draft_content_chars: int = switch(20_000, "official; a field note says 2 kB")
    publish_finish_seconds: tuple[float, ...] = switch((1.0, 10.0), "when PUBLISHJOBFINISH comes: from, to")
    publish_outcome: int = switch(0, "publish_status of what is submitted: 0 published, 2, 3 or 4 failed")
    unknown_publish_id_code: int = switch(40035, "no errcode is documented")

    # Web authorisation
    oauth_needs_domain: bool = switch(False, "10003 for an account without oauth_domains; real, but a nuisance here")
    oauth_order_checked: bool = switch(True, "field reports: parameters in another order give an error page")
    oauth_state_checked: bool = switch(True, "field reports: state is up to 128 letters and digits")
    oauth_refusal_redirects: bool = switch(False, "who refuses: the page closes, or goes back with state only")
    oauth_refresh_keeps_token: bool = switch(True, "a refresh of a live token only lengthens it; from memory")
    oauth_snapshot: bool = switch(False, "userinfo opens a snapshot page unless told otherwise; the rule is secret")
    snapshot_told: bool = switch(True, "is_snapshotuser is reported late or missing at times")
    snapshot_openid_stays: bool = switch(False, "whether a snapshot's openid is the same next time; not published")

    # WeChat Pay
    pay_retry_seconds: tuple[float, ...] = switch(PAY_RETRY_SECONDS, "official: fifteen more times within 24 h 4 min")
    pay_deadline_seconds: float = switch(5.0, "official")
    pay_reads_fail: bool = switch(True, "whether HTTP 200 with code FAIL is a refusal; the body's form is from memory")
    pay_probe_rate: float = switch(0.0, "share of notices behind a SIGNTEST probe; not published")
    pay_query_signed: bool = switch(True, "the query needs a signed Authorization header; off for a quick look")
    pay_opens_window: bool = switch(False, "a guide page still lists 48 h after a payment; the 2023 notice ended it")

    def changed(self, values: Mapping[str, object]) -> Self:
        """A copy with some switches set, from JSON."""
        known = {one.name for one in fields(self)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise Refused(f"没有这些开关：{'、'.join(unknown)}")
        given: dict[str, Any] = {name: _like(getattr(self, name), value, name) for name, value in values.items()}
        return replace(self, **given)

    def as_json(self) -> dict[str, object]:
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}


def reasons() -> dict[str, str]:
    """Why each switch exists."""
    return {one.name: str(one.metadata["why"]) for one in fields(Switches)}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _like(current: object, value: Any, name: str) -> object:
    """The new value in the type of the current one."""
    if isinstance(current, bool):
        ok = isinstance(value, bool)
    elif isinstance(current, int | float):
        ok = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LARGEST
        value = type(current)(value) if ok else value
    elif isinstance(current, tuple):
        ok = isinstance(value, list | tuple) and all(_same(item, current) for item in value)
        value = tuple(value) if ok else value
    elif isinstance(current, Mapping):
        ok = isinstance(value, Mapping) and all(type(limit) is int for limit in value.values())
        value = {**current, **value} if ok else value
    else:
        ok = isinstance(value, str)
    if not ok:
        raise Refused(f"开关 {name} 的值不合适")
    return value


def _same(item: object, current: tuple[object, ...]) -> bool:
    if current and isinstance(current[0], str):
        return isinstance(item, str)
    return isinstance(item, int | float) and not isinstance(item, bool) and 0 <= item < LARGEST
