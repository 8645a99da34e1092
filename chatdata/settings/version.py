"""The version of the inspector, whose only source is pyproject.toml."""

import tomllib
from functools import cache
from pathlib import Path

_DISTRIBUTION = "conversation-inspector"
_CHECKOUT = Path(__file__).parents[2]


@cache
def tool_version() -> str:
    """Returns the version in the checkout's pyproject.toml, else that of the installed distribution.

    The file takes precedence, since a checkout may run in an environment with another version installed.
    """
    try:
        project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text("utf-8")).get("project", {})
    except FileNotFoundError:
        project = {}
    if project.get("name") == _DISTRIBUTION:
        return str(project["version"])
    from importlib import metadata  # a checkout, which says its version itself, need not load it

    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "(version unknown)"
