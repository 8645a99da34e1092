"""Repair of one session: a proposal that somebody reviews, then exactly that, and nothing if a copy moved meanwhile.

`propose` reads and says what would be; `apply` does it under the session's locks and writes it to the audit log.
No repair deletes rows, and none is ever done by itself.
"""

from chatdata.services.repair.applying import apply
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
    "refusal_json",
]
