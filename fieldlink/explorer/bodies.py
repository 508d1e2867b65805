"""Bodies of requests: bytes up to a size, within a time."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 8 * 2**20
MOST_AT_ONCE = 8  # bodies in memory, from their first byte until the query of their file is made
MOST_SECONDS = 20.0  # from the first byte to the last
MOST_PIXELS = 4096 * 4096


async def body_of(request: Request) -> bytes:
    """The whole body. A large one is refused before it is read (413), a slow one on the way (408)."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > MOST_BYTES:
        raise _too_large()
    parts, size = [], 0
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise _too_large()
                parts.append(part)
    except TimeoutError as error:
        raise HTTPException(408, f"the body took more than {MOST_SECONDS:g} s", {"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the body ended early") from error
    return b"".join(parts)


def _too_large() -> HTTPException:
    return HTTPException(413, f"a body of at most {MOST_BYTES:,} bytes expected", {"Connection": "close"})
