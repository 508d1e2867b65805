"""The training of mappers as a worker process does it. The worker alone imports torch."""

from fieldlink.mapper.mapper_tasks import MapperResult, MapperTask


def train(task: MapperTask) -> MapperResult:
    """Train all mappers of the task."""
    from fieldlink.mapper.mapper_training import train_many

    return train_many(task)
