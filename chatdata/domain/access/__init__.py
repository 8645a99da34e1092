"""Access control: from a person's identity to a principal with a role and a view. Pure.

people  a person's identity, from the claims of an ID token or the headers of a proxy
users   what a principal may see and do
tokens  the tokens of programs
"""

from chatdata.domain.access.people import Identity, from_claims, from_headers
from chatdata.domain.access.tokens import ApiToken, principal_of_token, valid_token
from chatdata.domain.access.users import Principal, principal_of
from chatdata.settings.auth import ROLES, Role

__all__ = [
    "ROLES",
    "ApiToken",
    "Identity",
    "Principal",
    "Role",
    "from_claims",
    "from_headers",
    "principal_of",
    "principal_of_token",
    "valid_token",
]
