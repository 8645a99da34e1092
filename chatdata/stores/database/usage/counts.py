"""The token counts of a row as SQL expressions that tell unknown from 0.

A total is unknown if the column is NULL, as in a view of another product's tables, or if the inspector knows that the
number there stands for none. NULL says so in every expression here, and no sum includes it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Integer, and_, case, cast, func, literal, null, or_

from chatdata.domain.messages import ALL_KNOWN, UnknownCounts
from chatdata.stores.database.filters import among
from chatdata.stores.database.tables import chat_session
from chatdata.stores.database.usage import columns as column

_s = chat_session.c


@dataclass(frozen=True)
class Counts:
    """The expressions of one dialect, with the sessions whose totals are unknown.

    Each expression with ids is made once, so that a statement sends them once however often it uses the expression.
    """

    dialect: str
    unknown: UnknownCounts = ALL_KNOWN

    @cached_property
    def prompt(self) -> Any:
        """The prompt tokens; NULL if unknown, 0 for a value that is not a count."""
        return self._known(_s.totalPromptTokens, self.unknown.prompt)

    @cached_property
    def completion(self) -> Any:
        """The completion tokens; NULL if unknown, 0 for a value that is not a count."""
        return self._known(_s.totalCompletionTokens, self.unknown.completion)

    @property
    def total(self) -> Any:
        """The sum of both counts; NULL if one is unknown."""
        return cast(self.prompt, BigInteger) + self.completion

    @property
    def known(self) -> Any:
        """The sum of the counts that are known, for sorting."""
        return cast(func.coalesce(self.prompt, 0), BigInteger) + func.coalesce(self.completion, 0)

    @property
    def is_recorded(self) -> Any:
        """Whether tokens were recorded, which is not the case if both totals are 0."""
        return or_(func.coalesce(self.prompt, 0) != 0, func.coalesce(self.completion, 0) != 0)

    @property
    def is_unknown(self) -> Any:
        """Whether a count is unknown."""
        return or_(self.prompt.is_(None), self.completion.is_(None))

    @property
    def is_damaged(self) -> Any:
        """1 where a count of the row's tokens is damaged, else 0."""
        return column.is_damaged(self.dialect)

    def _known(self, total: Any, unknown: frozenset[str]) -> Any:
        conditions: list[tuple[Any, Any]] = []
        if unknown:
            conditions.append((among(self.dialect, _s.id, unknown), null()))
        if self.dialect == "postgresql":
            return case(*conditions, else_=total) if conditions else total
        conditions += [(total.is_(None), null()), (column.is_count(total), cast(total, Integer))]
        return case(*conditions, else_=literal(0))


def one_if(condition: Any) -> Any:
    """1 where the condition holds, else 0."""
    return case((condition, 1), else_=0)


def session_sums(counts: Counts) -> tuple[Any, ...]:
    """The expressions for a group's sums, in the order of the arguments of `chatdata.domain.usage.amounts_of`."""
    recorded, prompt, completion = counts.is_recorded, counts.prompt, counts.completion
    return (
        func.count(),
        func.sum(one_if(recorded)),
        func.sum(one_if(and_(recorded, prompt.is_not(None)))),
        func.sum(one_if(and_(recorded, completion.is_not(None)))),
        func.coalesce(func.sum(prompt), 0),
        func.coalesce(func.sum(completion), 0),
        func.sum(counts.is_damaged),
        func.sum(one_if(counts.is_unknown)),
        func.sum(one_if(and_(counts.is_unknown, ~recorded))),
    )


SUMS = len(session_sums(Counts("sqlite")))
