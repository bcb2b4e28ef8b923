"""``ops faq import`` and ``ops faq export``: an FAQ between our releases, spreadsheets and WeChat's console."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import BadContent
from chalicelib.faq import releases
from chalicelib.store import account as accounts
from chalicelib.store.release import Release
from chalicelib.store.table import Table
from infra import faq_file, faq_formats, faq_yaml
from infra.faq_draft import Draft

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

SOME_LEFT_OUT = 1


def add_commands(faq: "Commands") -> None:
    take = faq.add_parser("import", help="把表格或微信后台的规则读成 YAML 草稿")
    take.add_argument("file", type=Path, metavar="文件", help="CSV、XLSX、YAML，或微信后台规则的 JSON")
    take.add_argument("--into", type=Path, metavar="草稿", help="写到哪里；不写就是同名的 .yaml")
    take.add_argument("--strict", action="store_true", help="只要有一行读不进来，就什么也不写")
    take.set_defaults(run=import_file)
    give = faq.add_parser("export", help="把已发布的版本写成文件")
    give.add_argument("file", type=Path, metavar="文件", help="以 .csv、.xlsx 或 .yaml 结尾")
    give.add_argument("--account", required=True, help="公众号在本系统里的名字")
    give.add_argument("--version", type=int, metavar="版本", help="不写就是正在使用的版本")
    give.set_defaults(run=export_file)
    for one in (take, give):
        one.add_argument("--force", action="store_true", help="文件已经有了也覆盖")


def import_file(options: argparse.Namespace, _open_table: Callable[[], Table]) -> int:
    """Gives 1 when something was left out; the good part is written all the same, unless `strict`."""
    draft = faq_formats.read(options.file)
    into: Path = options.into or options.file.with_suffix(".yaml")
    told = "\n".join(map(str, draft.flaws))
    if draft.flaws and options.strict:
        raise BadContent(told)
    if draft.release == Release(version=0):
        raise BadContent(f"没有读到任何可用的内容\n{told}".rstrip())
    _write(into, faq_yaml.write, draft.release, force=options.force)
    for line in (*map(str, draft.flaws), *draft.notes, *_too_large(into, draft)):
        print(line, file=sys.stderr)
    size = f"{len(draft.release.entries)} 个条目，{len(draft.release.channels)} 个渠道"
    if not draft.flaws:
        print(f"已写入草稿 {into}：{size}。")
        return 0
    print(f"已写入草稿 {into}：{size}；另有 {len(draft.flaws)} 处没有读入，见上面的说明。")
    return SOME_LEFT_OUT


def export_file(options: argparse.Namespace, open_table: Callable[[], Table]) -> None:
    table = open_table()
    version = options.version or accounts.find(table, options.account).release
    try:
        release = releases.load(table, options.account, version)
    except releases.BrokenRelease as error:
        raise BadContent(f"版本 {version} 不存在或不完整，不能导出" if version else "还没有发布过任何版本") from error
    _write(options.file, faq_formats.write, release, force=options.force)
    print(f"已把版本 {version} 写入 {options.file}：{len(release.entries)} 个条目，{len(release.channels)} 个渠道。")


def whole(path: Path) -> Release:
    """The release of a file to be published. Raises BadContent with all that is wrong; shows what to look at."""
    draft = faq_formats.read_whole(path)
    for note in draft.notes:
        print(note, file=sys.stderr)
    return draft.release


def _write(path: Path, write: Callable[[Path, Release], None], release: Release, *, force: bool) -> None:
    """All of it or nothing: a file that is there stays as it is until the new one is whole."""
    if path.exists() and not force:
        raise BadContent(f"{path} 已经有了；要覆盖它，请加上 --force")
    fresh = path.with_name(f".{path.name}.new{path.suffix}")
    try:
        write(fresh, release)
        fresh.replace(path)
    except OSError as error:
        raise BadContent(f"写不了文件 {path}：{error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _too_large(into: Path, draft: Draft) -> tuple[str, ...]:
    notes = []
    if len(draft.release.entries) > faq_file.MOST_ENTRIES:
        notes.append(f"发布前还要改：一个版本最多 {faq_file.MOST_ENTRIES} 个条目，请拆开或删减")
    if into.stat().st_size > faq_file.MOST_BYTES:
        notes.append(f"发布前还要改：草稿超过 {faq_file.MOST_BYTES // 1_000_000} MB，请拆开或删减")
    return tuple(notes)
