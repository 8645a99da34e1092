"""The repair that resolves a session's issues and loses nothing, so that many sessions can be repaired at once."""

from chatdata.domain.drift import Comparison
from chatdata.services.repair.proposal import Proposal
from chatdata.services.repair.proposing import propose
from chatdata.services.session_stores import SessionStores


def propose_lossless(stores: SessionStores, comparison: Comparison) -> Proposal | None:
    """Returns the first proposal, in the order of the issues, that resolves one of them and loses nothing; else None.

    Nothing is written. Raises DatabaseError or RedisError when a store is unavailable.
    """
    told = (finding for finding in comparison.findings if finding.severity != "info")
    for action in dict.fromkeys(action for finding in told for action in finding.ended_by):
        proposal = propose(stores, comparison.session_id, action)
        if isinstance(proposal, Proposal) and proposal.ends and not proposal.lost:
            return proposal
    return None
