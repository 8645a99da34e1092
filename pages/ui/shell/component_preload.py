"""An empty component, drawn first: the browser loads what components need while the page is still being read."""

import streamlit as st

_component = st.components.v2.component("early", js="export default function () {}")


def show() -> None:
    """Draws nothing."""
    _component(key="early", height=1)
