"""The facade's exports are complete, unique and documented."""

import chatdata


def test_the_facade_is_sorted_complete_and_documented() -> None:
    public = {
        name
        for name, value in vars(chatdata).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("chatdata.")
    }
    aliases = {"PrivacyLevel", "Source"}
    assert set(chatdata.__all__) == public | aliases
    assert len(chatdata.__all__) == len(set(chatdata.__all__))
    assert [name for name in chatdata.__all__ if name not in aliases and not getattr(chatdata, name).__doc__] == []
