"""Takes out of documents what a view below the full one hides: texts, users, values, and where the stores are.

Conversations are redacted before a document is made of them; here is what stands in documents beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatdata.domain.labels import FINDING_LABELS
from chatdata.domain.redaction import Pseudonyms
from chatdata.domain.turns import known_status
from chatdata.services.catalog import SessionLine
from chatdata.services.repair import Refusal, RefusalReason
from chatdata.services.session_stores import DATABASE_HINT

Document = dict[str, Any]
OWN_DATA_FAILED = "The inspector's own data can't be used."
_HARMLESS = ("Only ", "Not listed: ", DATABASE_HINT)
"""How problems of a list begin that are no store's error."""
_REFUSED: Mapping[RefusalReason, str] = {
    "not_found": "There is no such session.",
    "nothing_to_do": "This repair would change nothing.",
    "unsuitable": "This repair does not fit these copies.",
    "moving": "The cached copy is changing right now. Try again in a moment.",
    "moved": "A copy changed since the proposal.",
    "locked": "Another process is writing the session. Try again in a moment.",
}
_FAILURES = {
    "The database": "The database is unavailable.",
    "The cache": "The cache is unavailable.",
    "The inspector's own ": OWN_DATA_FAILED,
}


def unavailable_sentence(stores: Sequence[str]) -> str:
    """Says which of the stores are unavailable, without saying where they are."""
    return " ".join(f"The {store} is unavailable." for store in stores) or "A store is unavailable."


def problems_without_places(problems: Sequence[str]) -> list[str]:
    """The problems of a list, where errors of stores name the store and nothing else."""
    return list(dict.fromkeys(map(_without_place, problems)))


def _without_place(problem: str) -> str:
    if problem.startswith(_HARMLESS):
        return problem
    return next((said for start, said in _FAILURES.items() if problem.startswith(start)), unavailable_sentence(()))


def check_without_places(document: Document) -> Document:
    """Whether the stores answer, without where they are, which the reason of a failure says too."""
    return document | {name: _store_without_place(name, document[name]) for name in ("database", "cache")}


def _store_without_place(name: str, store: Document) -> Document:
    problem = unavailable_sentence([name]) if store["answer"] == "unavailable" else store["problem"]
    return store | {"where": None, "problem": problem}


def with_known_status(document: Document) -> Document:
    """A document with the session's status only if it is a known one, else null."""
    return document | {"chat_status": known_status(document["chat_status"])} if "chat_status" in document else document


def line_without_texts(line: SessionLine, pseudonyms: Pseudonyms) -> SessionLine:
    """A line of a list without title, texts and unknown status; its user is a placeholder."""
    summary = replace(
        line.summary,
        user_id=pseudonyms.user(line.summary.user_id),
        title=None,
        first_user_message=None,
        last_answer=None,
        chat_status=known_status(line.summary.chat_status),
    )
    return replace(line, summary=summary)


def session_without_quotes(session: Document, pseudonyms: Pseudonyms) -> Document:
    """A session of a scan, with the label of each finding instead of sentences, which may quote what is hidden."""
    findings = [_finding_without_quotes(finding) for finding in session["findings"]]
    return with_known_status(session) | {"user_id": pseudonyms.user(session["user_id"]), "findings": findings}


def _finding_without_quotes(finding: Document) -> Document:
    document = finding | {
        "field": None,
        "meaning": f"{FINDING_LABELS[finding['kind']]}.",
        "likely_causes": [cause | {"evidence": None} for cause in finding["likely_causes"]],
    }
    folded = [_finding_without_quotes(one) for one in finding.get("consequences", ())]
    return document | {"consequences": folded} if folded else document


def refusal_without_quotes(refusal: Refusal) -> Refusal:
    """Why a repair is not proposed, without what the sentence may quote."""
    return replace(refusal, sentence=_REFUSED[refusal.reason])


def repair_without_values(document: Document) -> Document:
    """A proposal with what changes where, but no value, sentence or digest of the conversation."""
    changes = [{"store": change["store"], "place": None} for change in document["changes"]]
    lost = [{"what": one["what"], "count": len(one["values"])} for one in document["lost"]]
    hidden = ("changes", "lost", "cautions", "guard")
    return {name: value for name, value in document.items() if name not in hidden} | {"changes": changes, "lost": lost}
