"""A stage that meets a fault: `python -m faults.faulty_stage <function>`. It runs in a test's folder."""

import os
import sys
import time
from functools import partial
from pathlib import Path

from fieldlink.commands.stage_runner import run_stage


def wait() -> None:
    time.sleep(60)


def compute() -> None:
    """Long work of a library, which no signal interrupts."""
    import numpy

    for _ in range(50):
        numpy.linalg.svd(numpy.ones((2000, 2000)))


def allocate() -> None:
    import numpy

    numpy.ones(2**46)


def import_in_little_memory() -> None:
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, used + 2**26))
    import torch  # noqa: F401


def use_cuda() -> None:
    """On a GPU, if there is one: the test hides it."""
    import torch

    torch.ones(1, device="cuda")


def chunk(items: list[str]):
    """Rows of items. All but the first meet the fault in the variable FAULT, until a file `again` is there."""
    from faults.dataset_cases import work

    with Path("computed").open("a", encoding="utf-8") as file:
        print(*items, file=file)
    if items[0] != "a" and not Path("again").exists():
        Path(f"worker-{os.getpid()}").touch()
        globals()[os.environ["FAULT"]]()
    return work(items)


def finish(workers: int) -> None:
    from fieldlink.core import resume
    from fieldlink.core.schemas import NERF_EMBEDDINGS

    keys = dict.fromkeys("abcdef", "key")
    resume.finish("demo", NERF_EMBEDDINGS, keys, list, chunk, chunk=2, workers=workers)


def fill_the_disk() -> None:
    """As a full disk does: no file may have more than 100 bytes."""
    import resource

    from faults.dataset_cases import rows

    from fieldlink.core import datasets
    from fieldlink.core.schemas import NERF_EMBEDDINGS

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    datasets.write(Path("set"), NERF_EMBEDDINGS, [rows("xy")], "test")


def talk() -> None:
    print("x" * 10**6)


def edit() -> None:
    """Write TEXT into FILE, or delete FILE where there is no TEXT."""
    file, text = Path(os.environ["FILE"]), os.environ.get("TEXT")
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")


FUNCTIONS = {
    "alone": partial(finish, 1),
    "with_workers": partial(finish, 2),
    "fill_the_disk": fill_the_disk,
    "talk": talk,
    "edit": edit,
}

if __name__ == "__main__":
    function = FUNCTIONS[sys.argv.pop()]

    def stage() -> None:
        function()

    run_stage(stage, preload=["numpy"])
