"""Who may see what: from what is known of a person to a reader with a role and a view. Pure.

people  who somebody is, from the claims of a sign-in or the headers of a proxy
users   what they may do
"""

from chatdata.domain.access.people import Identity, from_claims, from_headers
from chatdata.domain.access.users import Principal, principal_of
from chatdata.settings.auth import ROLES, Role

__all__ = ["ROLES", "Identity", "Principal", "Role", "from_claims", "from_headers", "principal_of"]
