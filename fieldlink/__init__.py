"""Connect neural radiance fields to images and text: fitting, nf2vec, CLIP, mappers between them, evaluation."""
