"""Every key in the table. No other file builds one.

    what it is            pk                          sk                index, life
    account state         A#{account}                 STATE
    sending switches      A#{account}                 SWITCHES
    watch over pushes     A#{account}                 WATCH
    templates             A#{account}                 TEMPLATES
    reactivation policy   A#{account}                 POLICY#{name}
    how far it is planned A#{account}                 RUN#{name}
    access token          A#{account}                 TOKEN
    staff                 A#{account}                 STAFF
    release part          F#{account}                 RELEASE#{v}#{n}
    missed question       F#{account}                 MISS#{key}        90 days
    member                M#{account}#{openid}        PROFILE           by_activity, by_identity
    sending ledger        M#{account}#{openid}        SENDS
    ticket                M#{account}#{openid}        TICKET#{id}       by_due; 90 days
    line of one           M#{account}#{openid}        LINE#{id}#{at}#{n}  90 days
    tombstone             T#{account}#{handle}        LEFT              90 days
    receipt               R#{account}#{receipt id}    RECEIPT           2 days
    journal entry         L#{account}#{day}#{shard}   {time}#{id}       400 days
    due job               J#{account}#{job id}        JOB               by_due until done; given up, 30 days
    push                  P#{account}#{push id}       PUSH              by_due until it has an outcome; 400 days
    mass batch            B#{account}#{batch id}      HEAD              400 days
    recipients of one     B#{account}#{batch id}      PART#{n}          until it is over; 3 days
    counts of a mass      B#{account}#{number}        COUNTS            400 days
    quota of a day        Q#{account}#{day}           {api}             40 days
    tags at WeChat        A#{account}                 TAGS
    tag change to pass on G#{account}                 {openid}#{id}     until WeChat has it; 30 days
    walk over followers   I#{account}                 RUN#{kind}
    openids of one        I#{account}#{run id}        PART#{n}          until they are through; 30 days
    daily figures         D#{account}                 DAY#{day}
    first open day        D#{account}                 OPEN
    tally of an hour      D#{account}#{day}           {hour}#{shard}    30 days

    index         pk                            sk               holds
    by_activity   {account}#{day}#{shard 0-15}  openid           members, by the day they were last active
    by_due        {shard 0-7} or DEAD           {due_at}#{name}  jobs and pushes that are due, or dead
                  TICKETS#{account}[#DONE]      {last_at}#{id}   tickets that wait for an operator, or are done with
    by_identity   {account}#unionid#{unionid}   openid           members, by unionid

`handle` is the keyed HMAC of an openid; `day` is a day in Asia/Shanghai; `name` is what wakes the item: its `pk`, and
for a push the group in which it is sent.
"""

import zlib
from typing import NamedTuple

DUE_SHARDS = 8
ACTIVITY_SHARDS = 16
JOURNAL_SHARDS = 16
DEAD = "DEAD"
"""The shard of `by_due` in which items wait for an operator."""

BY_ACTIVITY = "by_activity"
BY_DUE = "by_due"
BY_IDENTITY = "by_identity"
RELEASE = "RELEASE#"
POLICY = "POLICY#"
MISS = "MISS#"
TICKET = "TICKET#"
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


def staff(account: str) -> Key:
    return Key(f"A#{account}", "STAFF")


def switches(account: str) -> Key:
    return Key(f"A#{account}", "SWITCHES")


def watch(account: str) -> Key:
    return Key(f"A#{account}", "WATCH")


def templates(account: str) -> Key:
    return Key(f"A#{account}", "TEMPLATES")


def policy(account: str, name: str) -> Key:
    return Key(f"A#{account}", f"{POLICY}{name}")


def run(account: str, policy: str) -> Key:
    return Key(f"A#{account}", f"RUN#{policy}")


def release_partition(account: str) -> str:
    return f"F#{account}"


def release_part(account: str, version: int, number: int) -> Key:
    return Key(release_partition(account), f"{release_prefix(version)}{number:03d}")


def release_prefix(version: int) -> str:
    return f"{RELEASE}{version:06d}#"


def release_version(sk: str) -> int:
    """The version that a release part belongs to."""
    return int(sk.split("#")[1])


def miss(account: str, key: str) -> Key:
    return Key(release_partition(account), f"{MISS}{key}")


def member_partition(account: str, openid: str) -> str:
    return f"M#{account}#{openid}"


def member(account: str, openid: str) -> Key:
    return Key(member_partition(account, openid), "PROFILE")


def sends(account: str, openid: str) -> Key:
    return Key(member_partition(account, openid), "SENDS")


def ticket(account: str, openid: str, ticket_id: str) -> Key:
    return Key(member_partition(account, openid), f"{TICKET}{ticket_id}")


def ticket_of(sk: str) -> str:
    """The number of the ticket that stands there."""
    return sk.removeprefix(TICKET)


def ticket_lines(ticket_id: str) -> str:
    """What the sort keys of a ticket's lines begin with."""
    return f"LINE#{ticket_id}#"


def ticket_line(account: str, openid: str, ticket_id: str, at: str, line_id: str) -> Key:
    return Key(member_partition(account, openid), f"{ticket_lines(ticket_id)}{at}#{line_id}")


def ticket_queue(account: str, *, done: bool) -> str:
    """The partition of `by_due` in which an account's tickets stand. No clock wakes them."""
    return f"TICKETS#{account}#DONE" if done else f"TICKETS#{account}"


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


def push(account: str, push_id: str) -> Key:
    return Key(f"P#{account}#{push_id}", "PUSH")


def batch(account: str, batch_id: str) -> Key:
    return Key(f"B#{account}#{batch_id}", "HEAD")


def batch_part(account: str, batch_id: str, number: int) -> Key:
    return Key(f"B#{account}#{batch_id}", f"PART#{number:03d}")


def mass_counts(account: str, number: str) -> Key:
    """By the number that WeChat has given a mass send."""
    return Key(f"B#{account}#{number}", "COUNTS")


def quota_partition(account: str, day: str) -> str:
    return f"Q#{account}#{day}"


def quota(account: str, day: str, api: str) -> Key:
    return Key(quota_partition(account, day), api)


def tags(account: str) -> Key:
    return Key(f"A#{account}", "TAGS")


def tag_changes_partition(account: str) -> str:
    return f"G#{account}"


def tag_change(account: str, openid: str, change_id: str) -> Key:
    return Key(tag_changes_partition(account), f"{openid}#{change_id}")


def roster_run(account: str, kind: str) -> Key:
    return Key(f"I#{account}", f"RUN#{kind}")


def roster_partition(account: str, run_id: str) -> str:
    return f"I#{account}#{run_id}"


def roster_part(account: str, run_id: str, number: int) -> Key:
    return Key(roster_partition(account, run_id), f"PART#{number:05d}")


def due(name: str, due_at: str) -> tuple[str, str]:
    """Index key of an item that is due."""
    return due_shard(shard_of(name, DUE_SHARDS)), f"{due_at}#{name}"


def due_name(due_sk: str) -> str:
    """What wakes the item behind an index key of `due` or `dead`."""
    return due_sk.partition("#")[2]


def due_shard(shard: int) -> str:
    return f"DUE#{shard}"


def dead(name: str, died_at: str) -> tuple[str, str]:
    """Index key of an item that waits for an operator."""
    return DEAD, f"{died_at}#{name}"


def activity(account: str, day: str, openid: str) -> tuple[str, str]:
    return activity_partition(account, day, shard_of(openid, ACTIVITY_SHARDS)), openid


def activity_partition(account: str, day: str, shard: int) -> str:
    return f"{account}#{day}#{shard:02d}"


def identity(account: str, unionid: str, openid: str) -> tuple[str, str]:
    return f"{account}#unionid#{unionid}", openid


def shard_of(text: str, shards: int) -> int:
    """A stable spread: the same in every process and Python."""
    return zlib.crc32(text.encode()) % shards
