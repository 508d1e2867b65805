"""Every dataset that passes between stages: the contract, on one page.

A dataset is a folder of Parquet shards sorted by `key`. `VECTOR` stands for a list of float32 of one fixed width,
which the first row written decides; pictures are encoded bytes. Splits: train, validation, test.
"""

from dataclasses import dataclass, field

import pyarrow as pa

TEXT, BYTES, INTEGER, REAL = pa.string(), pa.binary(), pa.int32(), pa.float32()
VECTOR = "vector"
SPLITS = ("train", "validation", "test")
UNDECIDED = "undecided"  # split of imported NeRFs' objects, until prepare_scenes deals them out


@dataclass(frozen=True)
class Schema:
    """Name, key and columns of a dataset.

    `optional` columns may be null, `unmeasured` ones NaN. `words`: all that a column may hold.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, pa.DataType | str] = field(hash=False)
    optional: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


OBJECTS = Schema(
    "objects",
    key=("object_id",),
    columns={
        "object_id": TEXT,
        "class_name": TEXT,
        "synset": TEXT,
        "split": TEXT,
        "source": TEXT,  # catalogue, meshes, shapenet, disn, blender or nerfs
        "base_object_id": TEXT,  # the object this one is a copy of; its own id for an original
        "augmentation": INTEGER,  # 0 = original, 1 and 2 = copies A1 and A2
        "caption": TEXT,  # attributes in words: colour, parts, proportions
    },
    optional=("caption",),
    words={"split": (*SPLITS, UNDECIDED)},
)

SOURCES = Schema(  # of the objects that a user adds to a collection
    "sources",
    key=("object_id",),
    columns={
        "object_id": TEXT,
        "path": TEXT,  # of the file, as it was added
        "content": TEXT,  # digests of its mesh, and of the files of its folder that it may be drawn with
    },
)

VIEWS = Schema(
    "views",
    key=("object_id", "view"),
    columns={
        "object_id": TEXT,
        "view": INTEGER,
        "image": BYTES,  # PNG RGBA, straight alpha
        "camera_to_world": VECTOR,  # 3x4 row-major; x right, y up, looking along -z
        "camera_angle_x": REAL,  # radians, full horizontal field of view
        "width": INTEGER,
        "height": INTEGER,
        "depth": BYTES,  # 16-bit PNG, z-depth in counts, 0 = nothing there
        "depth_scale": REAL,  # units per count
    },
    optional=("depth", "depth_scale"),
)

RENDERED_VIEWS = Schema("rendered_views", VIEWS.key, VIEWS.columns, VIEWS.optional)

TRANSLATED_VIEWS = Schema(
    "translated_views",
    key=("object_id", "view"),
    columns={
        "object_id": TEXT,
        "view": INTEGER,  # the view whose silhouette it keeps
        "image": BYTES,  # PNG RGB
        "translator": TEXT,  # procedural or controlnet
        "prompt": TEXT,  # null where the translator takes none
    },
    optional=("prompt",),
)

GENERATED_VIEWS = Schema(
    "generated_views",
    key=("owner_id", "kind", "method", "view"),
    columns={
        "owner_id": TEXT,  # an object_id or a photo_id
        "kind": TEXT,  # what was decoded: an object's own NeRF vector (nerf), or one from a view (gt), caption or photo
        "method": TEXT,  # how: reconstruction, mse, cosine rescaled
        "view": INTEGER,  # whose camera it is: the object's own, for a photo some object's
        "image": BYTES,  # PNG RGBA, straight alpha
    },
)

PHOTOS = Schema(
    "photos",
    key=("photo_id",),
    columns={
        "photo_id": TEXT,
        "class_name": TEXT,
        "split": TEXT,  # validation or test
        "image": BYTES,  # as it came; a PNG of what it shows if that is not upright, opaque and of 8 bits
        "source": TEXT,
    },
    words={"split": SPLITS[1:]},
)

CAPTIONED_PICTURES = Schema(
    "captioned_pictures",
    key=("picture_id",),
    columns={
        "picture_id": TEXT,
        "split": TEXT,  # train or validation
        "image": BYTES,  # PNG RGB
        "caption": TEXT,
        "subject": TEXT,  # what the caption names
        "domain": TEXT,  # plain or photo
    },
)

NERFS = Schema(
    "nerfs",
    key=("object_id",),
    columns={
        "object_id": TEXT,
        "weights": VECTOR,  # layer by layer, each (out, in) row-major
        "occupancy": BYTES,  # packed bits, 1 = may hold matter, C order over x, y, z
        "psnr_train": REAL,  # dB, whole frame on black, mean over four of the fitted views
        "psnr_heldout": REAL,  # dB, whole frame on black, mean over the held-out views
        "psnr_train_foreground": REAL,  # dB, pixels with alpha > 0 only
        "psnr_heldout_foreground": REAL,
    },
    unmeasured=("psnr_train", "psnr_heldout", "psnr_train_foreground", "psnr_heldout_foreground"),  # without such views
)

NERF_EMBEDDINGS = Schema("nerf_embeddings", key=("object_id",), columns={"object_id": TEXT, "embedding": VECTOR})

IMAGE_EMBEDDINGS = Schema(
    "image_embeddings",
    key=("owner_id", "view"),
    columns={
        "owner_id": TEXT,  # an object_id or a photo_id
        "view": INTEGER,  # 0 for a photo
        "domain": TEXT,  # gt, rendered, photo, translated or depth
        "embedding": VECTOR,  # raw, not normalised
    },
    words={"domain": ("gt", "rendered", "photo", "translated", "depth")},
)

PROMPT_EMBEDDINGS = Schema(
    "prompt_embeddings",
    key=("template", "class_name"),
    columns={
        "template": TEXT,  # a key of `prompts`
        "class_name": TEXT,
        "prompt": TEXT,
        "embedding": VECTOR,
    },
)

CAPTION_EMBEDDINGS = Schema(
    "caption_embeddings",
    key=("object_id",),
    columns={"object_id": TEXT, "caption": TEXT, "embedding": VECTOR},  # raw, as those of prompts
)

MAPPED_EMBEDDINGS = Schema(
    "mapped_embeddings",
    key=("variant", "seed", "domain", "owner_id"),
    columns={
        "variant": TEXT,
        "seed": INTEGER,
        "owner_id": TEXT,  # an object_id or a photo_id
        "domain": TEXT,  # nerf (an object's own vector), gt (a query view of it), photo or a text's kind
        "embedding": VECTOR,
    },
)

NEIGHBOURS = Schema(
    "neighbours",
    key=("variant", "seed", "domain", "query_id", "rank"),
    columns={
        "variant": TEXT,
        "seed": INTEGER,
        "query_id": TEXT,
        "domain": TEXT,  # gt or photo
        "rank": INTEGER,  # 1 = nearest
        "object_id": TEXT,
        "similarity": REAL,  # cosine
    },
)

LOGITS = Schema(
    "logits",
    key=("variant", "seed", "object_id"),
    columns={
        "variant": TEXT,
        "seed": INTEGER,
        "object_id": TEXT,
        "logits": VECTOR,  # one per class, in the order of params.yaml
    },
)

PROJECTIONS = Schema(
    "projections",
    key=("space", "object_id"),
    columns={
        "space": TEXT,  # nerf_embedding (v) or clip_embedding (nerf2clip's image of it)
        "object_id": TEXT,
        "x": REAL,  # of t-SNE, no unit
        "y": REAL,
        "class_name": TEXT,
    },
)

ANSWERS = Schema(
    "answers",
    key=("split", "table", "row", "column", "metric", "seed"),
    columns={
        "split": TEXT,  # of the queries: test or validation
        "table": TEXT,  # these four as in the published tables
        "row": TEXT,
        "column": TEXT,
        "metric": TEXT,
        "seed": INTEGER,  # of training; 0 where nothing is trained
        "setting": TEXT,  # what else should be known of the row
        "queries": TEXT,  # digest of the queries' ids, in order
        "digest": TEXT,  # of what was predicted
        "values": BYTES,  # float32, one per query: 1 right, 0 wrong, or between; silhouettes −1 to 1
        "weights": BYTES,  # float32, one per query; null: all count alike
        "query_ids": TEXT,  # JSON list, in order; one of several rows with the same queries has them
        "in_halves": BYTES,  # float32, means of two halves of the queries in random halves of the gallery; null: none
    },
    optional=("weights", "query_ids", "in_halves"),
    words={"split": SPLITS},
)

TRAINING_CURVES = Schema(
    "training_curves",
    key=("variant", "seed", "step", "split"),
    columns={"variant": TEXT, "seed": INTEGER, "step": INTEGER, "split": TEXT, "loss": REAL},
    words={"split": SPLITS},
)

REJECTED = Schema("rejected", key=("stage", "id"), columns={"stage": TEXT, "id": TEXT, "reason": TEXT})
