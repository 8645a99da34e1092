"""An empty component, drawn first so that the browser loads the components' scripts while data is read."""

import streamlit as st

_component = st.components.v2.component("early", js="export default function () {}")


def show() -> None:
    """Draws nothing."""
    _component(key="early", height=1)
