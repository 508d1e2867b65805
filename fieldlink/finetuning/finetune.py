"""Fine-tune nf2vec's encoder E together with nerf2clip g: g(E(w)) towards an object's CLIP vector (protocol 10)."""

from copy import deepcopy

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.core.optimizers import AdamW
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.finetuning.finetuning_tasks import FinetuningResult, FinetuningTask
from fieldlink.finetuning.objectives import TERMS
from fieldlink.mapper.losses import Losses
from fieldlink.mapper.mlps import stacked, unstacked
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.decoder_psnr import decoder_psnr
from fieldlink.nf2vec.model import Nf2vecModel, embed
from fieldlink.nf2vec.nf2vec_training import batch_members, reconstruction_of

MEASURED = 8  # validation NeRFs that the decoder is asked to give back


def finetune(task: FinetuningTask) -> FinetuningResult:
    """Train, checked after every epoch; the state of the lowest mapping loss on validation is kept.

    Raises `FloatingPointError` if that loss was never finite.
    """
    run = _Run(task)
    per_epoch = max(len(task.train.weights) // task.batch, 1)  # an incomplete last batch is left out
    optimizer, schedule = run.optimizer(per_epoch * task.how.epochs)
    best, kept, curve, since = np.inf, None, [], []
    for step in progress(range(1, per_epoch * task.how.epochs + 1), f"{task.variant} seed={task.seed}", "steps"):
        mapping, loss = run.losses_of(step - 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        since.append(mapping.item())
        if step % per_epoch == 0:
            curve.append((step, np.mean(since), run.validation_loss()))
            since = []
            if curve[-1][2] < best:
                best, kept = curve[-1][2], (step, deepcopy(run.state_dict()))
    if kept is None:
        raise FloatingPointError(f"{task.variant} seed={task.seed}: no finite validation loss; lower the learning rate")
    run.load_state_dict(kept[1])
    return run.finished(kept[0], np.array(curve))


class _Run(nn.Module):
    def __init__(self, task: FinetuningTask) -> None:
        super().__init__()
        self.task, self.terms = task, TERMS[task.objective]
        self.seed = seed_of(task.study_seed, "finetuning", task.objective, task.seed)
        self.nf2vec, self.mapper = Nf2vecModel.of(*task.nf2vec), unstacked(task.mapper, 0)
        self.losses = Losses([self.terms.loss])
        self.nf2vec.decoder.requires_grad_(self.terms.trains_decoder)
        self.to(task.device)
        self.reconstruct = reconstruction_of(self.nf2vec, self.seed, task.device)
        self.nerfs = NerfBatch.of(task.train.weights, task.train.occupancy)
        self.clip = torch.tensor(task.train.clip)

    def optimizer(self, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.OneCycleLR]:
        """AdamW, one cycle; scale and bias of the loss learn as the mapper does, and don't decay."""
        how = self.task.how
        groups = [
            {"params": [value for value in self.nf2vec.parameters() if value.requires_grad]},
            {"params": list(self.mapper.parameters())},
            {"params": list(self.losses.parameters()), "weight_decay": 0.0},
        ]
        optimizer = AdamW(groups, weight_decay=how.weight_decay, fused=True)
        rates = [how.learning_rate, how.mapper_learning_rate, how.mapper_learning_rate]
        return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps)

    def losses_of(self, step: int) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """The mapping loss of a step's batch, and all that the objective adds up."""
        self.nf2vec.train(self.task.how.batch_norm == "trained")
        which = batch_members(len(self.nerfs), self.task.batch, step, self.seed)
        batch = self.nerfs.take(which, self.task.device)
        embedding = self.nf2vec.embed(batch.weights)
        mapping = self._mapping(embedding, self.clip[which].to(self.task.device))
        if not self.terms.reconstructs:
            return mapping, mapping
        random = torch.Generator(self.task.device).manual_seed(seed_of(self.seed, "points", step))
        return mapping, mapping + self.task.how.reconstruction * self.reconstruct(embedding, batch, random)

    @torch.no_grad()
    def validation_loss(self) -> float:
        """The mapping loss in eval mode, in batches as training's: a contrastive loss grows with them. Mean over NeRFs,
        always in the same order: a smaller last batch counts by its size."""
        given, device = self.task.validation, self.task.device
        embedding, clip = (
            torch.tensor(part, device=device) for part in (embed(self.nf2vec, given.weights), given.clip)
        )
        shuffled = torch.Generator().manual_seed(seed_of(self.task.study_seed, "validation"))
        batches = torch.randperm(len(clip), generator=shuffled).to(device).split(self.task.batch)
        return sum(self._mapping(embedding[some], clip[some]).item() * len(some) for some in batches) / len(clip)

    @torch.no_grad()
    def finished(self, step: int, curve: Float[np.ndarray, "check 3"]) -> FinetuningResult:
        given = self.task.validation
        some = NerfBatch.of(given.weights[:MEASURED], given.occupancy[:MEASURED])
        psnr = decoder_psnr(self.nf2vec, some, seed_of(self.task.study_seed, "nf2vec"))
        model, mapper = (self.nf2vec.tensors, self.nf2vec.config), stacked(self.mapper)
        embeddings = embed(self.nf2vec, self.task.others)
        mapped = self.mapper(torch.tensor(embeddings, device=self.task.device)).cpu().numpy()
        return FinetuningResult(model, mapper, embeddings, mapped, step, curve, float(psnr.mean()))

    def _mapping(self, embedding: Float[Tensor, "nerf embedding"], clip: Float[Tensor, "nerf clip"]) -> Tensor:
        return self.losses(self.mapper(embedding)[None], clip[None])[0]
