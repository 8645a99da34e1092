"""Tokens by the model that a session's messages name, if the tables have that column."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, String, and_, case, column, func, literal, null, select

from chatdata.domain.usage import Amounts, amounts_of
from chatdata.stores.database.damage import as_text
from chatdata.stores.database.grouping import first_columns
from chatdata.stores.database.tables import chat_message, chat_session
from chatdata.stores.database.usage.counts import Counts, session_sums

_s, _m = chat_session.c, chat_message.c
_model: Any = column("model", String)

SEVERAL = ""
"""The key for sessions whose messages name several models, because the split of their tokens is not stored."""


def tokens_by_model(
    connection: Connection, counts: Counts, where: Sequence[Any], recorded: bool
) -> dict[str | None, Amounts]:
    """Sessions and tokens by model, with None for sessions that name no model and SEVERAL for those that name more.

    `recorded` says whether "ChatMessage" has the column. Messages and calls are not counted.
    """
    return tokens_by_key_and_model(connection, counts, where, literal(0), recorded).get(0, {})


def tokens_by_key_and_model(
    connection: Connection,
    counts: Counts,
    where: Sequence[Any],
    key: Any,
    recorded: bool,
    joined: Any = chat_session,
    also: Sequence[Any] = (),
) -> dict[Any, dict[str | None, Amounts]]:
    """The same by a key and by model; `key` and `also` are expressions on `joined`, which contains "ChatSession"."""
    model: Any = null()
    if recorded:
        named = _named(where)
        same = named.c.first == named.c.last
        model = case((same, named.c.first), (named.c.first.is_not(None), SEVERAL))
        joined = joined.outerjoin(named, named.c.sessionId == _s.id)
    chosen = select(key.label("key"), model.label("model"), *session_sums(counts)).select_from(joined)
    found = dict[Any, dict[str | None, Amounts]]()
    for name, model_name, *counted in connection.execute(chosen.where(*where, *also).group_by(*first_columns(2))):
        models = found.setdefault(name, {})
        named_model = as_text(model_name)
        models[named_model] = models.get(named_model, Amounts()) + amounts_of(*counted)
    return found


def _named(where: Sequence[Any]) -> Any:
    """A subquery of the alphabetically first and last model of each session that names any."""
    names = func.min(_model).label("first"), func.max(_model).label("last")
    chosen = select(_m.sessionId, *names).select_from(chat_message).where(and_(_model.is_not(None), _model != ""))
    if where:
        chosen = chosen.where(_m.sessionId.in_(select(_s.id).where(*where)))
    return chosen.group_by(_m.sessionId).subquery("named")
