"""The one import of Jinja: HTML from the files of folder `templates`."""

from collections.abc import Mapping
from typing import Any

import jinja2


def fill(name: str, page: Mapping[str, Any]) -> str:
    """The template `name` filled with `page`. All text is escaped; a variable without a value raises."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fieldlink.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(page=page)
