"""All checks of a preflight, in the order of its table."""

from fieldlink.core.params import Params
from fieldlink.preflight import (
    data_folders,
    git_folders,
    hours,
    machine,
    mapper_seconds,
    model_weights,
    rates,
    training_hours,
)
from fieldlink.preflight.findings import Finding


def findings(params: Params) -> list[Finding]:
    """Rows of the table: data, models, machine; and, if the device is there, room and hours."""
    scenes, object_counts = data_folders.objects(params)
    photos, photo_counts = data_folders.photos(params)
    clip, encoder = model_weights.clip(params)
    of_translator, translator = model_weights.translator(params)
    device = machine.device(params)
    rows = [
        scenes,
        *data_folders.depth(params),
        *data_folders.captions(params),
        *data_folders.split(params),
        *data_folders.ranks(params, object_counts),
        photos,
        *data_folders.imported(params),
        *git_folders.findings(params),
        clip,
        *of_translator,
        device,
        *machine.load(),
    ]
    if device.state != "ok":
        return rows
    counts = hours.Counts.of(params, sum(object_counts.values()), sum(photo_counts.values()))
    speed, pictures_per_second, width = rates.measure_rates(params, translator), 0.0, 0
    if encoder:
        width = encoder.texts(["a"]).shape[1]
        resolution, name = params.scenes.resolution, params.runtime.device
        pictures_per_second = model_weights.pictures_per_second(encoder, resolution, name)
    stages = mapper_seconds.tasks(params, counts, width) if width and counts.train else {}
    mapper_bytes = sum((mapper_seconds.weight_bytes(task) for tasks in stages.values() for task in tasks), 0.0)
    rows.append(machine.disk(params, counts.objects, counts.originals, width, speed.view_bytes, mapper_bytes))
    rows.append(machine.memory(params, counts.objects, width))
    by_stage = hours.of_objects(params, speed, pictures_per_second, counts)
    if width and counts.train:
        by_stage |= training_hours.hours(params, counts, width)
    return rows + hours.rows(by_stage)
