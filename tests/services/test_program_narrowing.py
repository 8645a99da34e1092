"""What programs are told of a scan below the full view: labels instead of sentences, also of consequences."""

from dataclasses import replace

from chatdata.domain.copies import Copies
from chatdata.domain.drift import compare, comparison_json
from chatdata.domain.redaction import Pseudonyms
from chatdata.services.programs.narrowing import session_without_quotes
from tests.support.builders import talk
from tests.support.mutations import READ_AT, cached_copy, session_of, stored_copy


def test_a_consequence_is_told_by_its_label() -> None:
    session = session_of(talk(6))
    rows = stored_copy(session)
    pair = Copies(
        "s-1", replace(rows, messages=(*rows.messages[:2], *rows.messages[3:])), cached_copy(session), READ_AT
    )
    document = comparison_json(compare(pair), values=False)
    (finding,) = session_without_quotes(document, Pseudonyms("masked", b"0" * 16))["findings"]
    (consequence,) = finding["consequences"]
    assert (finding["meaning"], consequence["meaning"]) == ("Message missing in database.", "Gap in message numbers.")
    assert {cause["evidence"] for cause in finding["likely_causes"]} == {None}
    assert consequence["field"] is None
    assert document["findings"][0]["consequences"][0]["field"] == "sequence"
