"""The documents have the numbers of `real_objects.yaml`."""

from pathlib import Path

from fieldlink.search.real_objects import real_objects

ROOT = Path(__file__).parent.parent.parent


def test_the_documents_have_the_measured_numbers():
    meshes, photos = real_objects()["meshes"], real_objects()["photos"]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"of {meshes['objects']} real meshes of the {meshes['classes']} classes they named" in readme
    assert f"{meshes['class_from_weights']:.0f} % right from the weights" in readme
    assert f"{meshes['class_by_clip_on_four_rendered_views']:.0f} % by CLIP on four rendered views" in readme
    assert f"of {photos['pictures']} real photos CLIP named {photos['class_by_clip']:.0f} % right" in readme
    page = (ROOT / "docs" / "ask.md").read_text(encoding="utf-8")
    for values in (meshes, photos):
        for name, value in values.items():
            if name.startswith(("class_", "first_")):
                assert f"| {value} |" in page
