"""torch's optimizers without the import of torch's compiler, which takes a second when the first one is made.

torch wraps these methods in a decorator that imports the compiler. Here they are the unwrapped methods; nothing is
compiled.
"""

from inspect import unwrap

import torch
from jaxtyping import Float
from torch import Tensor

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # coefficients of the polynomial in x, x³ and x⁵ (Jordan et al. 2024, Muon)
ITERATIONS = 4  # each takes a small singular value to 3.4 times itself, and large ones to between 0.7 and 1.2


class _Unwrapped(torch.optim.Optimizer):
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    zero_grad = unwrap(torch.optim.Optimizer.zero_grad)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)


class Adam(_Unwrapped, torch.optim.Adam):
    step = torch.no_grad()(unwrap(torch.optim.Adam.step))


class AdamW(_Unwrapped, torch.optim.AdamW):
    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))


def orthogonalised(matrices: Float[Tensor, "*batch a b"]) -> Float[Tensor, "*batch a b"]:
    """The matrices with all singular values near 1, as the steps of the optimizer Muon have them.

    Newton–Schulz iterations take U S Vᵀ to U f(S) Vᵀ without a decomposition. A matrix of zeros stays one.
    """
    first, third, fifth = NEWTON_SCHULZ
    wide = matrices.mT if matrices.shape[-2] > matrices.shape[-1] else matrices  # for the smaller of both products
    wide = wide / wide.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-30)
    for _ in range(ITERATIONS):
        gram = wide @ wide.mT
        wide = first * wide + (third * gram + fifth * gram @ gram) @ wide
    return wide.mT if matrices.shape[-2] > matrices.shape[-1] else wide
