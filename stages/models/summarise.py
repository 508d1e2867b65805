"""Write the dozen numbers that a study is tuned on, all of validation objects and photos."""

import json
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files
from fieldlink.core.params import load
from fieldlink.core.schemas import NERFS, OBJECTS


def summarise_validation(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    clip: Annotated[Path, Doc("JSON file of CLIP's own accuracy.")],
    nf2vec: Annotated[Path, Doc("JSON file of nf2vec's own quality.")],
    validation: Annotated[tuple[Path, ...], Doc("CSV files of tables of validation objects and photos.")],
    metrics: arguments.OutMetrics,
    intervals: Annotated[Path, Doc("JSON file to write: the bounds of their intervals.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`: percent, and the PSNR of the NeRFs in dB. Their bounds are in JSON `intervals`."""
    from fieldlink.embeddings.selection import originals, rows_of
    from fieldlink.report.table_results import read_results
    from fieldlink.report.validation_summary import validation_summary

    level = load(params_file).intervals.level
    ids = originals(datasets.read(objects, OBJECTS), "validation", source=str(objects))["object_id"].to_pylist()
    psnr = rows_of(datasets.read(nerfs, NERFS, ["object_id", "psnr_heldout"]), "object_id", ids)["psnr_heldout"]
    results = [result for path in validation for result in read_results(path.read_text("utf-8"), str(path))]
    of_clip, of_nf2vec = (json.loads(path.read_text("utf-8")).get("validation", {}) for path in (clip, nf2vec))
    summary = validation_summary(results, of_clip, of_nf2vec, psnr.to_numpy(), level)
    values = {name: round(measured.value, 1) for name, measured in summary.items()}
    files.write_text(metrics, json.dumps(values, indent=2) + "\n")
    bounds = {name: measured.bounds for name, measured in summary.items()}
    files.write_text(intervals, json.dumps(bounds, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(summarise_validation)
