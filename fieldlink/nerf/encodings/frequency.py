"""The frequency encoding (NeRF, Mildenhall et al. 2020, eq. 4; protocol 2): sines and cosines of each coordinate."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from jaxtyping import Float

from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings.encoding import Encoding

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any  # stages that only count weights do without torch


@dataclass(frozen=True)
class FrequencyEncoding(Encoding):
    """Frequencies 2^k π, k = 0 … octaves-1; nothing is learned."""

    name: ClassVar[str] = "frequency"
    title: ClassVar[str] = "frequency encoding"
    section: ClassVar[str] = "octaves"
    start_bound: ClassVar[float] = 0.0  # there is no table

    octaves: int

    @classmethod
    def of(cls, field: FieldParams) -> "FrequencyEncoding":
        return cls(field.octaves)

    @property
    def width(self) -> int:
        return 6 * self.octaves  # 3 axes, sine and cosine

    @property
    def entries(self) -> int:
        return 0

    @property
    def features(self) -> int:
        return 1  # there is no entry; the empty table is split by it

    def prepare(self, x: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch {6*self.octaves}"]:
        return frequency(x, self.octaves)

    def encode(
        self, prepared: Float[Tensor, "nerf point prepared"], table: Float[Tensor, "nerf number"]
    ) -> Float[Tensor, "nerf point prepared"]:
        return prepared


ENCODING = FrequencyEncoding


def frequency(x: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch {6*octaves}"]:
    """sin(2^k π x), cos(2^k π x): axis outer, k = 0 … octaves-1, sine before cosine. `x` in [0, 1]; no gradient.

    The phase is reduced first: in turns, 2^(k-1) x and its fraction are exact, 2^k π x rounds off its phase at high k.
    """
    import torch

    if x.is_cuda:
        return in_few_passes(x, octaves)
    with torch.no_grad():
        turns = x[..., None] * torch.exp2(torch.arange(octaves) - 1.0).repeat_interleave(2)
        turns -= turns.round()
        turns += torch.tensor([0.0, 0.25]).repeat(octaves)  # a cosine is a sine a quarter turn on
        return turns.mul_(2 * math.pi).sin_().flatten(-2)


def in_few_passes(x: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch {6*octaves}"]:
    """As `frequency` up to rounding. Passes over memory, which a GPU waits for, are a third as many.

    A complex number e^{i (π/2 - a)} is sin a beside cos a.
    """
    import torch

    with torch.no_grad():
        turns = (x[..., None] * torch.exp2(torch.arange(octaves, device=x.device) - 1.0)).frac_()
        angle = torch.rsub(turns, math.pi / 2, alpha=2 * math.pi)
        return torch.view_as_real(torch.polar(angle.new_ones(()), angle)).flatten(-3)
