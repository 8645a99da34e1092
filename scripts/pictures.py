"""Takes the screenshots in docs/ of the app with fresh demo conversations, all or those that are named:

.venv/bin/python scripts/pictures.py [NAME …]
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import expect  # noqa: E402

from chatdata.services.demo import stories  # noqa: E402
from chatdata.services.demo.ids import uuid_of  # noqa: E402
from chatdata.services.demo.running_talk import RUNNING_TALK  # noqa: E402
from chatdata.services.demo.seeding import DEMO_SEED  # noqa: E402
from tests.support.chromium import chromium_browser, streamlit_server, wait_until_idle  # noqa: E402

STORY = stories()[0].session_id
RUNNING = uuid_of(DEMO_SEED, "session", RUNNING_TALK.slug)
PICTURES = {
    "overview": ("/", "light"),
    "sessions": ("/sessions", "light"),
    "conversation": (f"/session?id={STORY}&message=5", "light"),
    "cache-health": ("/cache_health", "light"),
    "drift": (f"/session?tab=compare&part=diff&id={STORY}", "light"),
    "payload": (f"/session?tab=payload&id={stories()[1].session_id}&message=16", "light"),
    "usage": ("/usage", "light"),
    "presenter": (f"/session?id={STORY}&replay=17&presenter=dark", "dark"),
    "live": (f"/session?id={RUNNING}&message=5&live=true", "light"),
}
STREAMED = "Then the zucchini in bed 3"
"""What the turn has said, after its tool call, when it is taken."""


def main(names: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory() as data_dir,
        streamlit_server("app.py", INSPECTOR_DATA_DIR=data_dir) as address,
        chromium_browser() as browser,
    ):
        for name in names or PICTURES:
            path, scheme = PICTURES[name]
            context = browser.new_context(viewport={"width": 1360, "height": 850}, color_scheme=scheme)
            page = context.new_page()
            page.goto(address + path)
            wait_until_idle(page)
            expect(page.get_by_role("button", name="Stop scan")).to_have_count(0)  # the one that a new server begins
            if name == "live":
                page.locator(".live-text", has_text=STREAMED).wait_for()
            else:
                page.wait_for_timeout(2500)
            page.mouse.move(5, 700)
            page.screenshot(path=ROOT / "docs" / f"{name}.png")
            context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
