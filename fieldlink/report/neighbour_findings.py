"""Whether nf2vec's space sorts NeRFs by class better than their raw weights do, in a sentence."""

from collections.abc import Mapping
from typing import Any

from fieldlink.evaluation.results.space_hits import GAIN


def neighbour_findings(metrics: Mapping[str, Any]) -> str | None:
    """The finding of the numbers of evaluate_nf2vec. None where there are none, or where they have no interval."""
    numbers = metrics.get("nf2vec", {})
    if GAIN not in numbers:
        return None
    gain = numbers[GAIN]
    if gain["low"] > 0:
        verdict = "nf2vec's space is better than the raw weights"
    elif gain["high"] < 0:
        verdict = "nf2vec's space is worse than the raw weights"
    else:
        verdict = "nf2vec's space is not shown to be better or worse than the raw weights"
    return (
        f"{verdict}: the nearest other NeRF has the same class for {numbers['rank_1_trained']:.1f} % of the test NeRFs "
        f"in the one and for {numbers['rank_1_raw_weights']:.1f} % in the other, a difference of {gain['value']:+.1f} "
        f"points [{gain['low']:+.1f}, {gain['high']:+.1f}]."
    )
