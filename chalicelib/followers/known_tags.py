"""The account's tags as they are remembered, asked anew when one of them is not known or they are old."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta

from chalicelib.followers.kit import Kit
from chalicelib.store import tags as stored
from chalicelib.store.table import Lost
from chalicelib.store.tags import Tags

LASTS = timedelta(hours=1)


def known(kit: Kit, tag_ids: AbstractSet[int]) -> Tags:
    """With the names of these, if WeChat knows them. Raises WechatError."""
    tags = stored.find(kit.table, kit.credentials.account)
    if not tag_ids or (tag_ids <= set(tags.ids.values()) and is_fresh(tags, kit)):
        return tags
    return fetched(kit, tags)


def is_fresh(tags: Tags, kit: Kit) -> bool:
    return tags.as_of is not None and kit.now() - tags.as_of < LASTS


def fetched(kit: Kit, tags: Tags) -> Tags:
    """As WeChat has them now. Who was faster has asked, too."""
    ids = {name: number for number, name in kit.wechat.tag_names().items()}
    told = replace(tags, ids=ids, as_of=kit.now())
    try:
        kit.table.write([told.put()])
    except Lost:
        return told
    return replace(told, version=told.version + 1)
