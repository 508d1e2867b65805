"""How flags look: the word in the help that stands for a value, and flags of a dataclass without its name in front.

It is apart from `arguments`, which every stage imports, because tyro takes a while to import.
"""

from tyro.conf import OmitArgPrefixes, arg

__all__ = ["COUNT", "DATASET", "FILE", "FOLDER", "PIXELS", "OmitArgPrefixes"]

FILE, FOLDER, DATASET = arg(metavar="FILE"), arg(metavar="FOLDER"), arg(metavar="DATASET")
COUNT, PIXELS = arg(metavar="COUNT"), arg(metavar="PIXELS")
