"""Image embeddings whose vectors stay in a file, so that all views are never in memory at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from fieldlink.core import arrays, datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.core.scratch import scratch_folder
from fieldlink.embeddings.selection import views_in
from fieldlink.embeddings.view_embeddings import ViewEmbeddings

OBJECTS_AT_ONCE = 1024  # whose views are copied at once


@dataclass(frozen=True)
class StoredEmbeddings:
    """A dataset `image_embeddings`: row i of `rows` owns vector i."""

    rows: pa.Table  # columns owner_id and view
    vectors: arrays.StoredArray  # of one set

    @staticmethod
    def of(folder: Path) -> "StoredEmbeddings":
        """From the dataset in `folder`."""
        rows = datasets.read(folder, IMAGE_EMBEDDINGS, ["owner_id", "view"])
        return StoredEmbeddings(
            rows, arrays.store_column(folder, IMAGE_EMBEDDINGS, "embedding", scratch_folder(arrays.FOLDER))
        )

    @property
    def owners(self) -> list[str]:
        """The owner of each row."""
        return self.rows["owner_id"].to_pylist()

    def views_of(self, ids: Sequence[str]) -> ViewEmbeddings:
        """A copy of the vectors of `ids`."""
        return views_in(self.rows, self.vectors.open()[0], ids)


def chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    """`ids` cut into runs of at most `OBJECTS_AT_ONCE`."""
    return [ids[start : start + OBJECTS_AT_ONCE] for start in range(0, len(ids), OBJECTS_AT_ONCE)]
