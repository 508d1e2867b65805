"""The style sheet of all pages: every colour of text is readable on every ground, in light and in dark."""

import re
from importlib.resources import files

import pytest

STYLE = (files("fieldlink.report") / "templates" / "style.css").read_text("utf-8")
LIGHT, CHANGED = (
    dict(re.findall(r"--(\w+): (#\w{6})\b", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
)
SCHEMES = {"light": LIGHT, "dark": LIGHT | CHANGED}
TEXTS = ("ink", "quiet", "accent", "right", "wrong", "undecided")
GROUNDS = ("paper", "tint", "caution")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[first : first + 2], 16) / 255 for first in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_by_hand():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_is_readable_on_every_ground(scheme):
    colours = SCHEMES[scheme]
    low = {(text, ground): contrast(colours[text], colours[ground]) for text in TEXTS for ground in GROUNDS}
    assert {pair: value for pair, value in low.items() if value < 4.5} == {}


def test_texts_have_no_other_colours_and_both_schemes_the_same_names():
    rules = re.sub(r"/\*.*?\*/|:root \{.*?\}", "", STYLE, flags=re.S)
    assert set(re.findall(r"(?<![-\w])color: ([^;]+);", rules)) <= {f"var(--{text})" for text in TEXTS}
    assert CHANGED.keys() >= {*TEXTS, *GROUNDS}
