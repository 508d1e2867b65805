"""The tables of study `embedding_spaces`: the NeRFs' space and CLIP's."""

from fieldlink.evaluation.table_type import HITS, StudyTable

TABLES = (
    StudyTable(
        number="fig4.1",
        study="embedding_spaces",
        title="How well each space keeps the classes apart",
        question=(
            "Are classes better clustered after nerf2clip? Silhouettes lie between −100 and 100, purity is the "
            "share of an object's nearest neighbours that have its class, CKA says how alike the two spaces are."
        ),
        metrics=("silhouette", "knn_purity", "linear_cka"),
        columns=("silhouette", "purity@*", "cka"),
        group="spaces",
    ),
    StudyTable(
        number="4.6",
        study="embedding_spaces",
        title="Classification heads on both spaces and their ensemble",
        question=(
            "Which vectors say more of a NeRF's class to a trained classifier, its own or their images in CLIP's "
            "space? Does the sum of both heads' logits say more than either?"
        ),
        metrics=("classification_accuracy",),
        columns=("accuracy",),
        group="heads",
    ),
    StudyTable(
        number="4.7",
        study="embedding_spaces",
        title="Retrieval in both spaces at once",
        question=(
            "Does it help to search NeRF and CLIP vectors end to end: as they are, each of length 1, or weighted "
            "as chosen on validation objects?"
        ),
        metrics=("recall_synthetic", "recall_real"),
        columns=HITS,
        group="joined space",
    ),
)
