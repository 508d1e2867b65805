"""Types of the flags that several stages and commands share, each with its description.

Import nothing heavy here: every stage imports this module before it parses its command line.
"""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

ParamsFile = Annotated[Path, Doc("File of parameters.")]

Objects = Annotated[Path, Doc("Dataset of objects: id, class, split, source, caption.")]
Views = Annotated[Path, Doc("Dataset of ground-truth views with their cameras.")]
Nerfs = Annotated[Path, Doc("Dataset of fitted NeRFs: weights, occupancy grid, PSNR.")]
NewFolder = Annotated[Path, Doc("New folder to write; it must not exist yet.")]
