"""Keeps the garbage collector away from what stays.

Streamlit has it look at every object after every run of a page. With all that is imported this takes a fifth of a
second, in which the server answers nobody.
"""

import gc
import sys

_WAVE = 100
"""From how many new modules on it is worth it: pandas and Altair have some hundreds each."""
_known_modules = 0


def prepare() -> None:
    """Lets the collector look less often; call it before the imports, which make no garbage.

    A conversation is a hundred thousand objects of which none is garbage either.
    """
    gc.set_threshold(20_000, 10, 5)


def keep_imported() -> None:
    """Takes everything that exists away from the collector if many modules were imported since the last call.

    Garbage is collected before, since it would stay. Call it at the beginning of a run, which holds no copies yet.
    """
    global _known_modules
    if len(sys.modules) - _known_modules >= _WAVE:
        _known_modules = len(sys.modules)
        gc.collect()
        gc.freeze()
