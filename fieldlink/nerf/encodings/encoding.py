"""What a field needs from an encoding of positions."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from jaxtyping import Float

from fieldlink.core.params import FieldParams

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any  # stages that only count weights do without torch


class Encoding(ABC):
    """An encoding of positions in [0, 1]³, in two steps: `prepare` needs no weights, `encode` reads a learned table.

    A NeRF's flat weights end with its table, entry by entry; an encoding that learns nothing has a table of no entries.
    """

    name: ClassVar[str]  # in params.yaml
    title: ClassVar[str]  # on the page
    section: ClassVar[str]  # the key below nerf.field with its parameters
    start_bound: ClassVar[float]  # a table starts uniform in [-start_bound, start_bound]

    @classmethod
    @abstractmethod
    def of(cls, field: FieldParams) -> "Encoding":
        """The encoding with the parameters of its section."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Numbers of an encoded position: the inputs of the first layer."""

    @property
    @abstractmethod
    def entries(self) -> int:
        """Entries of the learned table."""

    @property
    @abstractmethod
    def features(self) -> int:
        """Numbers of an entry."""

    @property
    def table_size(self) -> int:
        """Numbers of the learned table."""
        return self.entries * self.features

    @abstractmethod
    def prepare(self, x: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch prepared"]:
        """What follows from positions alone; fitting computes it once for several steps."""

    @abstractmethod
    def encode(
        self, prepared: Float[Tensor, "nerf point prepared"], table: Float[Tensor, "nerf number"]
    ) -> Float[Tensor, "nerf point width"]:
        """Encoded positions of each NeRF, with its own table."""
