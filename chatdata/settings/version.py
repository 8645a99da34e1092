"""The version of the inspector, which stands in pyproject.toml alone."""

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

_DISTRIBUTION = "conversation-inspector"
_CHECKOUT = Path(__file__).parents[2]


@cache
def tool_version() -> str:
    """The version in the pyproject.toml beside the package, else that of the installed distribution.

    The file comes first: a checkout may run in an environment where another version is installed.
    """
    try:
        project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text("utf-8")).get("project", {})
    except FileNotFoundError:
        project = {}
    if project.get("name") == _DISTRIBUTION:
        return str(project["version"])
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "(version unknown)"
