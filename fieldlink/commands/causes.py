"""One line for an error whose cause lies outside the code: the input, the disk, memory, a missing GPU."""

import errno

from fieldlink.core.errors import InputError

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
AGAIN = "then run the same command again"
NO_MEMORY = ("allocate memory", "failed to map segment")  # of torch; of the loader of libraries
NO_CUDA = ("not compiled with CUDA", "no NVIDIA driver", "No CUDA GPUs")


def cause(error: BaseException) -> str | None:
    """The line for a user in place of a traceback. None for an error that is a bug."""
    text = str(error)
    if isinstance(error, InputError):
        return text
    is_of_torch = type(error).__name__ == "OutOfMemoryError"
    if isinstance(error, MemoryError) or is_of_torch or any(words in text for words in NO_MEMORY):
        return f"out of memory; lower runtime.workers, runtime.nerfs_at_once or clip.batch, {AGAIN}"
    if any(words in text for words in NO_CUDA):
        return f"runtime.device: cuda given, but {text.splitlines()[0]}"
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return f"{error.filename or 'a file'}: {error.strerror}; free some space, {AGAIN}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None
