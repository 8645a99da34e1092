"""The garbage collector leaves alone what was imported."""

import subprocess
import sys
from pathlib import Path

from tests.support.command_line import ROOT

_CODE = """
import asyncio, email.mime.text, gc, http.server, xml.dom.minidom
from pages.ui.server import collector
collector.prepare()
collector.keep_imported()
first = gc.get_freeze_count()
class Dropped:
    pass
def drop():
    one = Dropped()
    one.itself = one
drop()
collector.keep_imported()
again = gc.get_freeze_count()
import sqlalchemy
collector.keep_imported()
gc.unfreeze()
left = [each for each in gc.get_objects() if isinstance(each, Dropped)]
print(first > 1_000, again <= first, left == [])
gc.freeze()
print(gc.get_freeze_count() > first)
"""


def test_what_was_imported_is_kept_from_the_collector_once_and_garbage_is_not() -> None:
    told = subprocess.run([sys.executable, "-c", _CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True"] * 4


def test_a_run_after_imports_leaves_the_collector_little(tmp_path: Path) -> None:
    code = """
import gc, logging, sys
logging.disable(logging.CRITICAL)
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/router.py", default_timeout=60)
app.run()
app.run()
print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < gc.get_freeze_count())
"""
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "INSPECTOR_DATA_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True", "True"], told.stderr
