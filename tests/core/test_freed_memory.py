"""Memory that is freed and allocated again costs no page faults."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource
{first}
for turn in range(6):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pieces = [bytes([turn]) * (6 << 20) for _ in range(4)]
    del pieces
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(first: str) -> int:
    """Page faults of the last of several rounds that allocate 24 MB and free them."""
    command = [sys.executable, "-c", SCRIPT.format(first=first)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is Linux's")
def test_freed_memory_is_used_again_without_page_faults():
    assert faults("from fieldlink.core import freed_memory") < 100 < faults("")
