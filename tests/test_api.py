"""The Python door: listings that are in no file."""

from __future__ import annotations

import pytest

from listlint import api


def test_a_listing_as_programs_hold_it() -> None:
    listing = {
        "title": "1:1 mirror quality handbag",
        "price": 19.5,
        "quantity": 3,
        "brand": None,
        "bullet_points": ["soft", None, 2],
    }
    found = api.Linter().check_listing(listing, "amazon.com")
    assert "counterfeit-grade" in {f.name for f in found}


def test_an_unknown_marketplace_is_refused() -> None:
    with pytest.raises(api.ConfigError, match=r"no marketplace is called 'amazon\.xx'"):
        api.Linter().check_listing({"title": "Mug"}, "amazon.xx")
