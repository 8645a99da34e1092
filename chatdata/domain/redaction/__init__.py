"""Views on a conversation: full, masked, structure. What leaves chatdata goes through `project`. Pure.

keyed        stand-ins from a keyed hash
folding      a text with its escapes and look-alikes undone, each place known
addresses, numbers, secrets, named, people   the rules: what says too much, and where
randomness   whether characters look made by a machine
keys         what an object's key says of its value
json_places  so that JSON stays JSON
masking      Mask: all rules over a text or JSON value
masked, structure   both copies in that view
projecting   project: copies, comparisons, lints, sentences
"""

from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.people import People
from chatdata.domain.redaction.redacting import Redacted, project
from chatdata.domain.redaction.spans import Kind

__all__ = ["Kind", "Masker", "People", "Redacted", "project"]
