"""Streamlit pages to compare with, run by the benchmarks as scripts."""
