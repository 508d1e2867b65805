"""Before a long run: are data and models there, is there room, and how many hours will it take?"""

from pathlib import Path

from stages.errors import InputError
from stages.params import load
from stages.runtime import command


def preflight(params: Path = Path("params.yaml")) -> None:
    """Print a table of all that `params` asks for; what is missing ends in an error that counts it."""
    from stages.readiness import data, hours, machine, models, rates, trainings
    from stages.readiness.findings import table

    how = load(params)
    scenes, objects_of = data.objects(how)
    photos, photos_of = data.photos(how)
    clip, encoder = models.clip(how)
    translator, diffusion = models.translator(how)
    device = machine.device(how)
    found = [
        scenes,
        *data.depth(how),
        *data.captions(how),
        *data.split(how),
        photos,
        *data.imported(how),
        clip,
        *translator,
        device,
    ]
    counts = hours.Counts.of(how, sum(objects_of.values()), sum(photos_of.values()))
    if device.state == "ok":
        speed, images, width = rates.measured(how, diffusion), 0.0, 0
        if encoder:
            width = encoder.texts(["a"]).shape[1]
            images = models.images_per_second(encoder, how.scenes.resolution, how.runtime.device)
        found.append(machine.disk(how, counts.objects, counts.originals, width, speed.view_bytes))
        found.append(machine.memory(how, counts.objects, width))
        taken = hours.of_objects(how, speed, images, counts)
        if width and counts.learnt:
            taken |= trainings.hours(how, counts, width)
        found += hours.rows(taken)
    print(table(found))
    if missing := sum(each.state == "missing" for each in found):
        raise InputError(f"{missing} missing: see the table")


if __name__ == "__main__":
    command(preflight)
