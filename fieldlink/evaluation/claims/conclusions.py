"""The twelve conclusions of the study, as contrasts of its tables' cells (protocol 15)."""

from collections.abc import Mapping

from fieldlink.evaluation.claims import retrieval_claims, training_claims, zero_shot_claims
from fieldlink.evaluation.claims.contrasts import Claim
from fieldlink.evaluation.claims.retrieval_claims import FORWARD, INVERSE, RANKS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults


def conclusions(results: Mapping[CellKey, SavedResults]) -> list[Claim]:
    """Every claim with its parts; `results` say which batches were really used. A new claim goes to the end."""
    claims = (
        (
            "Zero-shot: the cosine loss beats SigLIP for every source and number of views, with both prompts",
            zero_shot_claims.losses(),
        ),
        (
            "Zero-shot: “A photo of” beats “A 3d model of” for every model and number of views",
            zero_shot_claims.prompts(),
        ),
        (
            "CLIP on rendered views gains with their number, and on all of them passes the best nerf2clip with the "
            "photo prompt, not with the other",
            zero_shot_claims.rendered_views(),
        ),
        (
            "Synthetic queries: forward cosine is best at k = 1, inverse SigLIP at k = 10",
            [*retrieval_claims.best("4.4a", FORWARD, 1), *retrieval_claims.best("4.4a", INVERSE, 10)],
        ),
        (
            "Real queries: inverse SigLIP is best at k = 1, 5 and 10",
            [part for k in RANKS for part in retrieval_claims.best("4.5a", INVERSE, k)],
        ),
        ("The ensemble of both classification heads beats the better of them", [zero_shot_claims.ensemble()]),
        (
            "Searching the concatenated space adds nothing over the CLIP space alone",
            retrieval_claims.concatenation(),
        ),
        (
            "Training on real-looking pictures lifts real retrieval at k = 1 but lowers inverse SigLIP at k = 5 and 10 "
            "(ours: against as many steps without them; published: against Table 4.5a)",
            training_claims.real_looking(),
        ),
        (
            "Augmented copies do not help real retrieval at k = 1; synthetic Hit@1 of inverse SigLIP rises "
            "(ours: against as many steps on originals; published: against Tables 4.4a and 4.5a)",
            training_claims.augmentation(),
        ),
        (
            "The batch size has no trend: along a straight line over the logarithm of the batches really used, Hit@1 "
            "hardly changes",
            training_claims.batches(results),
        ),
        (
            "Fine-tuning nf2vec beats the original neither in zero-shot classification nor in synthetic retrieval; on "
            "real queries it does not beat the inverse direction without it",
            training_claims.fine_tuning(),
        ),
        (
            "Forward retrieval in the fine-tuned spaces is as good as in the original one",
            training_claims.fine_tuned_spaces(),
        ),
    )
    return [Claim(number, text, parts) for number, (text, parts) in enumerate(claims, start=1)]
