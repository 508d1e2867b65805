"""`GET /api/study`: the spaces to search in, and the limits of questions."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldlink.core.schemas import SPLITS
from fieldlink.explorer.bodies import MOST_BYTES
from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.json_replies import Json
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.uploads import MESHES, NERF


async def get_study(request: Request) -> Response:
    """Origin, variants, classes, splits and limits."""
    RequestValues(request.query_params, ())
    explorer = explorer_of(request)
    return Json(await explorer.questions.run(_description, explorer))


def _description(explorer: Explorer) -> dict[str, Any]:
    study = explorer.study
    return {
        "origin": asdict(study.origin),
        "variants": [asdict(space) for space in study.variants],
        "classes": {name: study.params.classes[name].noun for name in study.classes},
        "splits": list(SPLITS),
        "maps": {"nerf_embedding": "nf2vec's vectors", "clip_embedding": "nerf2clip's vectors"},
        "clip_source": study.params.clip.source,
        "scenes_source": study.params.scenes.source,
        "most_bytes": MOST_BYTES,
        "files": {"mesh": list(MESHES), "nerf": [NERF]},
    }
