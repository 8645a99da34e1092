"""The garbage collector leaves alone what was imported before the first page."""

import subprocess
import sys
from pathlib import Path

from tests.support.command_line import ROOT

_CODE = """
import asyncio, gc, app
class Dropped:
    pass
def drop():
    one = Dropped()
    one.itself = one
drop()
async def serve():
    async with app.lifespan(app.app):
        print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 10_000)
asyncio.run(serve())
gc.unfreeze()
print(not any(isinstance(each, Dropped) for each in gc.get_objects()))
"""


def test_what_was_imported_is_kept_from_the_collector_and_garbage_is_not(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "INSPECTOR_DATA_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CODE],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True"] * 3
