"""Measure how long it takes to name a NeRF's class: from its weights, and by rendering views and embedding them."""

import json
from dataclasses import asdict
from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, saved_models, schemas
from fieldlink.core.params import load


def measure_speed(
    *,
    views: Path,
    nerfs: Path,
    nf2vec: Path,
    clip: Path,
    prompts: Path,
    out: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write median milliseconds on this machine, for the first NeRF and the cameras of its views, as JSON `out`."""
    from fieldlink.clip import encoders
    from fieldlink.nerf.occupancy import unpack
    from fieldlink.nf2vec.model import Nf2vecModel
    from fieldlink.report import latency
    from fieldlink.scenes.views import of_rows

    how = load(params)
    nerf = next(datasets.shards(nerfs, schemas.NERFS, ["object_id", "weights", "occupancy"])).slice(0, 1)
    seen = of_rows(datasets.rows_with_ids(views, schemas.VIEWS, nerf["object_id"].to_pylist()))
    subject = latency.Subject(
        datasets.matrix(nerf["weights"])[0],
        unpack(nerf["occupancy"][0].as_py()),
        seen.camera_to_world.copy(),  # torch wants arrays it may write to
        latency.Camera(seen.camera_angle_x, seen.image.shape[2], seen.image.shape[1]),
    )
    model, encoder = Nf2vecModel.of(*saved_models.read_model(nf2vec)), encoders.load(clip, how.runtime.device)
    texts = datasets.matrix(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS, ["embedding"])["embedding"])
    speed = latency.timed(latency.ways(subject, model, encoder, texts, how), how.runtime.device)
    files.write_text(out, json.dumps(asdict(speed), indent=2) + "\n")


if __name__ == "__main__":
    run_stage(measure_speed)
