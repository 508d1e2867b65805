"""The tables of study `zero_shot`: zero-shot classification of NeRFs."""

from fieldlink.evaluation.table_type import LOSSES, PROMPTS, ZERO_SHOT_METRIC, StudyTable

MODEL_PROMPT, PHOTO_PROMPT = "prompt_3d_model", "prompt_photo"  # the published templates
PROMPT_ENSEMBLE = "prompt_ensemble"  # ours: the mean of a class's unit prompt vectors
TABLE_OF_TEMPLATE = {MODEL_PROMPT: "4.1", PHOTO_PROMPT: "4.2", PROMPT_ENSEMBLE: "4.1 ensemble"}

TABLES = (
    StudyTable(
        number="4.1",
        study="zero_shot",
        title="Zero-shot classification, prompt “A 3d model of …”",
        question=(
            "Can nerf2clip name a NeRF's class from its weights alone, and how many views, rendered or ground "
            "truth, must its training target average?"
        ),
        metrics=(ZERO_SHOT_METRIC,),
        columns=LOSSES,
        group="nerf2clip, prompt_3d_model",
    ),
    StudyTable(
        number="4.1 ensemble",
        study="zero_shot",
        title="Zero-shot classification, prompts averaged",
        question=("The same mappers with the mean of each class's prompts as unit vectors: do two wordings beat one?"),
        metrics=(ZERO_SHOT_METRIC,),
        columns=LOSSES,
        group="nerf2clip, prompt_ensemble",
    ),
    StudyTable(
        number="4.2",
        study="zero_shot",
        title="Zero-shot classification, prompt “A photo of …”",
        question="The same mappers with the other prompt: does the wording matter?",
        metrics=(ZERO_SHOT_METRIC,),
        columns=LOSSES,
        group="nerf2clip, prompt_photo",
    ),
    StudyTable(
        number="4.3",
        study="zero_shot",
        title="Zero-shot classification by CLIP on rendered views",
        question=(
            "What does it take to beat the mappers without any: rendering N views of the NeRF and averaging their "
            "CLIP vectors?"
        ),
        metrics=(ZERO_SHOT_METRIC,),
        columns=PROMPTS,
        group="rendered views",
    ),
)
