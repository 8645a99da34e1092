"""A Streamlit page with only a table of 50 rows and a button for the next 50."""

import pandas as pd
import streamlit as st

st.set_page_config(layout="wide")
start = int(st.query_params.get("start", "0"))
if st.button("Next"):
    start += 50
    st.query_params["start"] = str(start)
st.markdown(f"**{start + 1:,} to {start + 50:,} of many**")
rows = [{"title": f"Session {start + n}", "answer": "It is done. " * 20, "messages": n} for n in range(50)]
st.dataframe(pd.DataFrame(rows), hide_index=True, key=f"table-{start}", on_select="rerun", selection_mode="single-cell")
