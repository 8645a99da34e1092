"""Mending one session: a proposal that somebody reviews, then exactly that, and nothing if a copy moved meanwhile.

`propose` reads and says what would be; `apply` does it under the session's locks and writes it to the audit log.
No repair deletes rows, and none is ever done by itself.
"""

from chatdata.repair.applying import apply
from chatdata.repair.proposal import Change, Done, Guard, Lost, Proposal, Refusal, RefusalReason
from chatdata.repair.proposing import propose
from chatdata.repair.wire import done_json, proposal_json, refusal_json

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
    "refusal_json",
]
