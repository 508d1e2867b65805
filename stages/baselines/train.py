"""Train clip2nerf and nerf2clip for several spaces of NeRFs alike: nf2vec's and the baselines'."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import Loss, load


def train_space_mappers(
    *,
    objects: arguments.Objects,
    nf2vec: arguments.NerfEmbeddings,
    spaces: arguments.SpaceEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    out: arguments.OutModels,
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write models below `out` and mapped test vectors below `mapped`, by space and direction; and the curves.

    `nf2vec`, and every folder of `spaces` under its own name: `nerf_embeddings`.
    """
    from fieldlink.embeddings.nerf_embeddings import baseline_folders
    from fieldlink.mapper import training_inputs
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
    from fieldlink.mapper.pairs import Direction

    known, stage = load(params), "train_space_mappers"
    folders = {"nf2vec": nf2vec, **baseline_folders(spaces)}
    regime, seed = known.mapper.model_copy(update={"epochs": known.baselines.epochs}), known.study.seed
    losses: dict[Direction, Loss] = {"clip2nerf": known.baselines.clip2nerf, "nerf2clip": known.baselines.nerf2clip}
    tasks, inputs = [], {}
    for name, folder in folders.items():
        given = training_inputs.TrainingData.read(objects, folder, gt_embeddings, photo_embeddings)
        learning, checking = (given.pairs(given.ids(split)) for split in ("train", "validation"))
        for way, loss in losses.items():
            models = [MapperRun(f"{name} {way} {loss}", loss, own) for own in known.mapper.seeds]
            tasks.append(MapperTask(way, models, learning, checking, regime, seed, known.runtime.device))
        inputs[name] = given.test(seed)
    trained = training_inputs.trained(tasks, known.runtime.workers)
    for name in folders:
        own = {part.direction: part for part in trained if part.models[0].variant.startswith(f"{name} ")}
        training_inputs.write(own, inputs[name], out / name, mapped / name, stage)
    training_inputs.write_curves(trained, curves, stage)


if __name__ == "__main__":
    run_stage(train_space_mappers, preload=["fieldlink.mapper.mapper_training"])
