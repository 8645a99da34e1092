"""The style sheet is drawn only where Streamlit's own HTML was served."""

import pytest

from pages.ui.shell.page_style import is_page


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://127.0.0.1:8501/",
        "http://127.0.0.1:8501",
        "https://host.example/under/a/prefix/sessions",
        "https://host.example/session?id=a/b",
        "https://host.example/fleet",
    ],
)
def test_a_page_has_it_in_its_html(url: str | None) -> None:
    assert is_page(url)


@pytest.mark.parametrize("url", ["https://host.example/no-such-page", "https://host.example/sessions/x"])
def test_another_address_has_not(url: str) -> None:
    assert not is_page(url)
