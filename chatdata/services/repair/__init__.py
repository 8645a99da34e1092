"""Repairs one session: first a proposal to review, then exactly that change, or nothing if a copy changed in between.

`propose` reads both copies and says what would change; `apply` makes the change under the session's locks and records
it in the audit log. `propose_lossless` chooses a repair that loses nothing. No repair deletes rows, and none runs
automatically.
"""

from chatdata.services.repair.applying import apply
from chatdata.services.repair.lossless import propose_lossless
from chatdata.services.repair.proposal import Change, Done, Guard, Lost, Proposal, Refusal, RefusalReason
from chatdata.services.repair.proposing import propose
from chatdata.services.repair.wire import done_json, proposal_json, refusal_json

__all__ = [
    "Change",
    "Done",
    "Guard",
    "Lost",
    "Proposal",
    "Refusal",
    "RefusalReason",
    "apply",
    "done_json",
    "proposal_json",
    "propose",
    "propose_lossless",
    "refusal_json",
]
