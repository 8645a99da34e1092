"""Baseline Streamlit pages, which the benchmarks run as scripts."""
