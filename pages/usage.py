"""Usage: tokens and cost by time, user, conversation, tool and model."""

from pages.ui.shell import query_errors
from pages.ui.usage import overview, tabs, url_state

results = None
with query_errors.part("Loading usage", url_state.NARROWER):
    results = overview.show(url_state.current())
if results is not None:
    tabs.show(results)
