"""The current branch of a conversation whose messages name their parents; other branches are counted."""

from collections.abc import Mapping, Sequence

from chatdata.domain.dialects.account import Account


def current_branch(given: Mapping[str, object], current: str | None) -> list[str]:
    """The ids from the root to the current message, or to the last leaf where no current one is named.

    `given` maps each message's id to its parent's; what is no id ends the branch.
    """
    parents = {key: parent if isinstance(parent, str) else None for key, parent in given.items()}
    if current not in parents:
        inner = set(parents.values())
        current = next((key for key in reversed(list(parents)) if key not in inner), None)
    path: list[str] = []
    seen: set[str] = set()
    while current is not None and current in parents and current not in seen:
        seen.add(current)
        path.append(current)
        current = parents[current]
    return path[::-1]


def leave_out_others(
    messages: Mapping[str, object], branch: Sequence[str], places: Mapping[str, str], account: Account
) -> None:
    """Records each message that is not on the branch."""
    on_branch = set(branch)
    for key, message in messages.items():
        if key not in on_branch and message:
            account.leave_out("branch", places[key], message)
