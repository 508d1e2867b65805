"""The compiler stays away from open_clip's import, and is there for whoever asks for it."""

import subprocess
import sys

SCRIPT = """
import sys
import torch
from fieldlink.clip import small_clip
assert not [name for name in sys.modules if name.split(".")[:2] in (["torch", "_dynamo"], ["torch", "_inductor"])]
from torchvision.ops import roi_align
box = torch.tensor([[0, 0, 0, 8.0, 8.0]])
ours = roi_align(torch.arange(64.0).reshape(1, 1, 8, 8), box, 2)
torch.use_deterministic_algorithms(True)
assert torch.equal(roi_align(torch.arange(64.0).reshape(1, 1, 8, 8), box, 2), ours)
import torch._dynamo
assert torch._dynamo.is_compiling() is False
assert torch._dynamo.utils.is_compile_supported("cpu") in (True, False)
"""


def test_open_clip_leaves_the_compiler_out_and_torchvision_works():
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
