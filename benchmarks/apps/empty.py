"""A minimal Streamlit page."""

import streamlit as st

st.set_page_config(layout="wide")
st.markdown("An empty page")
