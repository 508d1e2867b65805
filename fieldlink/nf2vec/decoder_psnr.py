"""PSNR of what nf2vec's decoder gives back."""

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.progress import progress
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import disn_rays
from fieldlink.nf2vec.supervision import field_of, foreground_rays, render_rays

RAYS, SAMPLES = 64, 48
PIXELS = 64  # width and height of the pictures whose pixels they go through
NERFS_AT_ONCE = 8


@torch.no_grad()
def decoder_psnr(model: Nf2vecModel, nerfs: NerfBatch, seed: int) -> Float[np.ndarray, " nerf"]:
    """PSNR in dB of the decoder's render of each NeRF against the NeRF's own, on black, along 64 rays that meet it.

    Both are sampled in the occupied cells of the NeRF's grid.
    """
    device = next(model.parameters()).device
    training = model.params.training.model_copy(update={"rays": RAYS, "samples": SAMPLES, "sampling": "even"})
    cameras, random = disn_rays(seed, PIXELS, str(device)), torch.Generator(device).manual_seed(seed)
    quality = []
    for part in progress(torch.arange(len(nerfs)).split(NERFS_AT_ONCE), "decoder_psnr", "batches"):
        batch = nerfs.take(part, str(device))
        rays = foreground_rays(batch, model.architecture, training, random, cameras)
        embedding = model.embed(batch.weights)
        target = render_rays(field_of(batch, model.architecture), batch.grids(), rays, SAMPLES)
        decoded = render_rays(lambda points, v=embedding: model.decoder(v, points), batch.grids(), rays, SAMPLES)
        quality.append(-10 * (decoded.colour - target.colour).square().mean((1, 2)).clamp(min=1e-10).log10())
    return torch.cat(quality).double().cpu().numpy()
