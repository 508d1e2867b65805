"""The small NeRFs and nf2vec of nf2vec's own tests."""

from nf2vec.conftest import architecture, nerfs, nf2vec_params

__all__ = ["architecture", "nerfs", "nf2vec_params"]
