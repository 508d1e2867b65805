"""Embed NeRFs with a fine-tuned encoder and map their vectors to CLIP's space."""

import torch

from fieldlink.finetuning.finetuning_tasks import EmbeddingTask, FinetunedVectors
from fieldlink.mapper.mlps import unstacked
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.decoder_psnr import decoder_psnr
from fieldlink.nf2vec.model import Nf2vecModel, embed


@torch.no_grad()
def embed_nerfs(task: EmbeddingTask) -> FinetunedVectors:
    """E(w) and g(E(w)) of all NeRFs of the task, in eval mode."""
    nf2vec = Nf2vecModel.of(task.nf2vec.tensors, task.nf2vec.config).to(task.device)
    mapper = unstacked(task.mapper, 0).to(task.device)
    psnr = decoder_psnr(nf2vec, NerfBatch.of(task.decoded_weights, list(task.decoded_occupancy)), task.seed)
    embeddings = embed(nf2vec, task.weights)
    mapped = mapper(torch.tensor(embeddings, device=task.device)).cpu().numpy()
    return FinetunedVectors(embeddings, mapped, float(psnr.mean()))
