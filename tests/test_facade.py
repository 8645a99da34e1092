"""The facade's exports are complete, unique and documented, and loaded when they are first used."""

import subprocess
import sys

import pytest

import chatdata

ALIASES = {"PrivacyLevel", "Source"}


def test_the_facade_is_sorted_complete_and_documented() -> None:
    names = chatdata.__all__
    assert names == sorted(set(names), key=lambda name: (name[0].islower(), name))
    assert set(names) == {name for of_module in chatdata._HOMES.values() for name in of_module}
    assert set(names) <= set(dir(chatdata))
    values = {name: getattr(chatdata, name) for name in names if name not in ALIASES}
    assert [name for name, value in values.items() if not value.__module__.startswith("chatdata.")] == []
    assert [name for name, value in values.items() if not value.__doc__] == []


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Unknown'"):
        _ = chatdata.Unknown


@pytest.mark.parametrize(
    ("code", "not_loaded"),
    [
        ("import chatdata", ("pydantic", "sqlalchemy", "redis", "rich")),
        ("from chatdata import ChatSession", ("sqlalchemy", "redis")),
        ("from chatdata import connect", ("psycopg", "phonenumbers", "openai", "pandas", "streamlit")),
        ("import chatdata.cli.commands", ("pydantic", "sqlalchemy", "redis")),
    ],
)
def test_no_more_is_loaded_than_is_used(code: str, not_loaded: tuple[str, ...]) -> None:
    check = f"{code}; import sys; print(*({{*{not_loaded!r}}} & sys.modules.keys()))"
    answer = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout.split() == []
