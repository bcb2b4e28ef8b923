"""Every key in the table. No other file builds one.

    what it is            pk                          sk                index, life
    account state         A#{account}                 STATE
    access token          A#{account}                 TOKEN
    release part          F#{account}                 RELEASE#{v}#{n}
    member                M#{account}#{openid}        PROFILE           by_activity, by_identity
    sending ledger        M#{account}#{openid}        SENDS
    tombstone             T#{account}#{handle}        LEFT              90 days
    receipt               R#{account}#{receipt id}    RECEIPT           2 days
    journal entry         L#{account}#{day}#{shard}   {time}#{id}       400 days
    due job               J#{account}#{job id}        JOB               by_due until done; given up, 30 days
    daily figures         D#{account}                 DAY#{day}
    first open day        D#{account}                 OPEN
    tally of an hour      D#{account}#{day}           {hour}#{shard}    30 days

    index         pk                            sk               holds
    by_activity   {account}#{day}#{shard 0-15}  openid           members, by the day they were last active
    by_due        {shard 0-7} or DEAD           {due_at}#{pk}    jobs that are due, or dead
    by_identity   {account}#unionid#{unionid}   openid           members, by unionid

`handle` is the keyed HMAC of an openid; `day` is a day in Asia/Shanghai.
"""

import zlib
from typing import NamedTuple

DUE_SHARDS = 8
ACTIVITY_SHARDS = 16
JOURNAL_SHARDS = 16

BY_ACTIVITY = "by_activity"
BY_DUE = "by_due"
BY_IDENTITY = "by_identity"
RELEASE = "RELEASE#"
INDEX_KEYS = {
    BY_ACTIVITY: ("activity_pk", "activity_sk"),
    BY_DUE: ("due_pk", "due_sk"),
    BY_IDENTITY: ("identity_pk", "identity_sk"),
}
"""The attributes that hold each index's key; an item without them is not in the index."""


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str


def account_state(account: str) -> Key:
    return Key(f"A#{account}", "STATE")


def access_token(account: str) -> Key:
    return Key(f"A#{account}", "TOKEN")


def release_partition(account: str) -> str:
    return f"F#{account}"


def release_part(account: str, version: int, number: int) -> Key:
    return Key(release_partition(account), f"{release_prefix(version)}{number:03d}")


def release_prefix(version: int) -> str:
    return f"{RELEASE}{version:06d}#"


def release_version(sk: str) -> int:
    """The version that a release part belongs to."""
    return int(sk.split("#")[1])


def member_partition(account: str, openid: str) -> str:
    return f"M#{account}#{openid}"


def member(account: str, openid: str) -> Key:
    return Key(member_partition(account, openid), "PROFILE")


def sends(account: str, openid: str) -> Key:
    return Key(member_partition(account, openid), "SENDS")


def tombstone(account: str, handle: str) -> Key:
    return Key(f"T#{account}#{handle}", "LEFT")


def receipt(account: str, receipt_id: str) -> Key:
    return Key(f"R#{account}#{receipt_id}", "RECEIPT")


def journal_partition(account: str, day: str, shard: int) -> str:
    return f"L#{account}#{day}#{shard:02d}"


def journal_entry(account: str, day: str, at: str, entry_id: str) -> Key:
    return Key(journal_partition(account, day, shard_of(entry_id, JOURNAL_SHARDS)), f"{at}#{entry_id}")


def figures_partition(account: str) -> str:
    """Not the account's own partition: who counts the journal has no business with the access token there."""
    return f"D#{account}"


def figures(account: str, day: str) -> Key:
    return Key(figures_partition(account), f"DAY#{day}")


def open_day(account: str) -> Key:
    return Key(figures_partition(account), "OPEN")


def tally_partition(account: str, day: str) -> str:
    return f"D#{account}#{day}"


def tally(account: str, day: str, hour: int, shard: int) -> Key:
    return Key(tally_partition(account, day), f"{hour:02d}#{shard:02d}")


def job(account: str, job_id: str) -> Key:
    return Key(f"J#{account}#{job_id}", "JOB")


def due(pk: str, due_at: str) -> tuple[str, str]:
    """Index key of an item that is due."""
    return due_shard(shard_of(pk, DUE_SHARDS)), f"{due_at}#{pk}"


def due_shard(shard: int) -> str:
    return f"DUE#{shard}"


def dead(pk: str, died_at: str) -> tuple[str, str]:
    """Index key of an item that waits for an operator."""
    return "DEAD", f"{died_at}#{pk}"


def activity(account: str, day: str, openid: str) -> tuple[str, str]:
    return f"{account}#{day}#{shard_of(openid, ACTIVITY_SHARDS):02d}", openid


def identity(account: str, unionid: str, openid: str) -> tuple[str, str]:
    return f"{account}#unionid#{unionid}", openid


def shard_of(text: str, shards: int) -> int:
    """A stable spread: the same in every process and Python."""
    return zlib.crc32(text.encode()) % shards
