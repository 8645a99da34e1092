import streamlit as st
def button(): st.button("Import", icon=":material/upload:", width="stretch")
