"""Numbers to watch of fine-tuned encoders."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Int

from fieldlink.evaluation.measures.class_hits import rank_1
from fieldlink.finetuning.finetuning_folders import Run
from fieldlink.finetuning.finetuning_tasks import FinetunedVectors, finetuned_variant_text


def encoder_quality(
    runs: Mapping[Run, FinetunedVectors], test: Int[np.ndarray, " test"], labels: Int[np.ndarray, " test"]
) -> dict[str, dict[str, float]]:
    """By variant, means over seeds: class hits of the nearest neighbour, in percent, and PSNR of the decoder, in dB.

    `test`: indices of the test objects; `labels`: their classes.
    """
    values: dict[str, list[tuple[float, float]]] = {}
    for (objective, _), vectors in runs.items():
        numbers = 100 * rank_1(vectors.embeddings[test], labels), vectors.psnr
        values.setdefault(finetuned_variant_text(objective), []).append(numbers)
    means = {variant: np.mean(numbers, axis=0).round(2).tolist() for variant, numbers in values.items()}
    return {variant: {"rank_1": hits, "decoder_psnr": psnr} for variant, (hits, psnr) in means.items()}
