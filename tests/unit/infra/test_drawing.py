"""Intervals on paper."""

import re
import xml.dom.minidom

from infra.reactivation.drawing import Span, spans


def test_an_interval_is_drawn_from_end_to_end_with_its_likeliest_value_and_nought_beside_it() -> None:
    drawn = spans("回来", [Span("提醒组", "a", 0.12, 0.10, 0.14), Span("对照组", "e", 0.09, 0.05, 0.13)])

    xml.dom.minidom.parseString(drawn)
    dots = [float(x) for x in re.findall(r'cx="([\d.]+)"', drawn)]
    lines = [
        (float(x), float(width))
        for x, width in re.findall(r'<rect class="." x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    ]
    assert all(x < dot < x + width for dot, (x, width) in zip(dots, lines, strict=True))
    assert dots[0] > dots[1]
    assert drawn.count('class="zero"') == 1
    assert "提醒组 12.00%（10.00% 到 14.00%）" in drawn


def test_a_difference_below_nought_stands_left_of_it() -> None:
    drawn = spans("相差", [Span("相差", "c", -0.0002, -0.0005, 0.0001)])

    zero = re.search(r'class="zero" x1="([\d.]+)"', drawn)
    dot = re.search(r'cx="([\d.]+)"', drawn)
    assert zero
    assert dot
    assert float(dot[1]) < float(zero[1])
    assert "−0.04%" in drawn


def test_nothing_but_noughts_has_a_scale_too() -> None:
    assert "<circle" in spans("x", [Span("x", "a", 0, 0, 0)])
