"""Types of values that several sections of params.yaml share."""

from typing import Annotated, Literal

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]
Natural = Annotated[int, Field(ge=0)]
Loss = Literal["cosine", "siglip", "softmax", "mse"]  # a test compares it with the registry of losses
