"""The filters that are set, as chips that a click removes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui.base.formatting import plain
from pages.ui.base.keys import key_of


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, in words, with the keys of its inputs."""

    text: str
    keys: tuple[str, ...]


def show(chips: Sequence[Chip], *, remove: Callable[..., None], clear: Callable[[], None]) -> None:
    """Draws the chips in a line of their own; nothing if no filter is set. `remove` takes the keys of a chip."""
    if not chips:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="session_chips"):
        for chip in chips:
            st.button(
                plain(chip.text),
                key=key_of("chip", *chip.keys),
                icon=":material/close:",
                icon_position="right",
                on_click=remove,
                args=chip.keys,
            )
        if len(chips) > 1:
            st.button("Clear filters", type="tertiary", on_click=clear, key="clear_chips")
