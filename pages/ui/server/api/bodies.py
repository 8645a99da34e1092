"""Reads the bodies of requests of programs: whole, up to a length, and until a deadline."""

from starlette.requests import ClientDisconnect, Request

from chatdata.services.programs.door import CallThreads
from chatdata.services.programs.questions import BadQuestion, TooLongQuestion

MOST_BYTES = 1_048_576


async def read_body(request: Request, threads: CallThreads) -> bytes:
    """The body. Raises TooLongQuestion, BadQuestion for one that ends too early, and TookTooLong."""
    return await threads.wait_for(_whole(request))


async def _whole(request: Request) -> bytes:
    raw = bytearray()
    try:
        async for piece in request.stream():
            raw += piece
            if len(raw) > MOST_BYTES:
                raise TooLongQuestion(f"This is too long: send at most {MOST_BYTES:,} bytes.")
    except ClientDisconnect:
        raise BadQuestion("The body ended too early.") from None
    return bytes(raw)
