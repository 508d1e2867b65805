"""Before a long run: are data and models there, is there room, and how many hours will it take?"""

from pathlib import Path

from stages.errors import InputError
from stages.params import load
from stages.runtime import command


def preflight(params: Path = Path("params.yaml")) -> None:
    """Print a table of all that `params` asks for; what is missing ends in an error that counts it."""
    from stages.readiness import data, machine, models, rates
    from stages.readiness.findings import table

    how = load(params)
    scenes, objects_of = data.objects(how)
    photos, photos_of = data.photos(how)
    clip, encoder = models.clip(how)
    device = machine.device(how)
    found = [scenes, *data.split(how), photos, *data.imported(how), clip, *models.translator(how), device]
    originals, training = sum(objects_of.values()), how.scenes.split.train
    share = training / (training + how.scenes.split.validation + how.scenes.split.test)
    objects = round(originals * (1 + share * how.scenes.copies))
    if device.state == "ok":
        side = how.scenes.resolution
        images = models.images_per_second(encoder, side) if encoder else 0.0
        width = encoder.texts(["a"]).shape[1] if encoder else 0
        speed = rates.measured(how)
        found.append(machine.disk(how, objects, originals, width, speed.view_bytes))
        found.append(machine.memory(how, objects, width))
        counts = {"objects": objects, "originals": originals, "photos": sum(photos_of.values())}
        found += rates.stages(how, speed, images, **counts)
    print(table(found))
    if missing := sum(each.state == "missing" for each in found):
        raise InputError(f"{missing} missing: see the table")


if __name__ == "__main__":
    command(preflight)
