"""The messages at the end of a conversation that are only in a waiting list."""

from streamlit.testing.v1 import AppTest


def _draw() -> None:
    from datetime import UTC, datetime

    from chatdata.domain.copies import Absent, Copies
    from chatdata.domain.turns import PendingMessage, TurnState
    from pages.ui.session.messages import waiting

    pending = (PendingMessage("Hello?"), PendingMessage("And this?", given=True), PendingMessage("Anyone?"))
    waiting.show(Copies("s", Absent(), Absent(), datetime.now(UTC), TurnState(False, pending)))


def test_messages_that_the_model_has_are_told_from_those_that_wait() -> None:
    page = AppTest.from_function(_draw).run()
    assert not page.exception
    assert [item.label for item in page.expander] == [
        "2 messages waiting to be sent",
        "1 message given to the model but not stored",
    ]
    assert [[text.value for text in item.markdown] for item in page.expander] == [
        [r"Hello?", r"Anyone?"],
        [r"And this?"],
    ]
