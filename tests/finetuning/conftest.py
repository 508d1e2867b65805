"""The small NeRFs and nf2vec of nf2vec's own tests."""

from nf2vec.conftest import architecture, how, nerfs

__all__ = ["architecture", "how", "nerfs"]
