"""Warnings stand where they belong, and they and the documents have the numbers of `real_objects.yaml`."""

from pathlib import Path

from search.meshes import box

from fieldlink.search.finished_study import Study
from fieldlink.search.real_objects import real_objects

ROOT = Path(__file__).parent.parent.parent


def text_of(document: str) -> str:
    """A document's words, one space between two."""
    return " ".join((ROOT / document).read_text(encoding="utf-8").split())


def test_the_documents_have_the_measured_numbers():
    meshes, photos = real_objects()["meshes"], real_objects()["photos"]
    for document in ("README.md", "docs/explorer.md"):
        text = text_of(document)
        assert f"of {meshes['objects']} real meshes " in text.replace("Of", "of")
        assert f"they named {meshes['class_from_weights']:.0f} % right from the weights" in text
        assert f"{meshes['class_by_clip_on_four_rendered_views']:.0f} % by CLIP on four " in text
        assert f"of {photos['pictures']} real photos CLIP named {photos['class_by_clip']:.0f} % right" in text
    assert f"and {photos['first_nerf_of_its_class']:.0f} % found a NeRF of their class first" in text_of(
        "docs/explorer.md"
    )
    page = (ROOT / "docs" / "ask.md").read_text(encoding="utf-8")
    for values in (meshes, photos):
        for name, value in values.items():
            if name.startswith(("class_", "first_")):
                assert f"| {value} |" in page


def test_a_picture_is_warned_of_by_what_photos_are_worth_and_a_mesh_by_what_meshes_are(study: Study, tmp_path: Path):
    meshes, photos = real_objects()["meshes"], real_objects()["photos"]
    picture = study.search(image=study.view(study.ids[0], 0)).warning
    assert f"of {photos['pictures']} real photos" in picture
    assert f"{photos['class_by_clip']:.0f} % right" in picture
    assert "meshes" not in picture
    mesh = study.search(mesh=box(tmp_path / "box.off")).warning
    assert f"of {meshes['objects']} real meshes" in mesh
    assert "photos" not in mesh


def test_objects_of_a_users_own_collection_carry_the_warning_of_a_mesh(mine: Study, study: Study):
    """They come from outside of the study, though not from outside of the collection that is searched."""
    mesh = mine.search(nerf=study.nerf(study.ids[0]), by="nf2vec").warning
    assert "small synthetic world" in mesh
    answers = [mine.classify(nerf="cube"), mine.search(nerf="cube"), mine.neighbours("cube", "CLIP mean")]
    assert [answer.warning for answer in answers] == [mesh] * 3
    assert study.classify(nerf=study.ids[0]).warning == ""


def test_a_users_own_collection_is_warned_of_whatever_it_is_asked_with(mine: Study, study: Study):
    mesh = mine.search(nerf="cube").warning
    trained = " ".join(sorted(study.models.training_words)[-3:])
    assert study.search(text=trained).warning == ""
    assert mine.search(text=trained).warning == mesh
    assert mine.search(text=f"{trained} unicorn").warning == f"this study's CLIP never saw the words: unicorn; {mesh}"
    picture = mine.search(image=study.view(study.ids[0], 0)).warning
    assert "real photos" in picture
    assert "real meshes" in picture
    assert picture.count("small synthetic world") == 1
