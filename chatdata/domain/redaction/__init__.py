"""Views on a conversation: full, masked, structure. What leaves chatdata goes through `redact`. Pure.

pseudonyms          placeholders from a keyed hash
normalize           a text with its escapes and look-alikes undone, each place known
addresses, numbers  rules: what says too much, and where
secrets, people     more rules of that kind
labelled_values     values recognized by the key they stand under
randomness          whether characters look made by a machine
key_names           what an object's key says of its value
json_paths          so that JSON stays JSON
masker              Masker: all rules over a text or JSON value
masked, structure   both copies in that view
redacting           project: copies, comparisons, lints, sentences
"""

from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.people import People
from chatdata.domain.redaction.redacting import Redacted, redact
from chatdata.domain.redaction.spans import Kind

__all__ = ["Kind", "Masker", "People", "Redacted", "redact"]
