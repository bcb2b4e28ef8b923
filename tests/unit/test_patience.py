"""How long an operator's command waits for the table."""

from infra.patience import CALM, Patience


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_work_without_trouble_takes_as_long_as_it_likes() -> None:
    watch = Watch()
    patience = Patience(20, monotonic=watch)

    watch.now = 3_600

    assert patience.left() == 20


def test_one_trouble_has_its_seconds() -> None:
    watch = Watch()
    patience = Patience(20, monotonic=watch)
    left = []
    for now in (100.0, 101.0, 111.0, 121.0):
        watch.now = now
        left.append(patience.left())

    assert left == [20, 19, 9, -1]


def test_after_a_calm_the_next_trouble_is_a_new_one() -> None:
    watch = Watch()
    patience = Patience(20, monotonic=watch)
    patience.left()
    watch.now = 10
    patience.left()

    watch.now = 10 + CALM + 1

    assert patience.left() == 20
