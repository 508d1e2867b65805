"""How good an nf2vec is: what its decoder gives back."""

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import disn_rays
from fieldlink.nf2vec.supervision import field_of, foreground_rays, render_rays

RAYS, SAMPLES, AT_ONCE = 64, 48, 8


@torch.no_grad()
def decoder_psnr(model: Nf2vecModel, nerfs: NerfBatch, seed: int) -> Float[np.ndarray, " nerf"]:
    """dB between the decoder's render of each NeRF and the NeRF's own, on black, along 64 rays that meet it.

    Both are sampled in the cells that the NeRF's grid calls occupied.
    """
    device = next(model.parameters()).device
    how = model.how.training.model_copy(update={"rays": RAYS, "samples": SAMPLES})
    cameras, random = disn_rays(seed, str(device)), torch.Generator(device).manual_seed(seed)
    quality = []
    for which in torch.arange(len(nerfs)).split(AT_ONCE):
        batch = nerfs.take(which, str(device))
        rays, embedding = foreground_rays(batch, model.architecture, how, random, cameras), model.embed(batch.weights)
        target, _ = render_rays(field_of(batch, model.architecture), batch.grids(), rays, SAMPLES)
        found, _ = render_rays(lambda points, v=embedding: model.decoder(v, points), batch.grids(), rays, SAMPLES)
        quality.append(-10 * (found - target).square().mean((1, 2)).clamp(min=1e-10).log10())
    return torch.cat(quality).double().cpu().numpy()
