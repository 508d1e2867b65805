"""The door to Jinja: pages from the templates beside this file."""

from collections.abc import Mapping
from typing import Any

import jinja2


def rendered(name: str, page: Mapping[str, Any]) -> str:
    """The template `name` filled with `page`; all text is escaped, and a name that isn't there is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fieldlink", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(page=page)
