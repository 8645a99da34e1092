"""A conversation in Streamlit's own elements: one chat message with Markdown for each message."""

import json
import os
from pathlib import Path

import streamlit as st

st.set_page_config(layout="wide")
messages = json.loads(Path(os.environ["BENCHMARK_MESSAGES"]).read_text("utf-8"))
if st.checkbox("Hide tools"):
    messages = [message for message in messages if message["role"] != "tool"]
for message in messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"] or f"`{json.dumps(message['tool_calls'])}`")
st.markdown("The end")
