"""Sessions whose cached document is unreadable or never expires."""

from chatdata.services.demo import faults
from chatdata.services.demo.people import JONAS, KENJI, YULAN
from chatdata.services.demo.steps import Ask, Say, Script, When, use
from chatdata.services.demo.tools import find_block, run_block, search_docs

CUT_OFF = Script(
    slug="obi-layout",
    person=KENJI,
    title="奥付の書式を確認",
    when=When(days=0, until=8.7),
    steps=(
        Ask("奥付に必要な項目を確認したいです。"),
        Say(
            "一般的には次の項目です。\n\n1. 書名\n2. 発行日と版・刷\n3. 著者\n4. 発行者・発行所\n5. 印刷・製本\n6. ISBN"
        ),
        Ask("電子版の場合はどうなりますか。"),
        use(search_docs("電子書籍 奥付", ("kisoku/denshi.md", "電子版では印刷・製本の代わりに制作日と版を記します。"))),
        Say("電子版では「印刷・製本」の代わりに**制作日と版**を記します。"),
    ),
    fault=faults.cut_off,
    planted=("cache_corrupt",),
)


KEY_MISSING = Script(
    slug="urlaubsplan",
    person=JONAS,
    title="Urlaubsplan Werkstatt",
    when=When(days=1, hour=7.7, opened=0.8),
    steps=(
        Ask(
            "Im August wollen Ute, Kemal und Franz alle die gleichen zwei Wochen. Einer muss da "
            "sein. Was schlägst du vor?"
        ),
        Say(
            "Versetzt um je eine Woche: Ute KW 31–32, Kemal KW 32–33, Franz KW 33–34. Dann ist "
            "immer mindestens einer da, allerdings in KW 32 und 33 nur einer."
        ),
        Ask("Franz kann nur bis KW 33 wegen der Schule."),
        Say("Dann Franz KW 31–32, Ute KW 32–33, Kemal KW 33–34. Für Kemal müsste es ohne Schulferien gehen."),
        Ask("Geht. Danke!"),
        Say("Gern, dann ist es so eingetragen."),
    ),
    fault=faults.without_key("usage"),
    planted=("cache_corrupt",),
)


NO_EXPIRY = Script(
    slug="packaging",
    person=YULAN,
    title="包装盒尺寸与打样",
    when=When(days=6, hour=15.0, opened=5.0),
    steps=(
        Ask("灯罩直径 28 厘米，高 19 厘米，包装盒内尺寸应该多大？"),
        use(
            run_block("Calculator", {"expression": "28+2*2.5, 19+2*2.5"}, result="33, 24"),
            find_block("box", ("BoxCost", "Estimates the price of a box.")),
        ),
        Say("四周各留 2.5 厘米缓冲，内尺寸约 **33 × 33 × 24 厘米**。"),
        Ask("打样要多少钱？"),
        use(run_block("BoxCost", {"inner": "33x33x24", "samples": 3}, price="每个 46 元，共 138 元")),
        Say("三个样品共 138 元，每个 46 元，大约四天。"),
    ),
    fault=faults.kept_for_ever,
    planted=("no_expiry",),
)


SCRIPTS = (
    CUT_OFF,
    KEY_MISSING,
    NO_EXPIRY,
)
