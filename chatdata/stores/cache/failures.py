"""Translates a client's failures into RedisErrors: sentences for people that never quote stored data."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from chatdata.errors import RedisError, RedisUnavailable

_UNREACHABLE = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ClusterDownError,
    exceptions.RedisClusterException,
    OSError,
)


@contextmanager
def cache_failures(where: str) -> Iterator[None]:
    """Translates the client's failures inside the block into RedisErrors that name `where`."""
    try:
        yield
    except exceptions.AuthenticationError as error:
        raise RedisUnavailable(f"The cache {where} rejected the user or password.") from error
    except _UNREACHABLE as error:
        raise RedisUnavailable(f"The cache {where} can't be reached: {_first_line(error)}.") from error
    except exceptions.RedisError as error:
        raise RedisError(f"The cache {where} refused: {_first_line(error)}.") from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
