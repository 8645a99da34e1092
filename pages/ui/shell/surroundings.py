"""What stands around every page: its settings and the side bar."""

from streamlit.delta_generator import DeltaGenerator

from pages.ui.shell import page_settings, sidebar

reserve = page_settings.reserve


def show(place: DeltaGenerator, *, ask: bool = True) -> None:
    """Draws both, the settings at the place that `reserve` returned.

    Unless `ask`, it waits for no store, for a page that needs none.
    """
    page_settings.show(place)
    sidebar.show(ask=ask)
