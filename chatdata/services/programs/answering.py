"""Answers the questions of programs with the documents of the command line, at one privacy level.

Nothing is answered here that the level hides: conversations are redacted before anything is made of them, lists are
searched through `SessionSearch`, and users are placeholders below the full level.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chatdata.domain.access import Principal
from chatdata.domain.copies import CorruptDocument, PrivacyLevel
from chatdata.domain.dialects.writers import API_FORMATS, translate
from chatdata.domain.drift import Comparison, comparison_json
from chatdata.domain.lint import explain, explanation_json
from chatdata.domain.messages import build_payload
from chatdata.domain.payload import Cut, cut
from chatdata.domain.redaction import Pseudonyms
from chatdata.domain.tokens import model_facts
from chatdata.domain.turns import KNOWN_STATUSES
from chatdata.errors import NotAllowed, NotFound, OutOfReach
from chatdata.services.answers.beside import beside_of
from chatdata.services.answers.choosing import choose, choose_readable, remarks, undecided
from chatdata.services.answers.conversation import conversation_document
from chatdata.services.answers.health import health_document
from chatdata.services.answers.lint import of_provider, report_document
from chatdata.services.answers.paid import paid_object
from chatdata.services.answers.payload import account_document
from chatdata.services.answers.sessions import sessions_document, sum_lines
from chatdata.services.answers.two_sessions import two_sessions_document
from chatdata.services.answers.usage import Period, PeriodError, usage_document, usage_filter, usage_rows, zone_of
from chatdata.services.catalog import MOST_CACHED_SESSIONS, SessionList
from chatdata.services.connect import Connected
from chatdata.services.finder import NoSessionMatch
from chatdata.services.health import check_stores
from chatdata.services.inspection import Inspection
from chatdata.services.programs.cursors import cursor_from, cursor_text
from chatdata.services.programs.narrowing import (
    check_without_places,
    line_without_texts,
    problems_without_places,
    refusal_without_quotes,
    repair_without_values,
    session_without_quotes,
    with_known_status,
)
from chatdata.services.programs.questions import (
    BadQuestion,
    CacheHealthQuestion,
    DiffQuestion,
    ExplainQuestion,
    HealthQuestion,
    LintQuestion,
    MessagesForAgents,
    PayloadQuestion,
    ProgramQuestion,
    RepairQuestion,
    ScanQuestion,
    SessionQuestion,
    SessionsForAgents,
    SessionsQuestion,
    UsageQuestion,
)
from chatdata.services.repair import Refusal, proposal_json, propose, refusal_json
from chatdata.services.scan import ScanResult, last_scans, scan_json
from chatdata.services.session_search import SessionSearch
from chatdata.services.two_sessions import SessionChoice, read_two_sessions
from chatdata.services.usage.paid import PaidGrouping, paid_usage
from chatdata.settings.stores import zone_named
from chatdata.stores.database import SessionFilter

Document = dict[str, Any]
NO_SCAN = "No complete scan of this deployment is kept. To make one, run: python -m chatdata scan"
_OTHER = "ask with source={source}"
_PAID: Mapping[str, PaidGrouping] = {"day": "day", "week": "week", "user": "user", "session": "session"}


class Answering:
    """The answers for one principal at one privacy level; safe for threads."""

    def __init__(
        self, connected: Connected, principal: Principal, view: PrivacyLevel, search: SessionSearch, now: datetime
    ) -> None:
        """`search` is that of the level."""
        self._connected = connected
        self._stores = connected.stores
        self._principal = principal
        self._view: PrivacyLevel = view
        self._search = search
        self._now = now

    def answer(self, question: ProgramQuestion) -> Document:
        """The document that answers a question.

        Raises NotFound, NotAllowed, BadQuestion for what can't be asked, and the errors of stores that do not answer.
        """
        if question.offset and question.pointer is None:
            raise BadQuestion("offset needs pointer.")
        return _ANSWERS[type(question)](self, question)

    def sessions(self, asked: SessionsQuestion) -> Document:
        """The list of sessions, with the cursor of the next page."""
        if asked.text:
            if any((asked.user_id, asked.search, asked.chat_status, asked.turns, asked.tool, asked.cursor)):
                raise BadQuestion("text finds one session: use either text, or filters and cursor.")
            return self._located(asked)
        self._check_filters(asked)
        where = SessionFilter(
            user_id=asked.user_id,
            words=asked.search,
            chat_status=asked.chat_status,
            turn_end=asked.turns,
            tool=asked.tool,
        )
        cursor = None if asked.cursor is None else cursor_from(asked.cursor, asked.sort)
        found = self._search.page(where, cursor=cursor, limit=asked.limit, sort=asked.sort)
        after = found.lines[-1].summary.cursor_by(asked.sort) if found.has_older and found.lines else None
        document = sessions_document(self._stores, self._shown(found), self._totals(where, found))
        return document | {
            "problems": self._problems(found),
            "next_cursor": None if after is None else cursor_text(after, asked.sort),
        }

    def show(self, asked: SessionQuestion) -> Document:
        """A copy of a session, with the messages from a position on."""
        inspection = self._inspection(asked.session_id)
        copies = inspection.copies
        chosen, shown = choose(copies, asked.source, _OTHER)
        beside = beside_of(inspection, chosen, shown, verbatim=True)
        document = conversation_document(self._stores, copies, chosen, shown, beside)
        document["remarks"] = remarks(copies, chosen, asked=asked.source is not None)
        if self._view != "full":
            document = with_known_status(document)
        if isinstance(shown, CorruptDocument):
            return document
        left = [message for message in document["messages"] if message["position"] >= asked.first]
        end = _end_of_page([message["position"] for message in left], asked.limit)
        following = left[end]["position"] if len(left) > end else None
        page = {"from": asked.first, "limit": asked.limit, "of": len(document["messages"]), "next": following}
        return document | {"messages": left[:end], "page": page}

    def diff(self, asked: DiffQuestion) -> Document:
        """The comparison of both copies, or of two sessions."""
        if asked.other_id is not None:
            a, b = SessionChoice(asked.session_id, asked.source_a), SessionChoice(asked.other_id, asked.source_b)
            two = read_two_sessions(self._stores, a, b, self._view, self._connected.redaction_key)
            return two_sessions_document(self._stores, two)
        if asked.source_a is not None or asked.source_b is not None:
            raise BadQuestion("source_a and source_b need other_id.")
        inspection = Inspection.compared(self._stores, asked.session_id, self._view, self._connected.redaction_key)
        comparison = inspection.comparison
        if comparison.status is None:
            raise undecided(inspection.copies)
        if comparison.status == "missing":
            raise NotFound(f"Session {asked.session_id} was not found in the database or the cache.")
        document: Document = comparison_json(comparison)
        return document if self._view == "full" else with_known_status(document)

    def lint(self, asked: LintQuestion) -> Document:
        """Who rejects the payload of one copy."""
        inspection = self._inspection(asked.session_id)
        chosen, _copy = choose_readable(inspection.copies, asked.source, _OTHER)
        facts = model_facts(asked.model or self._connected.settings.model)
        if asked.last is None:
            report = inspection.report(chosen, facts)
        else:
            whole = inspection.assessment_of_last(chosen, facts, asked.last).report
            report = inspection.redacted.report(whole)
        return report_document(of_provider(report, asked.provider), asked.session_id, chosen, asked.provider)

    def explain(self, asked: ExplainQuestion) -> Document:
        """What an error means; with a session, which of its messages is meant, found in what the level shows of it."""
        if asked.session_id is None:
            if asked.source is not None:
                raise BadQuestion("source needs session_id.")
            return explanation_json(explain(asked.error), None)
        _chosen, copy = choose_readable(self._inspection(asked.session_id).copies, asked.source, _OTHER)
        payload = build_payload([item.message for item in copy.messages], [item.position for item in copy.messages])
        messages: list[Any] = [*payload.params]
        found = explain(asked.error, messages, [message.positions for message in payload.messages])
        return explanation_json(found, messages)

    def payload(self, asked: PayloadQuestion) -> Document:
        """What a model is sent of one copy, as the level shows it."""
        if asked.shown_as == "account" and asked.format == "json":
            raise BadQuestion(f"as=account needs the format of an API: {', '.join(API_FORMATS)}.")
        chosen, copy = choose_readable(self._inspection(asked.session_id).copies, asked.source, _OTHER)
        payload = build_payload([item.message for item in copy.messages], [item.position for item in copy.messages])
        kept = range(len(payload.params)) if asked.last is None else cut(payload.params, Cut(messages=asked.last))
        params: list[Any] = [payload.params[index] for index in kept]
        head = {"session_id": asked.session_id, "source": chosen, "format": asked.format}
        if asked.format == "json":
            return head | {"body": params}
        translation = translate(params, asked.format)
        if asked.shown_as == "account":
            return head | {"account": account_document(translation, payload, kept)}
        return head | {"body": translation.body}

    def usage(self, asked: UsageQuestion) -> Document:
        """Sessions, messages, tool calls and tokens; or what was paid."""
        try:
            return self._usage(asked)
        except PeriodError as error:
            raise BadQuestion(f"{error}") from error

    def _usage(self, asked: UsageQuestion) -> Document:
        if asked.period is not None and (asked.since is not None or asked.until is not None):
            raise BadQuestion("Use either period, or since and until.")
        if asked.time_zone is not None and zone_named(asked.time_zone) is None:
            raise BadQuestion("time_zone is not a known time zone. Use a name such as Europe/Berlin.")
        self._demand_full(asked.user_id is not None, "filter by user")
        period: Period = asked.period or (asked.since, asked.until)
        users = () if asked.user_id is None else (asked.user_id,)
        zone = zone_of(self._connected, asked.time_zone)
        if asked.paid:
            return self._paid(asked, usage_filter(period, users, zone))
        rows = usage_rows(self._connected, asked.by, zone, period, users, asked.limit)
        named = {"user": self._pseudonyms.user, "tool": self._pseudonyms.tool}.get(asked.by)
        if named is not None and self._view != "full":
            rows = replace(rows, rows=tuple(replace(row, key=named(row.key)) for row in rows.rows))
        return usage_document(rows)

    def scan(self, _asked: ScanQuestion) -> Document:
        """The last complete scan that was kept."""
        latest = next(iter(last_scans(self._connected.app_db, 1)), None)
        if latest is None:
            raise NotFound(NO_SCAN)
        return self._scan_document(latest)

    def check(self, _asked: ProgramQuestion) -> Document:
        """Whether the stores answer, and what is in them; where they are at the full level only."""
        document = health_document(check_stores(self._connected))
        return document if self._view == "full" else check_without_places(document)

    def cache_health(self, asked: CacheHealthQuestion) -> Document:
        """Whether the stores answer, and the last scan; null without one."""
        latest = next(iter(last_scans(self._connected.app_db, 1)), None)
        return {"stores": self.check(asked), "scan": None if latest is None else self._scan_document(latest)}

    def repair(self, asked: RepairQuestion) -> Document:
        """What a repair would change; nothing is written. Values are shown at the full level only."""
        if self._principal.role != "operator":
            raise NotAllowed("Your role does not allow you to preview repairs: it needs the role operator.")
        if asked.seconds is not None and asked.action != "keep_alive":
            raise BadQuestion("seconds can only be used with keep_alive.")
        proposal = propose(self._stores, asked.session_id, asked.action, seconds=asked.seconds)
        if isinstance(proposal, Refusal):
            if proposal.reason == "not_found":
                raise NotFound(f"Session {asked.session_id} was not found in the database or the cache.")
            shown = proposal if self._view == "full" else refusal_without_quotes(proposal)
            return refusal_json(asked.session_id, asked.action, shown)
        document = proposal_json(proposal)
        return document if self._view == "full" else repair_without_values(document)

    @property
    def _pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self._view, b"" if self._view == "full" else self._connected.redaction_key())

    def _inspection(self, session_id: str) -> Inspection:
        return Inspection(self._stores, session_id, self._view, self._connected.redaction_key)

    def _demand_full(self, asked: bool, what: str) -> None:
        if asked and self._view != "full":
            raise NotAllowed(f"The {self._view} view does not allow you to {what}, since it hides users.")

    def _problems(self, found: SessionList) -> list[str]:
        return list(found.problems) if self._view == "full" else problems_without_places(found.problems)

    def _check_filters(self, asked: SessionsQuestion) -> None:
        self._demand_full(asked.user_id is not None, "filter by user")
        if asked.chat_status is not None and self._view != "full" and asked.chat_status not in KNOWN_STATUSES:
            known = ", ".join(KNOWN_STATUSES)
            raise NotAllowed(f"The {self._view} view only allows chat_status {known}, since it hides all others.")
        if asked.search and self._view == "structure":
            raise NotAllowed("The structure view does not allow you to search for words, since it shows none.")

    def _located(self, asked: SessionsQuestion) -> Document:
        """The one session that a text points to, as a list."""
        found = self._search.locate(asked.text)
        if isinstance(found, NoSessionMatch):
            if found.problems:
                raise OutOfReach(" ".join(found.problems), self._silent())
            raise NotFound("This text points to no session that is here.")
        where = SessionFilter(only_ids=frozenset({found.session_id}))
        listed = self._search.page(where, limit=1)
        document = sessions_document(self._stores, self._shown(listed), self._totals(where, listed))
        match = {"session_id": found.session_id, "source": found.source, "position": found.position, "by": found.by}
        return document | {"problems": self._problems(listed), "next_cursor": None, "found": match}

    def _silent(self) -> list[str]:
        status = check_stores(self._connected)
        answers = {"database": status.database.answer, "cache": status.cache.answer}
        return [name for name, answer in answers.items() if answer == "unavailable"]

    def _shown(self, found: SessionList) -> SessionList:
        """The lines without what the level hides: titles and texts are left out, users are placeholders."""
        if self._view == "full":
            return found
        pseudonyms = self._pseudonyms
        return replace(found, lines=tuple(line_without_texts(line, pseudonyms) for line in found.lines))

    def _totals(self, where: SessionFilter, found: SessionList) -> Any:
        if found.source == "database":
            return self._search.totals(where)
        return sum_lines(self._search.page(where, limit=MOST_CACHED_SESSIONS).lines)

    def _paid(self, asked: UsageQuestion, where: SessionFilter) -> Document:
        self._demand_full(asked.paid, "see what was paid")
        zone = zone_of(self._connected, asked.time_zone)
        grouping = _PAID.get(asked.by)
        if grouping is None:
            raise BadQuestion(f"paid can be combined with by {', '.join(_PAID)}.")
        return paid_object(paid_usage(self._stores, where, grouping, zone.rules), asked.by, zone.name, asked.limit)

    def _scan_document(self, latest: ScanResult) -> Document:
        """The scan, sessions whose messages are lost next first; what expired since then is not lost next."""
        ordered = sorted(latest.sessions, key=lambda comparison: _lost_next(comparison, self._now))
        document = scan_json(replace(latest, sessions=tuple(ordered)))
        if self._view == "full":
            return document
        pseudonyms = self._pseudonyms
        return document | {
            "deployment": None,
            "user": pseudonyms.user(document["user"]),
            "dangling_channels": [one | {"channel": None} for one in document["dangling_channels"]],
            "sessions": [session_without_quotes(session, pseudonyms) for session in document["sessions"]],
        }


def _end_of_page(positions: Sequence[int], limit: int) -> int:
    """How many messages a page has: as many as asked for, and those that stand at the same position as the last."""
    end = limit
    while end < len(positions) and positions[end] == positions[end - 1]:
        end += 1
    return end


def _lost_next(comparison: Comparison, now: datetime) -> tuple[bool, bool, float]:
    until = comparison.at_risk_until if comparison.at_risk else None
    if until is None:
        return (not comparison.at_risk, False, float("inf"))
    return (False, until <= now, until.timestamp())


_ANSWERS: Mapping[type[ProgramQuestion], Callable[[Answering, Any], Document]] = {
    SessionsQuestion: Answering.sessions,
    SessionsForAgents: Answering.sessions,
    SessionQuestion: Answering.show,
    MessagesForAgents: Answering.show,
    DiffQuestion: Answering.diff,
    LintQuestion: Answering.lint,
    ExplainQuestion: Answering.explain,
    PayloadQuestion: Answering.payload,
    UsageQuestion: Answering.usage,
    ScanQuestion: Answering.scan,
    HealthQuestion: Answering.check,
    CacheHealthQuestion: Answering.cache_health,
    RepairQuestion: Answering.repair,
}
