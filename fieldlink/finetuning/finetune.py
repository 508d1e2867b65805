"""Fine-tune nf2vec's encoder E together with nerf2clip g: g(E(w)) towards an object's CLIP vector (protocol 10)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.core.devices import precision
from fieldlink.core.seeds import seed_of
from fieldlink.finetuning.finetuning_tasks import FinetuningResult, FinetuningTask, SavedNf2vec
from fieldlink.finetuning.objectives import OBJECTIVES
from fieldlink.mapper.mapper_tasks import MapperResult
from fieldlink.mapper.mlps import stacked, unstacked
from fieldlink.mapper.model_losses import ModelLosses
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel, embed
from fieldlink.nf2vec.nf2vec_training import batch_members, reconstruction_of
from fieldlink.training.loop import Training, Validation, one_cycle, train


def finetune(task: FinetuningTask) -> FinetuningResult:
    """Train, and return the state of the lowest mapping loss on validation, which is checked after every epoch.

    Raises `FloatingPointError` if that loss was never finite.
    """
    training, run = _Finetuning(task), task.mapper_run
    history = train(
        training,
        epochs=task.finetuning.epochs,
        validate_every=1,
        title=run.name,
        models=[run.name],
        parameter="finetuning.learning_rate",
    )
    nf2vec = SavedNf2vec(training.network.nf2vec.tensors, training.network.nf2vec.config)
    batch = min(task.batch, len(task.train.weights))
    mapper = MapperResult("nerf2clip", [run], stacked(training.network.mapper), batch, history)
    return FinetuningResult(nf2vec, mapper)


class _Networks(nn.Module):
    """All that learns."""

    def __init__(self, task: FinetuningTask) -> None:
        super().__init__()
        objective = OBJECTIVES[task.objective]
        self.nf2vec = Nf2vecModel.of(task.nf2vec.tensors, task.nf2vec.config)
        self.mapper = unstacked(task.mapper, 0)
        self.losses = ModelLosses([objective.loss])
        self.nf2vec.decoder.requires_grad_(objective.trains_decoder)

    def mapping_loss(
        self, embeddings: Float[Tensor, "nerf embedding"], clip: Float[Tensor, "nerf clip"]
    ) -> Float[Tensor, ""]:
        return self.losses(self.mapper(embeddings)[None], clip[None])[0]


class _Finetuning(Training[_Networks, int]):
    """The training of one model. A batch is the number of its step, which seeds its draws."""

    stacked = False

    def __init__(self, task: FinetuningTask) -> None:
        self.task, self.reconstructs = task, OBJECTIVES[task.objective].reconstructs
        self.seed = seed_of(task.study_seed, "finetuning", task.seed)  # one for all objectives
        self.network = _Networks(task).to(task.device)
        self.reconstruct = reconstruction_of(self.network.nf2vec, self.seed, task.device)
        self.nerfs = NerfBatch.of(task.train.weights, list(task.train.occupancy), task.train.cameras)
        self.clip = torch.tensor(task.train.clip)
        self.epoch_steps = max(len(task.train.weights) // task.batch, 1)  # an incomplete last batch is left out
        finetuning = task.finetuning
        groups = [
            {"params": [value for value in self.network.nf2vec.parameters() if value.requires_grad]},
            {"params": list(self.network.mapper.parameters())},
            {"params": list(self.network.losses.parameters()), "weight_decay": 0.0},  # scale and bias don't decay
        ]
        rates = [finetuning.learning_rate, finetuning.mapper_learning_rate, finetuning.mapper_learning_rate]
        steps = self.epoch_steps * finetuning.epochs
        self.optimizer, self.schedule = one_cycle(groups, rates, finetuning.weight_decay, steps)

    def batches(self, epoch: int) -> range:
        return range(epoch * self.epoch_steps, (epoch + 1) * self.epoch_steps)

    def losses(self, batch: int) -> tuple[Float[Tensor, " model"], Float[Tensor, ""]]:
        """The mapping loss, and the sum of all terms of the objective."""
        finetuning, device, nf2vec = self.task.finetuning, self.task.device, self.network.nf2vec
        nf2vec.train(finetuning.batch_norm == "trained")
        rows = batch_members(len(self.nerfs), self.task.batch, batch, self.seed)
        nerfs = self.nerfs.take(rows, device)
        with precision(nf2vec.params.training.precision, device):
            embeddings = nf2vec.embed(nerfs.weights).float()
        mapping = self.network.mapping_loss(embeddings, self.clip[rows].to(device))
        reported = mapping.detach().double()[None]
        if not self.reconstructs:
            return reported, mapping
        random = torch.Generator(device).manual_seed(seed_of(self.seed, "points", batch))
        return reported, mapping + finetuning.reconstruction * self.reconstruct(embeddings, nerfs, random)

    @torch.no_grad()
    def validation(self) -> Validation:
        """The mapping loss in eval mode, mean over NeRFs, in batches as training's: a contrastive loss grows with them.

        NeRFs are always in the same order; a smaller last batch counts by its size.
        """
        examples, device = self.task.validation, self.task.device
        embeddings = torch.tensor(embed(self.network.nf2vec, examples.weights), device=device)
        clip = torch.tensor(examples.clip, device=device)
        random = torch.Generator().manual_seed(seed_of(self.task.study_seed, "validation"))
        batches = torch.randperm(len(clip), generator=random).to(device).split(self.task.batch)
        losses = [self.network.mapping_loss(embeddings[rows], clip[rows]).item() * len(rows) for rows in batches]
        return torch.tensor([sum(losses) / len(clip)], dtype=torch.float64), None
