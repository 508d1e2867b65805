"""Measure the time to name a NeRF's class: from its weights, and by rendering views and embedding them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas
from fieldlink.core.params import load


def measure_speed(
    *,
    views: arguments.Views,
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecFolder,
    clip: arguments.ClipModel,
    prompts: arguments.PromptEmbeddings,
    out: Annotated[Path, Doc("JSON file of measured seconds to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write median milliseconds on this machine, for the first NeRF and the cameras of its views, as JSON `out`."""
    from fieldlink.clip import encoders
    from fieldlink.nf2vec.model import Nf2vecModel
    from fieldlink.report.latency import TimedNerf, median_times, naming_methods
    from fieldlink.scenes.views import of_rows

    params = load(params_file)
    device = params.runtime.device
    nerf = next(datasets.shards(nerfs, schemas.NERFS, ["object_id", "weights", "occupancy"])).slice(0, 1)
    object_views = of_rows(datasets.rows_with_ids(views, schemas.VIEWS, nerf["object_id"].to_pylist()))
    model, encoder = Nf2vecModel.read(nf2vec), encoders.load(clip, device)
    texts = datasets.matrix(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS, ["embedding"])["embedding"])
    methods = naming_methods(TimedNerf.of(nerf, object_views), model, encoder, texts, params)
    speed = median_times(methods, device)
    files.write_text(out, json.dumps(asdict(speed), indent=2) + "\n")


if __name__ == "__main__":
    run_stage(measure_speed)
