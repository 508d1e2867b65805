"""Seeds depend on nothing but their keys."""

from fieldlink.core.seeds import seed_of


def test_a_seed_depends_on_the_study_seed_and_each_key():
    seeds = {seed_of(0, "fit", "chair_0001"), seed_of(1, "fit", "chair_0001")}
    seeds |= {seed_of(0, "fit", "chair_0002"), seed_of(0, "fitchair_0001"), seed_of(0, "fit")}
    assert len(seeds) == 5
    assert seed_of(0, "fit", "chair_0001") == seed_of(0, "fit", "chair_0001")
    assert all(0 <= seed < 2**63 for seed in seeds)
