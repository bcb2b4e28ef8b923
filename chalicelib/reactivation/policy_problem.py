"""What can be wrong with a policy: the rule that it breaks, where, and on whose word."""

from typing import NamedTuple

TEMPLATES = "微信官方“模板消息”说明：只用于服务通知，不得营销、不得频繁；《微信公众平台运营规范》3.9"
CUSTOMER_SERVICE = "微信官方“客服消息”说明（2023-06-12 起）：用户发消息后 48 小时内最多 5 条，只用于答复用户"
MASSES = "微信官方“群发”说明：服务号每位粉丝每个自然月最多 4 条，同一批内容相同"
FIELDS = "微信官方“模板消息”“订阅通知”说明：字段类型与长度，不符时返回 47003"
REFUSAL = "《广告法》第四十三、四十四条；《互联网广告管理办法》；《个人信息保护法》第二十四条"
HONEST = "《广告法》第十四条：广告应当能让人辨明是广告；第四十三条：未经同意不得发，并要能退订"
OURS = "本系统的规则，见 docs/reactivation.md"


class Problem(NamedTuple):
    """`rule` is its name, `where` the part of the policy (empty for the whole), `words` what an operator reads, and
    `source` whose rule it is. Without `refused` it is only to be thought over."""

    rule: str
    where: str
    words: str
    source: str = OURS
    refused: bool = True

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        return f"{place}{self.words}（规则 {self.rule}；依据：{self.source}）"
