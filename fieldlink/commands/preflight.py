"""Before a long run: are data and models there, is there room, and how many hours will it take?"""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def preflight(params: Path = Path("params.yaml")) -> None:
    """Print a table of all that `params` asks for; what is missing ends in an error that counts it."""
    from fieldlink.preflight import data_folders, hours, machine, model_weights, rates, training_hours
    from fieldlink.preflight.findings import table

    how = load(params)
    scenes, objects_of = data_folders.objects(how)
    photos, photos_of = data_folders.photos(how)
    clip, encoder = model_weights.clip(how)
    translator, diffusion = model_weights.translator(how)
    device = machine.device(how)
    found = [
        scenes,
        *data_folders.depth(how),
        *data_folders.captions(how),
        *data_folders.split(how),
        photos,
        *data_folders.imported(how),
        clip,
        *translator,
        device,
    ]
    counts = hours.Counts.of(how, sum(objects_of.values()), sum(photos_of.values()))
    if device.state == "ok":
        speed, images, width = rates.measured(how, diffusion), 0.0, 0
        if encoder:
            width = encoder.texts(["a"]).shape[1]
            images = model_weights.images_per_second(encoder, how.scenes.resolution, how.runtime.device)
        found.append(machine.disk(how, counts.objects, counts.originals, width, speed.view_bytes))
        found.append(machine.memory(how, counts.objects, width))
        taken = hours.of_objects(how, speed, images, counts)
        if width and counts.learnt:
            taken |= training_hours.hours(how, counts, width)
        found += hours.rows(taken)
    print(table(found))
    if missing := sum(each.state == "missing" for each in found):
        raise InputError(f"{missing} missing: see the table")


if __name__ == "__main__":
    run_stage(preflight)
