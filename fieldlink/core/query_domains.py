"""Domains of queries, as datasets, tables, generation and the result page call them.

`gt` is a view of an object, ground truth and synthetic.
"""

from typing import Literal

from fieldlink.core.variants import GenerationInput, QueryDomainName

PictureDomain = Literal["gt", "photo"]
QueryDomain = Literal[PictureDomain, "caption", "prompt"]  # as in `mapped_embeddings`

DOMAIN_NAMES: dict[str, QueryDomainName] = {"gt": "synthetic", "photo": "real"}  # in rows and metrics of tables
GENERATION_INPUTS: dict[str, GenerationInput] = {  # by kind of `generated_views`, in the order of the table
    "gt": "view",
    "caption": "caption",
    "photo": "photo",
    "nerf": "NeRF vector",
}
DESCRIPTIONS = {"gt": "a ground-truth view of an object whose NeRF is left out", "photo": "a photo"}  # on the page
