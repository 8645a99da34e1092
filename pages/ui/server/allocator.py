"""Has the C library give back the memory of conversations that are no longer shown.

A long conversation is tens of megabytes of text. By default glibc moves to serving such sizes from its heaps, one for
each of many threads, where a small piece that stays keeps all memory below it. Other C libraries are left as they are.
"""

import ctypes
import sys
from collections.abc import Callable

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""The parameters' numbers in malloc.h."""
_MEGABYTE = 1 << 20


def prepare() -> None:
    """Serves large sizes from memory of their own, and all threads from two heaps; call it before threads start."""
    if set_option := _function("mallopt"):
        for option, value in ((_ARENA_MAX, 2), (_MMAP_THRESHOLD, _MEGABYTE), (_TRIM_THRESHOLD, 4 * _MEGABYTE)):
            set_option(option, value)


def give_back() -> None:
    """Returns unused pages of the heaps to the system, which takes about a millisecond."""
    if trim := _function("malloc_trim"):
        trim(0)


def _function(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
