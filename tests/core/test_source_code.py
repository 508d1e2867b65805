"""Files on which a stage depends."""

from pathlib import Path

import pytest

from fieldlink.core import source_code


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("stages/backbone/fit_nerfs.py", {"nerf/fitting/optimisation.py", "nerf/field.py", "scenes/visual_hull.py"}),
        ("stages/backbone/render_nerfs.py", {"nerf/rendering.py", "nerf/field.py"}),
        ("stages/backbone/embed_images.py", {"clip/encoders.py", "clip/model_folders.py"}),
        ("fieldlink/commands/import_nerfs.py", {"core/safe_unpickling.py"}),
    ],
)
def test_what_only_workers_import_is_code_of_the_stage(file, read):
    closure = {path.relative_to(source_code.ROOT) for path in source_code.closure(source_code.ROOT / file)}
    assert {Path("fieldlink", name) for name in read} <= closure
