"""Publishing a release and going back to an earlier one. Followers always get a whole release, or the one before."""

from dataclasses import replace

from chalicelib.errors import BadContent
from chalicelib.faq.checks import Problem, check
from chalicelib.faq.engine import with_index
from chalicelib.faq.releases import BrokenRelease, load
from chalicelib.store import account as accounts
from chalicelib.store import release as releases
from chalicelib.store.release import Release
from chalicelib.store.table import Table

__all__ = ["Problem", "check", "prepared", "publish", "rollback", "store"]


def publish(table: Table, account: str, release: Release) -> int:
    """Check, prepare and store the release, and let it answer. Gives its number. Raises as the two below."""
    return store(table, account, prepared(release))


def prepared(release: Release) -> Release:
    """The release with its index, as it is stored. Takes half a minute for 10,000 phrasings.

    Raises BadContent when `check` finds a problem.
    """
    if problems := check(release):
        raise BadContent("\n".join(map(str, problems)))
    return with_index(release)


def store(table: Table, account: str, release: Release) -> int:
    """Store a prepared release under the next number and let it answer. Gives the number.

    Raises Conflict when someone else published meanwhile. Until the last write the release before answers; parts that a
    crash leaves behind are never used, and their number neither.
    """
    state = accounts.find(table, account)
    version = max((state.release, *releases.list_versions(table, account))) + 1
    for part in releases.parts(account, replace(release, version=version)):
        table.write([part])
    table.write([replace(state, release=version).put()])
    return version


def rollback(table: Table, account: str, version: int) -> None:
    """Let an earlier release answer. Raises BadContent when it is not whole, Conflict when someone else publishes."""
    state = accounts.find(table, account)
    try:
        load(table, account, version)
    except BrokenRelease as error:
        raise BadContent(f"版本 {version} 不存在或不完整，不能切换") from error
    if state.release != version:
        table.write([replace(state, release=version).put()])
