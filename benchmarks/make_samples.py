"""Writes sample_inventory/ from benchmarks/samples/*.toml: `python benchmarks/make_samples.py [FOLDER]`.

The same input gives the same bytes: dates in the workbooks are fixed, and rows stand in the order
of the TOML files.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum import ean

HERE = Path(__file__).resolve().parent
SAMPLES = HERE / "samples"
OUT = HERE.parent / "sample_inventory"
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)

Table = list[list[str]]

# Attribute name, label and section of the columns of an Amazon flat file (v1 template).
AMAZON_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("feed_product_type", "Product Type", "Basic"),
    ("item_sku", "Seller SKU", "Basic"),
    ("brand_name", "Brand Name", "Basic"),
    ("update_delete", "Update Delete", "Basic"),
    ("item_name", "Product Name", "Basic"),
    ("external_product_id", "Product ID", "Basic"),
    ("external_product_id_type", "Product ID Type", "Basic"),
    ("manufacturer", "Manufacturer", "Basic"),
    ("part_number", "Manufacturer Part Number", "Basic"),
    ("item_type", "Item Type Keyword", "Basic"),
    ("product_description", "Product Description", "Basic"),
    ("standard_price", "Standard Price", "Offer"),
    ("quantity", "Quantity", "Offer"),
    ("condition_type", "Condition", "Offer"),
    ("main_image_url", "Main Image URL", "Images"),
    ("bullet_point1", "Key Product Features", "Discovery"),
    ("bullet_point2", "Key Product Features", "Discovery"),
    ("bullet_point3", "Key Product Features", "Discovery"),
    ("bullet_point4", "Key Product Features", "Discovery"),
    ("bullet_point5", "Key Product Features", "Discovery"),
    ("generic_keywords", "Search Terms", "Discovery"),
    ("material_type", "Material", "Product Enrichment"),
    ("color_name", "Color", "Product Enrichment"),
    ("size_name", "Size", "Product Enrichment"),
    ("manufacturer_minimum_age", "Minimum Manufacturer Age", "Product Enrichment"),
    ("country_of_origin", "Country/Region of Origin", "Compliance"),
    ("batteries_required", "Is this product a battery or does it use batteries?", "Compliance"),
    ("dangerous_goods", "Dangerous Goods Regulations", "Compliance"),
    ("cpsia_cautionary_statement", "CPSIA Warning", "Compliance"),
    ("cpc", "Children's Product Certificate", "Compliance"),
    ("fcc_id", "FCC ID", "Compliance"),
    ("epa_reg_no", "EPA Registration Number", "Compliance"),
    ("certificate", "Certificate", "Compliance"),
    ("certificate_number", "Certificate Number", "Compliance"),
)
AMAZON_SETTINGS = (
    "TemplateType=fptcustom",
    "Version=2026.0115",
    "TemplateSignature=U0FNUExF",
    "settings=attributeRow=3&contentLanguageTag=en_US&dataRow=4&feedType=113&headerLanguageTag=en_US"
    "&labelRow=2&primaryMarketplaceId=amzn1.mp.o.ATVPDKIKX0DER&templateIdentifier=sample",
    "Use ENGLISH to fill this template. The top 3 rows are for Amazon.com use only. "
    "Do not modify or delete the top 3 rows.",
)
AMAZON_INSTRUCTIONS = (
    "Instructions",
    "Fill in one row of the Template sheet for each product.",
    "The top three rows describe the columns; leave them as they are.",
    "Put your own details on the Seller sheet and your certificates on the Licences sheet.",
)
SELLER_COLUMNS: tuple[tuple[str, str], ...] = (
    ("seller_id", "Merchant Token"),
    ("seller_name", "Legal Name"),
    ("trade_name", "Store Name"),
    ("seller_address", "Street Address"),
    ("seller_city", "City"),
    ("seller_state", "State"),
    ("seller_postal_code", "Postal Code"),
    ("seller_country", "Country"),
    ("seller_phone", "Phone"),
    ("seller_email", "Email"),
    ("ein", "EIN"),
    ("vat_number", "VAT Number"),
)
LICENCE_COLUMNS: tuple[tuple[str, str], ...] = (
    ("document", "Document"),
    ("document_number", "Document Number"),
    ("issuer", "Issuer"),
    ("holder", "Holder"),
    ("scope_sku", "SKU"),
    ("valid_from", "Valid From"),
    ("valid_until", "Valid Until"),
)
SHOPIFY_COLUMNS: tuple[str, ...] = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published",
    "Option1 Name", "Option1 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
    "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
    "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description",
    "Variant Weight Unit", "Status",
)  # fmt: skip
STOCK_COLUMNS: tuple[tuple[str, str], ...] = (
    ("sku", "商品编码"),
    ("title", "商品名称"),
    ("brand", "品牌"),
    ("category", "类目"),
    ("gtin", "条形码"),
    ("size", "规格"),
    ("price", "售价"),
    ("quantity", "库存"),
    ("country_of_origin", "产地"),
    ("description", "商品描述"),
    ("search_terms", "搜索关键词"),
    ("marketplace", "平台"),
    ("ccc", "3C证书编号"),
)
STOCK_SELLER_COLUMNS: tuple[tuple[str, str], ...] = (
    ("trade_name", "店铺名称"),
    ("seller_name", "公司名称"),
    ("uscc", "统一社会信用代码"),
    ("seller_phone", "联系电话"),
    ("seller_email", "电子邮箱"),
    ("seller_address", "地址"),
    ("seller_city", "城市"),
    ("seller_state", "省份"),
    ("seller_postal_code", "邮政编码"),
    ("seller_country", "国家"),
)


def load(name: str) -> dict[str, Any]:
    """The tables of benchmarks/samples/`name`.toml."""
    with (SAMPLES / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def gtin(prefix: str, number: int) -> str:
    """A code with the right check digit: the company's `prefix`, then `number`."""
    length = 11 if prefix.startswith("0") else 12
    body = prefix + str(number).zfill(length - len(prefix))
    return body + str(ean.calc_check_digit(body))


def amazon_rows() -> Iterator[list[str]]:
    """The three header rows of the template, then a row for each listing."""
    names = [name for name, _, _ in AMAZON_COLUMNS]
    settings = list(AMAZON_SETTINGS)
    yield settings + [""] * (len(names) - len(settings))
    yield [label for _, label, _ in AMAZON_COLUMNS]
    yield names
    for n, listing in enumerate(load("amazon")["listing"], start=1):
        row: dict[str, str] = {k: v for k, v in listing.items() if isinstance(v, str)}
        row |= {f"bullet_point{i}": text for i, text in enumerate(listing["bullets"], start=1)}
        row |= {
            "update_delete": "Update",
            "external_product_id": listing.get("gtin", gtin("018734", 20000 + n)),
            "external_product_id_type": "UPC",
            "manufacturer": row["brand_name"],
            "part_number": row["item_sku"].replace("-", ""),
            "quantity": str(20 + 7 * n % 60),
            "condition_type": "New",
            "main_image_url": f"https://images.example.com/{row['item_sku'].lower()}.jpg",
            "country_of_origin": "United States",
            "generic_keywords": row["item_type"].replace("-", " "),
        }
        yield [row.get(name, "") for name in names]


def tidy_table(columns: Sequence[tuple[str, str]], records: list[dict[str, str]]) -> Table:
    """A header row of the columns' labels, then a row for each record."""
    return [[label for _, label in columns]] + [
        [record.get(name, "") for name, _ in columns] for record in records
    ]


def shopify_rows() -> Iterator[list[str]]:
    """Shopify's layout: a row for each variant, one more for the second picture."""
    yield list(SHOPIFY_COLUMNS)
    number = 25000
    for product in load("shopify")["product"]:
        handle, title = product["handle"], product["title"]
        for i, (value, price) in enumerate(product["variants"]):
            number += 1
            row = {
                "Handle": handle,
                "Option1 Value": value,
                "Variant SKU": f"{handle.upper()}-{i + 1}",
                "Variant Grams": "250",
                "Variant Inventory Tracker": "shopify",
                "Variant Inventory Qty": str(5 + number % 40),
                "Variant Inventory Policy": "deny",
                "Variant Fulfillment Service": "manual",
                "Variant Price": price,
                "Variant Requires Shipping": "true",
                "Variant Taxable": "true",
                # Shopify exports barcodes behind an apostrophe, so that Excel keeps the zeros.
                "Variant Barcode": "'" + product.get("gtin", gtin("018734", number)),
                "Variant Weight Unit": "g",
            }
            if i == 0:
                row |= {
                    "Title": title,
                    "Body (HTML)": product["body"],
                    "Vendor": product["vendor"],
                    "Type": product["type"],
                    "Tags": product["tags"],
                    "Published": "true",
                    "Option1 Name": product.get("option", "Title"),
                    "Image Src": f"https://cdn.example.com/{handle}.jpg",
                    "Image Position": "1",
                    "Image Alt Text": title,
                    "Gift Card": "false",
                    "SEO Title": "",
                    "SEO Description": "",
                    "Status": "active",
                }
            yield [row.get(name, "") for name in SHOPIFY_COLUMNS]
        picture = {
            "Handle": handle,
            "Image Src": f"https://cdn.example.com/{handle}-2.jpg",
            "Image Position": "2",
        }
        yield [picture.get(name, "") for name in SHOPIFY_COLUMNS]


def stock_rows() -> Table:
    """A title line, the header, then the goods."""
    tables = load("stock")
    goods = [
        {
            "gtin": gtin("6972184", 100 + n),
            "quantity": str(30 + n * 13 % 90),
            "country_of_origin": "中国",
        }
        | g
        for n, g in enumerate(tables["goods"], start=1)
    ]
    return [[tables["title_line"]], *tidy_table(STOCK_COLUMNS, goods)]


def write_workbook(path: Path, sheets: dict[str, Table]) -> None:
    """The sheets with every cell as text."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        book.set_properties({"created": WRITTEN.replace(tzinfo=None)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value:
                        sheet.write_string(r, c, value)


def main(folder: Path) -> None:
    """Write the three files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    amazon, stock = load("amazon"), load("stock")
    write_workbook(
        folder / "amazon-us.xlsx",
        {
            "Instructions": [[line] for line in AMAZON_INSTRUCTIONS],
            "Template": list(amazon_rows()),
            "Seller": tidy_table(SELLER_COLUMNS, amazon["seller"]),
            "Licences": tidy_table(LICENCE_COLUMNS, amazon["licence"]),
        },
    )
    with (folder / "shopify.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(shopify_rows())
    write_workbook(
        folder / "库存.xlsx",
        {
            "库存": stock_rows(),
            "卖家": tidy_table(STOCK_SELLER_COLUMNS, stock["seller"]),
        },
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
