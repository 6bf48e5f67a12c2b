"""What a sheet is and what its columns hold."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listlint.columns import Layout, load_library, recognise
from listlint.columns.evidence import Samples
from listlint.columns.keys import attribute, key
from listlint.columns.library import CONTEXTS
from listlint.columns.mapping import Mapper
from listlint.policy.paths import builtin
from listlint.readers import Limits, open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARY = load_library(builtin())
SHARED = Path(os.environ.get("LISTLINT_SHARED", "../shared"))
BARCODES = ("4006381333931", "4006381333948", "4006381333955")


@pytest.fixture(scope="module")
def mapper() -> Mapper:
    return Mapper(LIBRARY, "listings")


def sheet(
    *rows: Sequence[str], name: str | None = None, path: str = "inventory.csv", hidden: bool = False
) -> Layout:
    head = [(n, list(row)) for n, row in enumerate(rows, 1) if any(row)]
    return recognise(head, path=path, sheet=name, hidden=hidden, library=LIBRARY)


def fields(layout: Layout) -> dict[str, str | None]:
    return {c.header: c.field for c in layout.columns}


# Headers


def test_keys_of_headers() -> None:
    assert key("＊Item-Name") == key("item_name") == key("\ufeffITEM NAME*") == "itemname"
    assert key("Título") == key("TITULO")
    assert key("タイトル") != key("タイドル")
    assert attribute("battery[marketplace_id=A]#1.weight#1.value") == "battery.weight"
    assert (
        attribute("compliance_media[content_type=safety_data_sheet]#1.source_location")
        == "compliance_media.safety_data_sheet.source_location"
    )


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Item Name", "title"),
        ("*产品标题\n（必填）", "title"),
        ("Product Title (max 200 characters)", "title"),
        ("商品名（全角100文字）", "title"),
        ("title_fr", "title"),
        ("DE Titel", "title"),
        ("title/标题", "title"),
        ("Название (RU)", "title"),
        ("Bullet Point 3", "bullet_points"),
        ("五点描述3", "bullet_points"),
        ("附图二", "image_url"),
        ("Image 2 URL", "image_url"),
        ("Marca/Brand", "brand"),
        ("颜色 Color", "colour"),
        ("Weight (lbs)", "weight"),
        ("Preis (€)", "price"),
        ("SKU #", "sku"),
        ("1. Title", "title"),
        ("Barcode (EAN)", "gtin"),
        ("listlint_ignore", "listlint_ignore"),
        ("energy_label", "energy_label"),
    ],
)
def test_header(mapper: Mapper, header: str, field: str) -> None:
    match = mapper.match(header)
    assert match is not None
    assert match.field == field


@pytest.mark.parametrize(
    "header",
    [
        "Brand Slogan", "品牌故事", "Brand ID", "Brand Owner", "Title Length", "Title ID", "Job Title",
        "Title (competitor)", "标题（竞品）", "Color Code", "Model Year", "Material Number", "Style Number",
        "Supplier SKU", "Weight Unit", "Price Type", "Image Count", "Phone", "Email", "Address", "Company",
        "Valid until", "品牌型号", "产品卖点图", "标题字数", "报关品名", "Parent ASIN", "Sale Price Start Date",
        "Warning Type", "Product Manager", "Feature ID", "Hazard Analysis", "Brand/Manufacturer",
    ],
)  # fmt: skip
def test_header_that_is_no_field(mapper: Mapper, header: str) -> None:
    match = mapper.match(header, typos=True)
    assert match is None or match.field == ""


@pytest.mark.parametrize(
    ("header", "field"),
    [("Product ID Type", "gtin_type"), ("Image alt", "image_alt"), ("title tag", "seo_title")],
)
def test_header_that_looks_like_another(mapper: Mapper, header: str, field: str) -> None:
    match = mapper.match(header)
    assert match is not None
    assert match.field == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Discription", "description"),
        ("Manufactuer", "manufacturer"),
        ("Quantitiy", "quantity"),
        ("Materail", "material"),
    ],
)
def test_one_slip_in_eight_letters_is_read(mapper: Mapper, header: str, field: str) -> None:
    assert mapper.match(header) is None
    match = mapper.match(header, typos=True)
    assert match is not None
    assert match.field == field
    assert "fuzzy" in match.because.en


@pytest.mark.parametrize(
    "header", ["Titles Found", "Prize", "Brent", "Destination", "Prescription"]
)
def test_what_is_near_a_word_is_not_read_for_it(mapper: Mapper, header: str) -> None:
    """Words as far from a known one as "Prescription" from "Description" (83) stay unknown."""
    match = mapper.match(header, typos=True)
    assert match is None or match.field == ""


@pytest.mark.parametrize("context", CONTEXTS)
def test_header_files(context: str) -> None:
    path = builtin() / "columns" / "headers" / f"{context}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [key(r["header"]) for r in rows]
    assert all(keys)
    assert {r["strength"] for r in rows} <= {"", "weak"}
    languages = {r["lang"] for r in rows}
    assert {"en", "zh", "de", "fr", "es", "it", "ja"} <= languages
    of_key: dict[str, str] = {}
    for row, folded in zip(rows, keys, strict=True):
        assert of_key.setdefault(folded, row["field"]) == row["field"], row["header"]


def test_every_canonical_field_is_accepted_as_a_header() -> None:
    for context in CONTEXTS:
        mapper = Mapper(LIBRARY, context)
        for field in LIBRARY.groups:
            match = mapper.match(field)
            assert match is not None
            assert match.field == field


# Sheets


def test_title_lines_above_the_header_and_totals_below() -> None:
    layout = sheet(
        ["Northfold inventory 2025"],
        [],
        ["SKU", "Item", "Qty", "Unit price"],
        ["A1", "Brass bicycle bell", "3", "4.50"],
        ["Total", "", "3", "13.50"],
    )
    assert layout.kind == "listings"
    assert (layout.header_rows, layout.data_row) == ((3,), 4)
    assert fields(layout) == {
        "SKU": "sku",
        "Item": "title",
        "Qty": "quantity",
        "Unit price": "price",
    }
    assert layout.skip(5, ["Total", "", "3", "13.50"]) == "total"
    assert layout.skip(900, ["SKU", "Item", "Qty", "Unit price"]) == "header"
    assert layout.skip(901, ["", "", "0", "#N/A"]) == "leftover"
    assert layout.skip(902, ["", "说明：以上为样品", "", ""]) == "note"
    assert layout.skip(903, ["A2", "Note cards, set of ten", "3", "4"]) is None


def test_blank_first_lines_byte_order_marks_and_no_break_spaces() -> None:
    layout = sheet(
        [], ["\t\ufeffTitle", "Brand\xa0Name", "Price "], ["Brass bicycle bell", "Northfold", "9"]
    )
    assert fields(layout) == {"Title": "title", "Brand\xa0Name": "brand", "Price": "price"}


def test_header_without_data_is_a_sheet_of_listings() -> None:
    layout = sheet(["Nombre", "Cantidad", "Precio"])
    assert (layout.kind, layout.data_row) == ("listings", 2)


def test_a_second_title_is_read_too_and_a_second_price_is_not() -> None:
    layout = sheet(
        ["标题(中文)", "标题(英文)", "价格(USD)", "Sale price"],
        ["黄铜自行车铃铛", "Brass bicycle bell", "9.00", "8.00"],
    )
    assert fields(layout) == {
        "标题(中文)": "title",
        "标题(英文)": "attributes",
        "价格(USD)": "price",
        "Sale price": None,
    }
    assert "price is column" in layout.columns[3].because.en


def test_values_refute_a_header() -> None:
    layout = sheet(
        ["Title", "Name", "Brand", "Barcode"],
        *([str(n), f"Brass bell {n}", "https://b.example/x", "UPC"] for n in range(5)),
    )
    assert fields(layout) == {"Title": None, "Name": "title", "Brand": None, "Barcode": "gtin_type"}


def test_values_tell_which_of_two_fields_a_header_means() -> None:
    rows = [["B06XHNK8NP", "Brass bell"], ["B06XJ4G828", "Saddle bag"]]
    assert fields(sheet(["product-id", "title"], *rows))["product-id"] == "asin"
    rows = [[code, f"Brass bell {n}"] for n, code in enumerate(BARCODES)]
    assert fields(sheet(["product-id", "title"], *rows))["product-id"] == "gtin"


def test_values_tell_columns_under_unknown_headers() -> None:
    titles = ("Fahrradklingel aus Messing", "Satteltasche aus Leder", "Lenkerband aus Kork")
    rows = [[t, "12.50", code] for t, code in zip(titles, BARCODES, strict=True)]
    layout = sheet(["Foo", "Bar", "Baz"], *rows)
    assert fields(layout) == {"Foo": "title", "Bar": "price", "Baz": "gtin"}
    assert {c.score for c in layout.columns} == {60}


def test_no_header_at_all() -> None:
    layout = sheet(
        ["上海", "RIO锐澳鸡尾酒微醺3度桃花米酿330ml", "99.00元", "7000+人付款"],
        ["上海", "RIO锐澳预调鸡尾酒微醺小美好16口味", "198.00元", "2000+人付款"],
        ["广东", "RIO锐澳清爽5度微甜气泡鸡尾酒330ml×9罐", "58.80元", "5000+人付款"],
    )
    assert (layout.kind, layout.header_rows, layout.data_row) == ("listings", (), 1)
    assert fields(layout) == {"A": None, "B": "title", "C": "price", "D": None}


def test_labels_in_two_rows_and_hints() -> None:
    layout = sheet(
        ["商品名称", "品牌", "售价", "库存", "主图"],
        ["product_name", "brand_name", "sale_price", "stock_num", "main_pic"],
        ["必填，最多60个字", "选填", "必填", "必填", "请填写URL"],
        ["黄铜自行车铃铛", "Northfold", "29.9", "9", "https://i.example/1.jpg"],
    )
    assert (layout.header_rows, layout.data_row) == ((1, 2), 4)
    assert fields(layout) == {
        "商品名称": "title",
        "品牌": "brand",
        "售价": "price",
        "库存": "quantity",
        "主图": "image_url",
    }
    assert [n.row for n in layout.notes] == [3]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Seller", [["Legal name", "Northfold GmbH"], ["VAT number", "DE136695976"], ["E-mail", "a@b.example"]]),
        ("Sheet1", [["Field", "Value"], ["Company name", "Northfold GmbH"], ["Address", "Hauptstr. 1"],
                    ["City", "Berlin"], ["LUCID", "DE1234567890123"]]),
        ("卖家信息", [["公司信息"], ["公司名称", "深圳某某科技有限公司"], ["统一社会信用代码", "91440300MA5ABCDE12"], ["地址", "深圳"]]),
    ],
)  # fmt: skip
def test_seller_form(name: str, rows: list[list[str]]) -> None:
    layout = sheet(*rows, name=name)
    assert (layout.kind, layout.columns) == ("seller", ())
    first = layout.form[0]
    assert (first.field, first.index) == ("seller_name", 1)
    assert rows[first.row - 1][first.index] == first.value


def test_seller_table() -> None:
    layout = sheet(
        ["Legal name", "VAT number", "Country", "Phone", "Email"],
        ["Northfold GmbH", "DE136695976", "DE", "+49 30 901820", "a@b.example"],
        name="Sheet2",
    )
    assert layout.kind == "seller"
    assert list(fields(layout).values()) == [
        "seller_name",
        "vat_number",
        "seller_country",
        "seller_phone",
        "seller_email",
    ]


@pytest.mark.parametrize(
    ("name", "header", "kind", "expected"),
    [
        ("Licences", ["Certificate", "Number", "Issuer", "SKU", "Valid until"], "licences",
         ["document", "document_number", "issuer", "scope_sku", "valid_until"]),
        ("证照", ["证照名称", "证书编号", "发证机关", "持有人", "有效期至"], "licences",
         ["document", "document_number", "issuer", "holder", "valid_until"]),
        ("Sheet3", ["Type", "No.", "Issued by", "Expiry date", "Brand"], "licences",
         ["document", "document_number", "issuer", "valid_until", "scope_brand"]),
        ("品牌授权", ["品牌", "授权方", "授权开始日期", "授权截止日期", "授权平台"], "authorisations",
         ["authorised_brand", "authorised_by", "valid_from", "valid_until", "scope_marketplace"]),
        ("x", ["Brand", "Authorised by", "Valid until"], "authorisations",
         ["authorised_brand", "authorised_by", "valid_until"]),
    ],
)  # fmt: skip
def test_registers(name: str, header: list[str], kind: str, expected: list[str]) -> None:
    layout = sheet(header, ["x"] * len(header), name=name)
    assert layout.kind == kind
    assert list(fields(layout).values()) == expected


def test_a_listing_sheet_with_documents_and_seller_columns_stays_one() -> None:
    layout = sheet(
        ["title", "brand", "certificate_number", "valid_until", "seller_name"],
        ["Brass bicycle bell", "Northfold", "C-1", "2026-01-01", "Northfold GmbH"],
    )
    assert layout.kind == "listings"


@pytest.mark.parametrize(
    ("name", "hidden", "rows"),
    [
        (
            "Data Definitions",
            False,
            [["Field Name", "Local Label Name"], ["item_sku", "Seller SKU"]],
        ),
        ("Anleitungen", False, [["Allgemeine Informationen"], ["Artikelname, Marke"]]),
        ("计量单位", False, [["件/个"], ["袋"]]),
        ("ddl_7", True, [["Red"], ["Blue"]]),
        ("Info", False, [["Step", "What to do"], ["1", "Open the file"]]),
    ],
)
def test_instructions(name: str, hidden: bool, rows: list[list[str]]) -> None:
    assert sheet(*rows, name=name, hidden=hidden).kind == "instructions"


def test_a_sheet_named_example_with_listings_is_read() -> None:
    layout = sheet(
        ["Title", "Brand", "Price"], ["Brass bell", "Northfold", "9"], name="Example stock"
    )
    assert layout.kind == "listings"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Blatt", [["Some prose that explains the year."], ["And more of it."]]),
        ("Customers", [["Name", "Email", "Phone"], ["Bob", "b@x.example", "1"]]),
        ("x", [["id", "name"], ["1", "english"], ["2", "german"]]),
    ],
)
def test_unknown(name: str, rows: list[list[str]]) -> None:
    assert sheet(*rows, name=name).kind == "unknown"


def test_empty() -> None:
    assert sheet().kind == "empty"
    assert sheet(["", ""]).kind == "empty"


cells = st.text(max_size=30) | st.sampled_from(
    ["Title", "SKU", "必填", "settings=attributeRow=2", "[", "("]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cells, max_size=6), max_size=8), st.none() | st.text(max_size=20))
def test_any_head_is_recognised(rows: list[list[str]], name: str | None) -> None:
    layout = sheet(*rows, name=name)
    for number, row in enumerate(rows, 1):
        layout.skip(number, row)
    assert len(layout.inherits(rows)) == len(rows)
    assert all(c.field is None or c.field in LIBRARY.groups for c in layout.columns)


def test_mapping_a_sheet_takes_work_in_proportion_to_its_width() -> None:
    _calls(10)  # reads what is read once
    narrow, wide = _calls(300), _calls(900)
    assert wide < 3.3 * narrow


def _calls(width: int) -> int:
    """Functions called to recognise a sheet of so many columns and 30 rows."""
    header = [f"attribute_{n}[marketplace_id=A1PA6795UKMFR9]#1.value" for n in range(width)]
    header[:2] = ["contribution_sku#1.value", "item_name[marketplace_id=A1PA6795UKMFR9]#1.value"]
    labels = [f"Eigenschaft {n}" for n in range(width)]
    rows = [[f"value {n}" for n in range(width)] for _ in range(30)]
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        dialect = sheet(labels, header, *rows).dialect
    finally:
        sys.setprofile(None)
    assert dialect == "amazon-flat-file"
    return calls


def test_samples_look_at_data_only() -> None:
    samples = Samples([["", "1"], ["a", "2"], ["b"]])
    assert (samples.values(0), samples.values(1)) == (["a", "b"], ["1", "2"])
    assert samples.share(1, "number") == 1.0
    assert samples.share(5, "number") == 0.0


# Real files: what each column is, written by hand from the files themselves.

SHOPIFY = {
    "Handle": "listing_id", "Title": "title", "Body (HTML)": "description", "Vendor": "brand",
    "Type": "product_type", "Tags": "tags", "Published": None, "Option1 Name": None,
    "Option1 Value": "attributes", "Option2 Name": None, "Option2 Value": "attributes",
    "Option3 Name": None, "Option3 Value": "attributes", "Variant SKU": "sku",
    "Variant Grams": "weight", "Variant Inventory Tracker": None, "Variant Inventory Qty": "quantity",
    "Variant Inventory Policy": None, "Variant Fulfillment Service": None, "Variant Price": "price",
    "Variant Compare At Price": "list_price", "Variant Requires Shipping": None, "Variant Taxable": None,
    "Variant Barcode": "gtin", "Image Src": "image_url", "Image Position": None,
    "Image Alt Text": "image_alt", "Gift Card": None, "SEO Title": "seo_title",
    "SEO Description": "seo_description", "Google Shopping / Google Product Category": "category",
    "Google Shopping / Gender": "target_audience", "Google Shopping / Age Group": "age_range",
    "Google Shopping / MPN": "mpn", "Google Shopping / AdWords Grouping": None,
    "Google Shopping / AdWords Labels": None, "Google Shopping / Condition": "condition",
    "Google Shopping / Custom Product": None, "Variant Image": "image_url", "Variant Weight Unit": None,
    "Variant Tax Code": None, "Cost per item": None, "Status": "status",
}  # fmt: skip
REPORT = {
    "item-name": "title", "item-description": "description", "listing-id": "listing_id",
    "seller-sku": "sku", "price": "price", "quantity": "quantity", "open-date": None,
    "image-url": "image_url", "item-is-marketplace": None, "product-id-type": "gtin_type",
    "zshop-shipping-fee": None, "item-note": "condition_note", "item-condition": "condition",
    "zshop-category1": "category", "zshop-browse-path": "category", "zshop-storefront-feature": None,
    "asin1": "asin", "asin2": None, "asin3": None, "will-ship-internationally": None,
    "expedited-shipping": None, "zshop-boldface": None, "product-id": None,
    "bid-for-featured-placement": None, "add-delete": None, "pending-quantity": None,
    "fulfillment-channel": None, "merchant-shipping-group": None, "status": "status",
    "Minimum order quantity": None, "Sell remainder": None,
}  # fmt: skip
GOODS = {
    "商品Id": "listing_id", "商品名称": "title", "商家": "supplier", "商品SKUId": None, "SKU编码": "sku",
    "一级分类": "category", "二级分类": "category", "三级分类": "category", "品牌名称": "brand",
    "商品类型 0:普通 1:分销": None, "采购价：人民币": None, "商品规格值": "size", "销售价": "price",
    "市场价": "list_price", "成本价": None, "是否参与会员折扣 1:参与 0:不参与": None, "进口税率(%)": None,
    "进口税费": None,
}  # fmt: skip
ETSY = {
    "TITOLO": "title", "DESCRIZIONE": "description", "PREZZO": "price", "CURRENCY_CODE": "currency",
    "QUANTITÀ": "quantity", "TAG": "tags", "MATERIALI": "material",
    **{f"IMMAGINE{n}": "image_url" for n in range(1, 11)},
    "TIPO VARIANTE 1": None, "NOME VARIANTE 1": None, "VALORI VARIANTE 1": "attributes",
    "TIPO VARIANTE 2": None, "NOME VARIANTE 2": None, "VALORI VARIANTE 2": "attributes", "SKU": "sku",
}  # fmt: skip
WOO = {
    "ID": "listing_id", "Тип": None, "Артикул": "sku", "Имя": "title", "Опубликован": None,
    "рекомендуемый?": None, "Видимость в каталоге": None, "Короткое описание": "description",
    "Описание": "description", "В наличии?": None, "Базовая цена": "price", "Категории": "category",
    "Изображения": "image_url",
}  # fmt: skip
FLAT = {
    "SKU": "sku", "Angebotsaktion": None, "Produkttyp": "product_type", "Artikelname": "title",
    "Markenname": "brand", "Art der Produkt-ID": "gtin_type", "Produkt-ID": "gtin",
    "Empfohlene Stöbern-Kategorie": "category", "Modellnummer": "model", "Hersteller": "manufacturer",
    "UNSPSC-Code": None, "Artikelzustand": "condition",
    "Vermerk zu den Angebotskonditionen": "condition_note", "Aufzählungspunkt": "bullet_points",
    "Suchbegriffe": "search_terms", "Ursprungsland": "country_of_origin", "Sprache": "language",
    "Farbe": "colour", "Größe": "size", "Teilenummer": "mpn", "Sicherheitswarnung": "warning_text",
    "Gefahrgutvorschriften": "dangerous_goods", "Gefahrstoff": "un_number",
    "Artikelgewicht – Einheit": None, "URL des Hauptbildes": "image_url",
    "E-Mail-Adresse oder elektronische Adresse des Herstellers": "manufacturer_email",
    "E-Mail oder elektronische Adresse der zuständigen Person": "responsible_person_email",
}  # fmt: skip
STOCK_JP = {
    "商品コード": "sku", "商品名": "title", "カテゴリー": "category", "単価": "price", "製造元": "manufacturer",
}  # fmt: skip
TAOBAO = {
    "item_loc": None, "raw_title": "title", "view_price": "price", "view_sales": None, "province": None,
    "city": None, "sales": "sales",
}  # fmt: skip
FEED = {
    "id": "listing_id", "title": "title", "description": "description", "link": None,
    "image_link": "image_url", "availability": None, "price": "price", "sale_price": None,
    "brand": "brand",
}  # fmt: skip
FEED_TSV = {
    **FEED, "category": "category", "condition": "condition", "gtin": "gtin", "mpn": "mpn",
    "shipping": None, "material": "material", "gender": "target_audience",
}  # fmt: skip
ERP = {
    "ERP类目": "category", "ERP ID": "listing_id", "产品中文名": None, "产品属性": "attributes",
    "成本（有差值）": None, "商品名称": "title", "商品描述": "description", "商品重量(g)": "weight",
    "商品长度(cm)": None, "规格1（颜色）": "colour", "规格1图片": "image_url", "规格2（尺寸）": "size",
    "全球商品价格": "price", "全球商品库存": "quantity", "Seller SKU": "sku", "商品主图": "image_url",
    "产品特点1": "bullet_points", "描述（不包括图片）": "description",
}  # fmt: skip
SHOP_FR = {
    "sku": "sku", "name": "title", "description": "description", "price": "price", "body_zone": None,
    "skin_type": None, "fullness": None, "sexe": "target_audience", "ethnicity": None,
    "photo": "image_url",
}  # fmt: skip
REAL = [
    ("jp-master__seiumiyata__商品マスタ.csv", "generic", 50, STOCK_JP),
    ("cn-goods__MantoraHou__taobao1.csv", "generic", 682, TAOBAO),
    ("google-feed__xSANCHOSx__google_feed.xml", "product-feed", 25, FEED),
    ("google-feed__sherow1982__google_merchant_feed_en.tsv", "product-feed", 30, FEED_TSV),
    ("dianxiaomi__Eason8880__sample_data.xls", "erp-cn", 3, ERP),
    ("magento__Karimdaikhi__catalog_product.csv", "generic", 45, SHOP_FR),
    ("shopify__PacktPublishing__Product-data.csv", "shopify", 20, SHOPIFY),
    ("amazon-report__sellersmart__GET_MERCHANT_LISTINGS_ALL_DATA.txt", "amazon-listings-report", 2, REPORT),
    ("cn-goods__liaowwxx__商品.xlsx", "generic", 57, GOODS),
    ("etsy__sabaceramics__EtsyListingsDownload.csv", "etsy", 27, ETSY),
    ("woocommerce__artur8800__wc-product-export.csv", "woocommerce", 9, WOO),
    ("amazon-flatfile__LUKOAI__*.csv", "amazon-flat-file", 7, FLAT),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dialect", "count", "expected"), REAL, ids=lambda v: str(v)[:40])
def test_real_file(name: str, dialect: str, count: int, expected: dict[str, str | None]) -> None:
    found = list((SHARED / "inventories").glob(name))
    if not found:
        pytest.skip(f"{SHARED / 'inventories'} is missing")
    said: list[object] = []
    rows: list[tuple[int, list[str]]] = []
    for grid in open_source(str(found[0]), name, Limits(), said.append):
        for block in grid.blocks():
            rows += zip(block.numbers, block.rows, strict=True)
    layout = recognise(rows[:200], path=name, sheet=None, hidden=False, library=LIBRARY)
    assert layout.dialect == dialect
    mapped: dict[str, set[str | None]] = {}
    for column in layout.columns:
        mapped.setdefault(column.header, set()).add(column.field)
    # A language is held once: of its five columns the first has it.
    assert {h: f for h, f in expected.items() if f not in mapped.get(h, set())} == {}
    data = [row for n, row in rows if n >= layout.data_row and layout.skip(n, row) is None]
    assert len(data) - sum(layout.inherits(data)) == count
