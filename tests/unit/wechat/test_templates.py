"""The account's templates as WeChat tells them."""

from typing import Any

import pytest

from chalicelib.wechat.errors import UnknownOutcome
from chalicelib.wechat.templates import TemplateField, TemplateInfo
from tests.support.answering import Asked, client_that_hears

OK = {"errcode": 0, "errmsg": "ok"}


def test_a_template_of_service_notices_is_read_with_the_names_and_keys_of_its_lines() -> None:
    told = {
        "template_id": "T1",
        "title": "订单通知",
        "content": "订单号{{character_string1.DATA}}\n时间:{{time2.DATA}}",
    }
    client, asked = client_that_hears({"template_list": [told]})

    templates = client.private_templates()

    fields = (TemplateField("character_string1", "订单号"), TemplateField("time2", "时间"))
    assert templates == (TemplateInfo("T1", "订单通知", fields),)
    assert asked == [Asked("GET", "/cgi-bin/template/get_all_private_template", None)]


def test_an_old_industry_template_is_read_too() -> None:
    content = "{{first.DATA}}\n订单编号：{{keyword1.DATA}}\n金额：{{ keyword2.DATA }}\n{{remark.DATA}}\n"
    client, _ = client_that_hears({"template_list": [{"template_id": "T1", "title": "支付", "content": content}]})

    ((template,),) = (client.private_templates(),)

    assert [(field.key, field.name) for field in template.fields] == [
        ("first", ""),
        ("keyword1", "订单编号"),
        ("keyword2", "金额"),
        ("remark", ""),
    ]


def test_a_subscription_template_says_for_how_long_and_which_values_a_line_may_have() -> None:
    told = {
        "priTmplId": "S1",
        "title": "预约提醒",
        "content": "状态:{{enum1.DATA}}\n备注:{{thing2.DATA}}\n",
        "type": 3,
        "keywordEnumValueList": [{"keywordCode": "enum1.DATA", "enumValueList": ["成功", "失败"]}],
    }
    client, asked = client_that_hears({**OK, "data": [told, {**told, "priTmplId": "S2", "type": 2}]})

    templates = client.subscription_templates()

    fields = (TemplateField("enum1", "状态", ("成功", "失败")), TemplateField("thing2", "备注"))
    assert templates == (
        TemplateInfo("S1", "预约提醒", fields, long_term=True),
        TemplateInfo("S2", "预约提醒", fields),
    )
    assert asked == [Asked("GET", "/wxaapi/newtmpl/gettemplate", None)]


def test_an_account_without_templates_has_none() -> None:
    client, _ = client_that_hears({"template_list": []}, {**OK, "data": []})

    assert (client.private_templates(), client.subscription_templates()) == ((), ())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"template_list": None},
        {"template_list": [None]},
        {"template_list": [{"title": "无"}]},
        {"template_list": [{"template_id": "T1", "content": 7}]},
    ],
)
def test_a_list_of_another_shape_counts_as_no_answer(answer: dict[str, Any]) -> None:
    client, _ = client_that_hears(answer)

    with pytest.raises(UnknownOutcome):
        client.private_templates()


def test_a_content_without_end_is_read_no_further_than_any_template_goes() -> None:
    content = "".join(f"行{number}:{{{{thing{number}.DATA}}}}\n" for number in range(100_000))
    client, _ = client_that_hears({"template_list": [{"template_id": "T1", "content": content}]})

    (template,) = client.private_templates()

    assert len(template.fields) < 1_000
