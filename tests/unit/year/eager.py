"""A shop that does not wait long."""

from chalicelib.store.policy import Policy, Rung, Step
from infra.local.year.shop import ACCOUNT, Shop
from infra.local.year.ways import Quiet

WORDS = "好久不见！不想再收到，请回复“退订”。"


class Eager(Quiet):
    """Speaks to people after a day or two."""

    def open(self, shop: Shop) -> None:
        points = Step(
            "template",
            "service",
            "points-expiring",
            {"number1": "{points}", "date2": "{points_until}", "thing3": "说明"},
        )
        answer, mass = Step("kefu", "service", text="问题解决了吗？"), Step("mass", "activity", text=WORDS)
        for name, rung in {
            "points": Rung((points,), days=1),
            "answer": Rung((answer,), hours=30),
            "mass": Rung((mass,), days=2),
        }.items():
            shop.enable(Policy(ACCOUNT, name, (rung,), hold_out=30))
