"""Types of values that several sections of params.yaml share.

Upper bounds are far above any use. They refuse values that no machine could finish.
"""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

Value = TypeVar("Value")


def _distinct(values: tuple[Value, ...]) -> tuple[Value, ...]:
    if len(set(values)) < len(values):
        raise ValueError("each value once expected")
    return values


Distinct = Annotated[tuple[Value, ...], AfterValidator(_distinct)]
Several = Annotated[Distinct[Value], Field(min_length=1, max_length=1000)]

Share = Annotated[float, Field(ge=0, le=1)]
Natural = Annotated[int, Field(ge=0, le=10_000_000)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]  # steps, rows of a batch, objects in all
Seed = Annotated[int, Field(ge=0, lt=2**31)]  # what every library's generator takes
PerClass = Annotated[int, Field(ge=1, le=100_000)]  # objects or photos of a class
ViewCount = Annotated[int, Field(ge=1, le=10_000)]  # of an object
Width = Annotated[int, Field(ge=1, le=65_536)]  # numbers in a vector, units of a layer
Layers = Annotated[int, Field(ge=1, le=64)]
Cells = Annotated[int, Field(ge=2, le=512)]  # per axis of a grid
CellsOrNone = Annotated[int, Field(ge=0, le=512)]  # 0: there is no grid
Channels = Annotated[int, Field(ge=32, le=4096, multiple_of=32)]
PixelCount = Annotated[int, Field(ge=8, le=4096)]  # width and height of a picture
Samples = Annotated[int, Field(ge=1, le=65_536)]  # per ray
Rate = Annotated[float, Field(gt=0, le=10)]  # learning rates, and lengths of steps
Momentum = Annotated[float, Field(ge=0, lt=1)]  # decay rates of Adam's means
Decay = Annotated[float, Field(ge=0, le=10)]  # weight decay
