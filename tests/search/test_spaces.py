"""Spaces prepared once: what they leave out, and how many of them stay in memory."""

from pathlib import Path

import pyarrow.compute as pc
import pytest
from search.study_folders import folder_with

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.search import spaces
from fieldlink.search.finished_study import Study


def test_an_object_without_views_is_never_found_by_them(study: Study, tmp_path: Path):
    folder = folder_with(study, tmp_path / "study", {"embeddings"})
    embeddings = folder / "data" / "embeddings"
    embeddings.mkdir()
    (embeddings / "nerfs").symlink_to(study.collection.paths.nerf_embeddings)
    rows, bare = datasets.read(study.collection.paths.view_embeddings, IMAGE_EMBEDDINGS), study.ids[2]
    datasets.write(embeddings / "views", IMAGE_EMBEDDINGS, [rows.filter(pc.field("owner_id") != bare)], "test")
    other = Study(folder)
    for by in ("CLIP mean", "CLIP all distinct"):
        answer = other.search(text="a lamp", by=by, k=len(study.ids), copies=True)
        assert sorted(row.id for row in answer.rows) == sorted(name for name in study.ids if name != bare)
        before = {row.id: row.score for row in study.search(query=answer.query, by=by, k=999, copies=True).rows}
        assert {row.id: row.score for row in answer.rows} == {row.id: before[row.id] for row in answer.rows}


def test_memory_for_mapped_nerfs_is_counted_by_the_width_of_clips_vectors(
    study: Study, monkeypatch: pytest.MonkeyPatch
):
    """Two galleries have room. The third one takes the place of that which was searched longest ago."""
    fresh, mapped, make = Study(study.folder), list[str](), spaces._mapped_gallery
    clip = fresh.query(text="a lamp").clip
    assert clip is not None
    assert len(clip) < fresh.collection.nerf_vectors.shape[1]
    monkeypatch.setattr(spaces, "LEAST_GALLERIES", 1)
    monkeypatch.setattr(spaces, "MOST_NUMBERS", 2 * len(fresh.ids) * len(clip))
    monkeypatch.setattr(
        spaces,
        "_mapped_gallery",
        lambda collection, mapper, seed: mapped.append(mapper.space.loss) or make(collection, mapper, seed),
    )
    for loss in ("cosine", "siglip", "cosine", "mse", "cosine", "siglip"):
        fresh.search(text="a lamp", by=f"nerf2clip {loss}")
    assert mapped == ["cosine", "siglip", "mse", "siglip"]


def test_the_default_study_has_room_and_forty_thousand_nerfs_stay_small():
    numbers = 1248 * 128  # of a gallery of the default study: originals and copies, by the width of CLIP's vectors
    assert 245 * numbers <= spaces.MOST_NUMBERS  # of every nerf2clip and training seed
    large = 40_000 * 128
    count = max(spaces.LEAST_GALLERIES, spaces.MOST_NUMBERS // large)
    assert 4 * large * count <= 170e6  # bytes
