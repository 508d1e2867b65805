import numpy as np

from fieldlink.nerf import weight_layout
from fieldlink.nerf.fitting import optimisation
from fieldlink.nerf.fitting.meta_learning import random_start, reptile


def test_the_start_depends_on_seed_and_objects_alone(small, spheres):
    objects = [spheres(0.2, (30, 60, 220)), spheres(0.35, (220, 60, 30))]
    start = reptile(objects, small, seed=0)
    assert np.array_equal(start, reptile(objects, small, seed=0))
    assert not np.array_equal(start, reptile(objects, small, seed=1))
    assert start.shape == (weight_layout.size(small.field),)


def test_a_learned_start_fits_an_unseen_sphere_sooner_than_a_random_one(small, spheres):
    objects = [spheres(0.2, (30, 60, 220)), spheres(0.35, (220, 60, 30)), spheres(0.3, (60, 220, 60))]
    learning = small.model_copy(update={"start": small.start.model_copy(update={"rounds": 9, "batch": 1, "steps": 40})})
    brief = small.model_copy(update={"fitting": small.fitting.model_copy(update={"steps": 10})})
    unseen = spheres(0.27, (180, 180, 40))
    learned = optimisation.fit(unseen, reptile(objects, learning, seed=0), brief, seed=0)
    assert learned.psnr_heldout > optimisation.fit(unseen, random_start(small, seed=0), brief, seed=0).psnr_heldout + 1
