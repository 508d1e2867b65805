"""Parameters of a study that is measured in seconds."""

SMALL = {
    "scenes.objects_per_class": 3,
    "scenes.views": 3,
    "scenes.resolution": 16,
    "clip.network.resolution": 32,
    "nerf.fitting.rays": 16,
    "nerf.fitting.occupancy": 16,
    "nerf.rendering.step": 0.1,
    "nf2vec.training.points": 16,
    "augmented.batches": [8],
}
