"""Prompts: a template for every class's noun."""

from collections.abc import Mapping
from typing import NamedTuple

from fieldlink.core.params import ObjectClass


class Prompt(NamedTuple):
    template: str  # its key in the parameters
    class_name: str
    text: str


def filled_prompts(templates: Mapping[str, str], classes: Mapping[str, ObjectClass]) -> list[Prompt]:
    """Every template with every class's noun, article included: "A photo of a gun" for the class rifle."""
    return [
        Prompt(key, name, template.format(noun=object_class.noun))
        for key, template in templates.items()
        for name, object_class in classes.items()
    ]
