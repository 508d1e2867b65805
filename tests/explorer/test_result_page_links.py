"""The NeRFs of a study's result page lead to their own pages in the explorer."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from fieldlink.core.explorer_address import ADDRESS
from fieldlink.report.html_templates import fill

HOSTILE = 'a&b="1"#<i>\'é /+'


def sections(object_id: str) -> dict[str, dict]:
    """Each template of a section with one NeRF, and what it is filled with."""
    fit = {"group": "best", "pictures": [], "psnr": 30.0, "object_id": object_id, "class_name": "chair"}
    item = {"uri": "data:,", "object_id": object_id, "class_name": "chair", "same_class": True}
    query = {"uri": "data:,", "query_id": "photo", "class_name": "chair", "results": [item]}
    gallery = {"variant": "v", "domain": "photos", "shown_hits": 1, "queries": [query], "hit_rate": 1, "query_count": 1}
    shared = {"explorer": f"{ADDRESS}/"}
    return {
        "nerfs": shared | {"fits": [fit], "nerfs": 1, "amplification": 4, "psnr": None},
        "retrieval": shared | {"galleries": [gallery]},
    }


@pytest.mark.parametrize("name", ["nerfs", "retrieval"])
def test_a_nerf_links_to_its_page(name: str):
    html = fill(f"sections/{name}.html", sections(HOSTILE)[name])
    (link,) = re.findall(r'<a href="([^"]*)"', html)
    address = urlsplit(unescape(link))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ADDRESS}/"
    assert parse_qs(address.query) == {"object": [HOSTILE]}
    assert "<i>" not in html


def test_the_explorer_opens_the_page_of_a_link(at, study):
    html = fill("sections/nerfs.html", sections(study.ids[0])["nerfs"])
    (link,) = re.findall(rf'<a href="{ADDRESS}([^"]*)"', html)
    page = at(unescape(link))
    assert page.evaluate("document.querySelector('.object h2').textContent") == study.ids[0]
