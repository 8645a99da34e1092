"""Views on a conversation: full, masked and structure. Everything that leaves chatdata goes through `redact`. Pure.

pseudonyms          placeholders from a keyed hash
normalize           a text with its escapes and look-alikes decoded, mapped back to the original
addresses, numbers  rules that find personal data in a text
secrets, people     rules that find credentials, and known people
labelled_values     values recognized by their key
shapes              where a rule can match at all, by the class of each character
randomness          whether a run of characters looks random
key_names           what the key of a JSON object tells about its value
json_paths          keeps JSON valid while parts of it are replaced
masker              Masker, which applies all rules to a text or JSON value
masked, structure   both copies in these views
redacting           redact, for copies, comparisons, lint reports and sentences
"""

from chatdata.domain.redaction.masker import Masker
from chatdata.domain.redaction.people import People
from chatdata.domain.redaction.redacting import Pseudonyms, Redacted, redact
from chatdata.domain.redaction.spans import Kind

__all__ = ["Kind", "Masker", "People", "Pseudonyms", "Redacted", "redact"]
