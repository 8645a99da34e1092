"""Keeps the garbage collector away from what stays.

Streamlit has it look at every object after every run of a page, in which time the server answers nobody.
"""

import gc


def prepare() -> None:
    """Lets the collector look less often; call it before the imports, which make no garbage.

    A conversation is a hundred thousand objects of which none is garbage either.
    """
    gc.set_threshold(20_000, 10, 5)


def keep_imported() -> None:
    """Takes everything that exists away from the collector; garbage is collected before, since it would stay.

    Call it before the first tab: what belonged to a tab would stay after it too, and with it the copies that it showed.
    """
    gc.collect()
    gc.freeze()
