"""The twelve conclusions of the study, as contrasts of its tables' cells (docs/statistics.md)."""

from collections.abc import Mapping

from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP
from fieldlink.evaluation.claims import retrieval_claims, training_claims, zero_shot_claims
from fieldlink.evaluation.claims.contrasts import Conclusion
from fieldlink.evaluation.claims.retrieval_claims import RANKS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults


def conclusions(results: Mapping[CellKey, SavedResults]) -> list[Conclusion]:
    """Every claim. `results` say which batches were really used. A new claim goes to the end."""
    return [*_of_mappers(), *_of_other_trainings(results)]


def _of_mappers() -> list[Conclusion]:
    """Claims 1 to 7: mappers as the zero-shot and retrieval studies train them."""
    rendered_views = zero_shot_claims.rendered_views()
    forward_best = retrieval_claims.best("gt", CLIP2NERF_COSINE, 1)
    inverse_best = retrieval_claims.best("gt", NERF2CLIP_SIGLIP, 10)
    real_best = [retrieval_claims.best("photo", NERF2CLIP_SIGLIP, k) for k in RANKS]
    above_better_head, above_each_head = zero_shot_claims.ensemble()
    return [
        Conclusion.of_mean(
            "Zero-shot: the cosine loss beats SigLIP, on average over sources, numbers of views and both prompts",
            zero_shot_claims.losses(),
        ),
        Conclusion.of_mean(
            "Zero-shot: “A photo of” beats “A 3d model of”, on average over models and numbers of views",
            zero_shot_claims.prompts(),
        ),
        Conclusion(
            "Zero-shot: CLIP on all rendered views, asked with “A photo of”, passes the best nerf2clip",
            rendered_views[:1],
            rendered_views,
        ),
        Conclusion(
            "Synthetic queries: forward cosine is best at k = 1 (parts: and inverse SigLIP at k = 10)",
            [forward_best[0]],
            [*forward_best[1], *inverse_best[1]],
        ),
        Conclusion(
            "Real queries: inverse SigLIP is best, on average over k = 1, 5 and 10",
            [best for best, _ in real_best],
            [part for _, parts in real_best for part in parts],
        ),
        Conclusion(
            "The ensemble of both classification heads beats the better of them", [above_better_head], above_each_head
        ),
        Conclusion.of_mean(
            "Searching the concatenated space is as good as searching the CLIP space alone",
            retrieval_claims.concatenation(),
        ),
    ]


def _of_other_trainings(results: Mapping[CellKey, SavedResults]) -> list[Conclusion]:
    """Claims 8 to 12: other pictures, copies, batches and encoders."""
    lifted, lowered = training_claims.real_looking()
    equal_steps, equal_epochs = (training_claims.batches(results, equal_steps=equal) for equal in (True, False))
    return [
        Conclusion(
            "Training on real-looking pictures lifts real retrieval at k = 1, on average over mappers "
            "(ours: against as many steps without them; published: against Table 4.5a)",
            lifted,
            [*lifted, *lowered],
        ),
        Conclusion.of_mean(
            "Augmented copies do not lift Hit@1, on average over both mappers and kinds of queries "
            "(ours: against as many steps on originals; published: against Tables 4.4a and 4.5a)",
            training_claims.augmentation(),
        ),
        Conclusion(
            "The batch size has no trend: along a straight line over the logarithm of the batches really used, Hit@1 "
            "hardly changes, on average over both kinds of queries, after equally many steps",
            equal_steps,
            [*equal_steps, *equal_epochs],
        ),
        Conclusion.of_mean(
            "Fine-tuning nf2vec does not enhance performance: on average no better than the original in zero-shot "
            "classification and synthetic retrieval, and on real queries than the inverse direction without it",
            training_claims.fine_tuning(),
        ),
        Conclusion.of_mean(
            "Forward retrieval in the fine-tuned spaces is as good as in the original one, on average",
            training_claims.fine_tuned_spaces(),
        ),
    ]
