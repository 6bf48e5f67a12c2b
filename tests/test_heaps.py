"""Titles that heap up words of one kind: what rule BEH177 says of whole listings."""

from __future__ import annotations

import pytest

from listlint import api


def heaped(title: str, marketplace: str) -> list[str | None]:
    found = api.Linter().check_listing({"title": title}, marketplace)
    return [f.match for f in found if f.rule == "BEH177"]


@pytest.mark.parametrize(
    ("title", "marketplace"),
    [
        ("发夹发卡发饰头饰边夹抓夹鲨鱼夹刘海夹一字夹鸭嘴夹儿童发夹女", "taobao"),
        ("发圈发绳皮筋头绳头饰发饰扎头发绳发带头圈发箍女", "1688"),
        ("Haarspeld haarclip haarklem haarschuifje haarpin haarknip zwart", "amazon.nl"),
        ("Haarspange Haarklammer Haarclip Haarnadel Haargreifer Haarkneifer", "ebay.de"),
    ],
)
def test_a_heap_is_found_from_its_first_to_its_last_word(title: str, marketplace: str) -> None:
    (match,) = heaped(title, marketplace)
    assert match
    assert len(match) > len(title) / 2
    assert match in title


@pytest.mark.parametrize(
    ("title", "marketplace"),
    [
        ("苦荞茶黑苦荞全胚芽茶正品四川大凉山荞麦茶养生茶500g罐装", "taobao"),
        ("红酒架摆件实木创意家用葡萄酒瓶架子餐厅酒柜展示架", "taobao"),
        ("发夹发卡发饰头饰", "taobao"),
        ("Kinderstuhl und Kindertisch aus Kiefernholz, Kinderzimmer, weiß lackiert", "amazon.de"),
        ("Handtuch Handseife Handcreme, weiß, 3-teilig", "ebay.de"),
        ("", "ebay.com"),
    ],
)
def test_an_ordinary_title_is_no_heap(title: str, marketplace: str) -> None:
    assert heaped(title, marketplace) == []


def named(title: str, marketplace: str) -> list[str | None]:
    found = api.Linter().check_listing({"title": title}, marketplace)
    return [f.match for f in found if f.rule == "BEH178"]


@pytest.mark.parametrize(
    ("title", "marketplace", "match"),
    [
        (
            "Coffee grinder like Ninja, Keurig, Nespresso, Breville, DeLonghi, Cuisinart",
            "ebay.com",
            "Ninja, Keurig, Nespresso, Breville, DeLonghi, Cuisinart",
        ),
        (
            "Pinzas pelo horquillas pasadores broches ganchos diademas mujer",
            "amazon.es",
            "Pinzas pelo horquillas pasadores broches ganchos diademas",
        ),
        (
            "リュック バッグ 鞄 カバン バックパック デイパック 黒",
            "amazon.co.jp",
            "リュック バッグ 鞄 カバン バックパック デイパック",
        ),
    ],
)
def test_six_names_of_one_kind_are_a_heap(title: str, marketplace: str, match: str) -> None:
    assert named(title, marketplace) == [match]


@pytest.mark.parametrize(
    "title",
    [
        "Reusable pods for Ninja, Keurig, Nespresso, Breville, DeLonghi, Cuisinart",
        "Hair set: barrettes, hairpins, bobby pins, hair grips, snap clips, claw clips",
        "Mug, cup and tumbler in one colour, glass look, bottle green",
        "İki mug, cup, tumbler, flask, thermos, bottle",
    ],
)
def test_what_goods_fit_a_set_and_a_few_names_are_no_heap(title: str) -> None:
    assert named(title, "ebay.com") == []
