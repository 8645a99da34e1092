"""The tokens of programs in the inspector's own database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatdata.domain.access import ApiToken
from chatdata.stores.app_db import AppDatabase, tokens
from tests.stores.conftest import AnyPlace
from tests.support.builders import START

TOKEN = ApiToken("a1", "nightly \udc80", "viewer", "0" * 64, START, "otto", START + timedelta(days=30))


def test_tokens_belong_to_their_deployment_and_are_revoked_once(place: AnyPlace) -> None:
    here, there = AppDatabase(place, "here"), AppDatabase(place, "there")
    assert (here.tokens(), here.revoke_token("a1", START)) == ((), False)
    here.keep_token(TOKEN)
    assert (here.tokens(), there.tokens()) == ((TOKEN,), ())
    assert not there.revoke_token("a1", START)
    assert here.revoke_token("a1", START)
    assert not here.revoke_token("a1", START + timedelta(days=1))
    assert here.tokens() == (replace(TOKEN, revoked_at=START),)


def test_a_token_that_expired_a_year_ago_is_dropped_when_another_is_made(place: AnyPlace) -> None:
    kept = AppDatabase(place, "here")
    kept.keep_token(TOKEN)
    for days, listed in ((390, ["a1", "b1"]), (397, ["b1", "c1"])):
        made = replace(TOKEN, id="b1" if days == 390 else "c1", created_at=START + timedelta(days=days))
        kept.keep_token(replace(made, expires_at=made.created_at + timedelta(days=1)))
        assert [token.id for token in kept.tokens()] == listed


def test_there_is_an_end_to_the_number_of_tokens(place: AnyPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    kept = AppDatabase(place, "here")
    kept.keep_token(TOKEN)
    with pytest.raises(ValueError, match="already 1 tokens"):
        kept.keep_token(replace(TOKEN, id="b1"))
    assert kept.tokens() == (TOKEN,)
