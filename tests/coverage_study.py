"""How often intervals of nominal 95 % cover the truth: prints the table of docs/statistics.md.

    python tests/coverage_study.py 600    # studies a cell; about five minutes

Answers are made up: a model is right if skill + ease of the query + luck + what the gallery adds > 0, all normal. The
gallery adds the mean of its objects' contributions; a half of it adds the mean of that half's. Two compared models have
the same queries and gallery, and seeds of their own.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import erf, exp, pi, sqrt

import numpy as np

from fieldlink.evaluation.measures.gallery_halves import halves, means_in_halves
from fieldlink.evaluation.measures.intervals import difference, interval
from fieldlink.evaluation.measures.variance_components import QueryValues

SEED, LEVEL = 20_241, 0.95
SEEDS, QUERIES, POINTS, GALLERY = (3, 5, 10), (208, 1300), (0, 1, 2, 5), (0, 2)
OBJECTS, EASE, SKILLS = 208, 1.5, (0.6, 0.3)  # of the model, and of the one it is compared with
MEMBERS = halves([f"object-{index}" for index in range(OBJECTS)]).T.astype(np.float64)
IN_HALF = MEMBERS / MEMBERS.sum(1, keepdims=True)


@dataclass(frozen=True)
class Design:
    seeds: int
    queries: int
    points: float  # by which seeds move a share of right answers: their standard deviation
    gallery: float  # by which galleries do

    @property
    def scales(self) -> tuple[float, float]:
        """Of the skill of seeds and of what galleries add."""
        slope = exp(-(SKILLS[0] ** 2) / 2 / (1 + EASE**2)) / sqrt(2 * pi * (1 + EASE**2))
        return self.points / 100 / slope, self.gallery / 100 / slope

    def truth(self, skill: float) -> float:
        """Percent right, over all seeds, queries and galleries."""
        spread = 1 + EASE**2 + sum(scale**2 for scale in self.scales)
        return 50 * (1 + erf(skill / sqrt(2 * spread)))

    def study(self, rng: np.random.Generator) -> list[QueryValues]:
        """The answers of both models."""
        of_seeds, of_galleries = self.scales
        ease, contributions = EASE * rng.normal(size=self.queries), sqrt(OBJECTS) * rng.normal(size=OBJECTS)
        answers = []
        for skill in SKILLS:
            size = (self.seeds, self.queries)
            latent = skill + of_seeds * rng.normal(size=(self.seeds, 1)) + ease + rng.normal(size=size)
            values = (latent + of_galleries * contributions.mean() > 0).astype(np.float32)
            in_halves = means_in_halves(latent[..., None] + of_galleries * (IN_HALF @ contributions) > 0).mean(0)
            answers.append(QueryValues(values[None], in_halves=in_halves[None]))
        return answers


def coverage(design: Design, studies: int) -> tuple[float, float]:
    """Percent of studies whose interval has the truth: of a single model, and of the difference of both."""
    rng, truth, other = np.random.default_rng([SEED, *map(int, vars(design).values())]), *map(design.truth, SKILLS)
    covered = np.zeros(2)
    for _ in range(studies):
        first, second = design.study(rng)
        single, paired = interval(first, LEVEL), difference(first, second, LEVEL)
        covered += single.low <= truth <= single.high, paired.low <= truth - other <= paired.high
    single, paired = 100 * covered / studies
    return float(single), float(paired)


def table(studies: int) -> Iterator[str]:
    heads = [f"{points} points" for points in POINTS]
    yield f"| gallery | seeds | queries | {' | '.join(heads)} |"
    yield "|---" * (3 + len(heads)) + "|"
    for gallery, seeds, queries in product(GALLERY, SEEDS, QUERIES):
        rates = [coverage(Design(seeds, queries, points, gallery), studies) for points in POINTS]
        numbers = " | ".join(f"{single:.1f} · {paired:.1f}" for single, paired in rates)
        yield f"| {f'{gallery} points' if gallery else 'none'} | {seeds} | {queries:,} | {numbers} |"


if __name__ == "__main__":
    for line in table(int(sys.argv[1]) if len(sys.argv) > 1 else 600):
        print(line, flush=True)
