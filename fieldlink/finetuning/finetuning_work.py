"""Fine-tuning and its application as a worker process does them. The worker alone imports torch."""

from fieldlink.finetuning.finetuning_tasks import EmbeddingTask, FinetunedVectors, FinetuningResult, FinetuningTask


def train(task: FinetuningTask) -> FinetuningResult:
    """Fine-tune nf2vec and a mapper."""
    from fieldlink.finetuning.finetune import finetune

    return finetune(task)


def embed(task: EmbeddingTask) -> FinetunedVectors:
    """Embed NeRFs with fine-tuned models."""
    from fieldlink.finetuning.finetuned_embedding import embed_nerfs

    return embed_nerfs(task)
