"""Types of the flags that stages and commands share, each with its description.

This module imports nothing heavy: every stage imports it before it parses its command line.
"""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

ParamsFile = Annotated[Path, Doc("File of parameters.")]

# datasets that are read
Objects = Annotated[Path, Doc("Dataset of objects: id, class, split, source, caption.")]
Views = Annotated[Path, Doc("Dataset of ground-truth views of objects, with their cameras.")]
RenderedViews = Annotated[Path, Doc("Dataset of views that are rendered from NeRFs.")]
Photos = Annotated[Path, Doc("Dataset of photos, with their classes.")]
Nerfs = Annotated[Path, Doc("Dataset of fitted NeRFs: weights, occupancy grid, PSNR.")]
NerfEmbeddings = Annotated[Path, Doc("Dataset of nf2vec embeddings of NeRFs.")]
GtEmbeddings = Annotated[Path, Doc("Dataset of CLIP embeddings of ground-truth views.")]
RenderedEmbeddings = Annotated[Path, Doc("Dataset of CLIP embeddings of rendered views.")]
PhotoEmbeddings = Annotated[Path, Doc("Dataset of CLIP embeddings of photos.")]
PromptEmbeddings = Annotated[Path, Doc("Dataset of CLIP embeddings of the classes' prompts.")]
CaptionEmbeddings = Annotated[Path, Doc("Dataset of CLIP embeddings of objects' captions.")]
MappedVectorsFolder = Annotated[Path, Doc("Folder of datasets of mapped vectors.")]
SpaceEmbeddings = Annotated[Path, Doc("Folder of datasets of the baselines' embeddings of NeRFs.")]
PublishedTables = Annotated[Path, Doc("CSV file of the published tables.")]

# models that are read
ClipModel = Annotated[Path, Doc("Folder of the CLIP model.")]
Nf2vecFolder = Annotated[Path, Doc("Folder of the nf2vec model.")]
MappersFolder = Annotated[Path, Doc("Folder of trained mappers.")]

# what is written
NewFolder = Annotated[Path, Doc("New folder to write; it must not exist yet.")]
OutDataset = Annotated[Path, Doc("Dataset to write.")]
OutModel = Annotated[Path, Doc("Model folder to write.")]
OutModels = Annotated[Path, Doc("Folder of models to write.")]
OutRejected = Annotated[Path, Doc("Dataset of rejected items to write, each with its reason.")]
OutMappedVectors = Annotated[Path, Doc("Folder of datasets of mapped vectors to write.")]
OutCurves = Annotated[Path, Doc("Dataset of training curves to write.")]
OutMetrics = Annotated[Path, Doc("JSON file of metrics to write.")]
