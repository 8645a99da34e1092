"""The current branch of a conversation whose messages name their parents; other branches are counted."""

from collections.abc import Callable, Mapping, Sequence

from chatdata.domain.dialects.account import Account


def current_branch(given: Mapping[str, object], current: str | None) -> list[str]:
    """The ids from the root to the current message, or to the last leaf where no current one is named.

    `given` maps each message's id to its parent's; what is no id ends the branch.
    """
    if current not in given:
        inner = {parent for parent in given.values() if isinstance(parent, str)}
        current = next((key for key in reversed(list(given)) if key not in inner), None)
    path: dict[str, None] = {}
    while current is not None and current in given and current not in path:
        path[current] = None
        parent = given[current]
        current = parent if isinstance(parent, str) else None
    return [*path][::-1]


def leave_out_others(
    messages: Mapping[str, object], branch: Sequence[str], place_of: Callable[[str], str], account: Account
) -> None:
    """Records each message that is not on the branch."""
    on_branch = set(branch)
    for key, message in messages.items():
        if key not in on_branch and message:
            account.leave_out("branch", place_of(key), message)
