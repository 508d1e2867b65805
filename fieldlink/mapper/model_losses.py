"""The losses of many models that are trained at once."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.core.params import Loss
from fieldlink.mapper.losses import loss_of, start_of


class ModelLosses(nn.Module):
    """The loss of each of many models, with its own learnable scale and bias where it has them."""

    def __init__(self, kinds: Sequence[Loss]) -> None:
        super().__init__()
        start = torch.tensor([start_of(kind) for kind in kinds])
        self.log_scale, self.bias = (nn.Parameter(values.clone()) for values in start.T)
        self.kinds = list(dict.fromkeys(kinds))
        for kind in self.kinds:  # buffers lie where the parameters do: a step copies nothing to a GPU
            group = torch.tensor([i for i, other in enumerate(kinds) if other == kind])
            self.register_buffer(kind, group, persistent=False)

    def forward(
        self, outputs: Float[Tensor, "model batch dim"], targets: Float[Tensor, "model batch dim"]
    ) -> Float[Tensor, " model"]:
        """The loss of each model, by its own kind, scale and bias."""
        if len(self.kinds) == 1:
            return loss_of(self.kinds[0], outputs, targets, self.log_scale, self.bias)
        values = outputs.new_zeros(len(outputs))
        for kind in self.kinds:
            group = self.get_buffer(kind)
            chosen = [tensor.index_select(0, group) for tensor in (outputs, targets, self.log_scale, self.bias)]
            values = values.index_put((group,), loss_of(kind, chosen[0], chosen[1], chosen[2], chosen[3]))
        return values
