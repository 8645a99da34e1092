"""The document of `payload --as account`: what a translation made of each message."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chatdata.domain.dialects.writers import Translation, summary
from chatdata.domain.messages import Payload


def account_document(translation: Translation, payload: Payload, kept: Sequence[int]) -> dict[str, Any]:
    """Returns the JSON document of --as account."""
    messages = [
        {
            "payload_position": written.index,
            "stored_positions": list(payload.messages[at].positions),
            "places": list(written.places),
            "changes": [{**asdict(change), "serious": change.is_serious} for change in written.changes],
        }
        for at, written in zip(kept, translation.messages, strict=True)
    ]
    not_sent = sorted({remark.position for remark in payload.skipped})
    told = summary(translation.messages)
    return {"format": translation.form, "messages": messages, "not_sent": not_sent, "summary": told}
