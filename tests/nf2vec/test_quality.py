import numpy as np
import torch

from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.field import HALF
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.decoder_psnr import decoder_psnr
from fieldlink.nf2vec.model import Nf2vecModel


def test_psnr_is_that_of_the_error_along_rays(nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch):
    grey = NerfBatch(torch.zeros_like(nerfs.weights), nerfs.occupancy, nerfs.cells)  # density 1/e
    model = Nf2vecModel(nf2vec_params, architecture, seed=0).eval()
    with torch.no_grad():
        model.decoder.last.weight.zero_()
        model.decoder.last.bias.zero_()  # the same
    np.testing.assert_allclose(decoder_psnr(model, grey, seed=0), 100)  # where it is cut off
    with torch.no_grad():
        model.decoder.last.bias[:3] = -50  # black, as dense as before: the error is half the opacity
    opaque = NerfBatch(grey.weights, torch.full_like(grey.occupancy, 255), grey.cells)
    dark = decoder_psnr(model, opaque, seed=0)
    longest = 2 * HALF * np.sqrt(3)
    assert (dark > -20 * np.log10(0.5 * (1 - np.exp(-longest / np.e)))).all()
    assert (dark < -20 * np.log10(0.5 * (1 - np.exp(-0.25 * longest / np.e)))).all()
