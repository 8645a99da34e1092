"""The download link of a finished file, which works in this tab without a rerun."""

import streamlit as st

_component = st.components.v2.component(
    "list_export_link",
    css="""
    a {
      display: inline-block; padding: 0.4rem 0.9rem; border-radius: var(--st-button-radius); text-decoration: none;
      background: var(--st-primary-color); color: #fff; font-family: var(--st-font); font-size: 0.95rem;
    }
    a:hover { filter: brightness(1.08); }
    a:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
    """,
    js="""
    export default function ({ parentElement, data }) {
      const link = parentElement.querySelector("a") ?? parentElement.appendChild(document.createElement("a"));
      link.href = data.to;
      link.download = data.name;
      link.textContent = data.label;
    }
    """,
)


def show(label: str, to: str, name: str) -> None:
    """Draws the link; `to` is a path of this server."""
    _component(data={"label": label, "to": to, "name": name}, key="list_export_link", height=40)
