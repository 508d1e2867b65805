"""torch's optimizers without the import of torch's compiler, which takes a second when the first one is made; and Muon.

torch wraps these methods in a decorator that imports the compiler. Here they are the unwrapped methods; nothing is
compiled.
"""

import math
from collections.abc import Iterable, Sequence
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
    tall = matrices.shape[-2] > matrices.shape[-1]
    wide = (matrices.mT if tall else matrices).reshape(-1, *sorted(matrices.shape[-2:]))  # for the smaller product
    wide = wide / wide.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-30)
    for _ in range(ITERATIONS):
        gram = wide @ wide.mT
        wide = torch.baddbmm(wide, torch.baddbmm(gram, gram, gram, beta=third, alpha=fifth), wide, beta=first)
    return (wide.mT if tall else wide).reshape(matrices.shape)


class _Momentum(_Unwrapped):
    def _ahead(self, weights: Tensor, momentum: float) -> Tensor:
        """The gradient's moving mean, moved once more towards the gradient (Nesterov)."""
        gradient, state = weights.grad, self.state[weights]
        assert gradient is not None
        if not state:
            state["mean"] = torch.zeros_like(weights)
        return gradient.lerp(state["mean"].lerp_(gradient, 1 - momentum), momentum)


class Muon(_Momentum):
    """Muon (Jordan et al. 2024): each matrix moves by the momentum of its gradient, made orthogonal.

    A parameter is a batch of networks [network, weight], each the matrices of `shapes` (out, in), row-major, one behind
    the other. A matrix moves by `lr` times √max(1, out / in) in every direction that its gradient has.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        shapes: Sequence[tuple[int, int]],
        lr: float | Tensor,
        momentum: float = 0.9,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})
        self.shapes = list(shapes)

    @torch.no_grad()
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is not None:
                    self._move(weights, group["lr"], group["momentum"])

    def _move(self, weights: Float[Tensor, "network weight"], rate: float | Tensor, momentum: float) -> None:
        ahead = self._ahead(weights, momentum).split([rows * columns for rows, columns in self.shapes], dim=1)
        moves: dict[int, Tensor] = {}
        for shape in dict.fromkeys(self.shapes):  # matrices of one shape together: most time goes into calls
            indices = [index for index, other in enumerate(self.shapes) if other == shape]
            matrices = torch.stack([ahead[index].unflatten(1, shape) for index in indices])
            scale = math.sqrt(max(1, shape[0] / shape[1]))
            moves |= zip(indices, (scale * orthogonalised(matrices)).flatten(2), strict=True)
        weights.sub_(torch.cat([moves[index] for index in range(len(moves))], dim=1) * rate)


class MatrixMuon(_Momentum):
    """Muon of one network's matrices; a parameter of more axes [out, ...] is the matrix [out, the others]."""

    def __init__(
        self, params: Iterable[Tensor], lr: float | Tensor, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Move every matrix that has a gradient by its orthogonalised momentum, scaled by its shape."""
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[Tensor]] = {}
            for weights in group["params"]:
                if weights.grad is not None:
                    by_shape.setdefault((len(weights), weights[0].numel()), []).append(weights)
            for (rows, columns), alike in by_shape.items():  # together: most time goes into calls
                ahead = torch.stack([self._ahead(weights, group["momentum"]).flatten(1) for weights in alike])
                moves = orthogonalised(ahead) * (math.sqrt(max(1, rows / columns)) * group["lr"])
                for weights, move in zip(alike, moves, strict=True):
                    weights.mul_(1 - group["lr"] * group["weight_decay"]).sub_(move.view(weights.shape))
