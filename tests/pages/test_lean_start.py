"""A server's first session is shown without what only charts, tables and the demo's making need."""

import ast
import subprocess
import sys

from tests.support.command_line import ROOT

NOT_LOADED = ("pandas", "numpy", "pyarrow", "altair", "chatdata.services.demo.catalogue")


def test_the_first_tab_of_a_session_loads_neither_charts_nor_frames() -> None:
    code = "\n".join(_imports(file) for file in ("app.py", "pages/router.py", "pages/session.py"))
    check = f"{code}\nimport sys\nprint(*({{*{NOT_LOADED!r}}} & sys.modules.keys()))"
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == ""


def _imports(file: str) -> str:
    """The import statements of a script that run whenever it does."""
    statements = ast.parse((ROOT / file).read_text("utf-8")).body
    return "\n".join(ast.unparse(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom))
