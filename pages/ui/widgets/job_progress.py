"""The progress of a job of this server, with room for the button that stops it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def show(done: int, total: int | None, words: str) -> DeltaGenerator:
    """Draws the bar with its words, empty where the total is unknown; returns the room beside it."""
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.progress(min(done / total, 1.0) if total else 0.0, text=words)
    return right
