"""Tests of the pages, through Streamlit's own AppTest."""

from pathlib import Path

ROUTER = Path(__file__).resolve().parents[2] / "pages" / "router.py"
