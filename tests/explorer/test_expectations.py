"""What may be expected of answers about real objects is told: by the interface as measured, and at the page's end."""

from fieldlink.search.real_objects import real_objects


def test_the_interface_has_what_was_measured(client):
    assert client.get("/api/study").json["real_objects"] == real_objects()


def test_the_page_tells_it_at_its_end(at):
    text = at("/").evaluate("document.getElementById('expect').textContent").replace("\u00a0", " ")
    meshes, photos = real_objects()["meshes"], real_objects()["photos"]
    assert "This CLIP learned from small synthetic pictures alone" in text
    assert f"Of {meshes['objects']} real meshes the default study named {meshes['class_from_weights']:.0f} %" in text
    assert f"{meshes['class_by_clip_on_four_rendered_views']:.0f} % by CLIP on four views" in text
    assert f"Of {photos['pictures']} real photos its CLIP named {photos['class_by_clip']:.0f} % right" in text
    assert f"and {photos['first_nerf_of_its_class']:.0f} % found a NeRF of their class first" in text
