"""`GET /api/study`: the spaces to search in, the limits of questions, and what the answers are worth."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldlink.core.schemas import SPLITS, UNDECIDED
from fieldlink.explorer.bodies import MOST_BYTES
from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.json_replies import Json
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.uploads import MESHES, NERF
from fieldlink.search.real_objects import real_objects


async def get_study(request: Request) -> Response:
    """Origin, variants, classes, what may be filtered by, limits, and the accuracy on real objects."""
    RequestValues(request.query_params, ())
    explorer = explorer_of(request)
    return Json(await explorer.questions.run(_description, explorer))


def _description(explorer: Explorer) -> dict[str, Any]:
    study = explorer.study
    return {
        "origin": asdict(study.origin),
        "variants": [asdict(space) for space in study.variants],
        "classes": {name: study.params.classes[name].noun for name in study.classes},
        "filters": {
            "class": study.collection.choices("class_name"),
            "split": sorted(study.collection.choices("split"), key=(*SPLITS, UNDECIDED).index),
        },
        "maps": {"nerf_embedding": "nf2vec's vectors", "clip_embedding": "nerf2clip's vectors"},
        "clip_source": study.params.clip.source,
        "scenes_source": study.params.scenes.source,
        "real_objects": real_objects(),
        "most_bytes": MOST_BYTES,
        "files": {"mesh": list(MESHES), "nerf": [NERF]},
    }
