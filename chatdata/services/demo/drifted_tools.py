"""Sessions whose copies differ in tool calls, results or sequence numbers."""

from chatdata.services.demo import faults
from chatdata.services.demo.people import DANA, DARYA, JONAS, KENJI
from chatdata.services.demo.steps import Ask, Say, Script, When, use
from chatdata.services.demo.tools import bash_exec, find_library_agent, run_block, web_fetch

CALLS_LOST = Script(
    slug="holzpreise",
    person=JONAS,
    title="Holzpreise für das Angebot Seeblick",
    when=When(days=0, until=2.4),
    steps=(
        Ask("Was kostet Eiche, 40 mm, besäumt, gerade? Ich brauche 6,5 m² für das Angebot Hotel Seeblick."),
        Say("Ich sehe bei zwei Händlern nach."),
        use(
            web_fetch(
                "https://holzhandel-nord.example/eiche-40", "Eiche besäumt 40 mm: 148,00 €/m², ab 5 m² 141,00 €/m²."
            ),
            text="Zuerst Holzhandel Nord:",
        ),
        Say("Ab 5 m² kostet Eiche dort **141,00 €/m²**, also 916,50 € für 6,5 m²."),
        Ask("Mit 12 % Verschnitt bitte."),
        Say("6,5 m² × 1,12 = 7,28 m², das sind **1.026,48 €**."),
    ),
    fault=faults.calls_attached_late,
    planted=("tool_calls_lost", "orphan_tool_result"),
    lint=("orphan_tool_result",),
)


CALLS_STALE = Script(
    slug="shoten-list",
    person=KENJI,
    title="書店フェアの参加店リスト",
    when=When(days=0, until=6.4),
    steps=(
        Ask("春のフェアに参加する書店の一覧を作ってください。"),
        use(
            find_library_agent("bookshops", ("kenji/shop-directory", "書店の名簿を検索します。", 0.0, 33)),
            text="名簿を確認します。",
        ),
        Say("名簿検索のエージェントがあります。地域を絞りますか。"),
        Ask("関西だけでお願いします。"),
        use(
            run_block(
                "FilterList", {"list": "bookshops", "region": "関西"}, shops=["月灯書房", "川端堂", "本の森はなれ"]
            ),
            text="関西で絞り込みます。",
        ),
        Say("関西の参加店は三店です。\n\n- 月灯書房\n- 川端堂\n- 本の森はなれ"),
    ),
    fault=faults.calls_missing_in_cache,
    planted=("tool_calls_stale", "orphan_tool_result"),
)


PLACEHOLDER = Script(
    slug="map-render",
    person=DANA,
    title="Map of all interview places",
    when=When(days=0, until=1.1),
    steps=(
        Ask("Draw a map with the 38 places from the interviews."),
        use(bash_exec("wc -l places.csv", "39 places.csv\n")),
        use(
            run_block(
                "DrawMap", {"places": "places.csv", "format": "svg"}, file="places-map.svg", drawn=38, not_found=0
            )
        ),
        Say(
            "The map is being drawn; with 38 places that takes a few minutes. The result appears "
            "above as soon as it's there."
        ),
    ),
    fault=faults.placeholder_left,
    planted=("tool_result_stale",),
)


GAP = Script(
    slug="churn-check",
    person=DARYA,
    title="Отток: почему уходят?",
    when=When(days=0, until=3.1),
    steps=(
        Ask("В прошлом месяце ушли 12 клиентов. Есть ли у них что-то общее?"),
        use(
            bash_exec(
                "python3 churn.py --month last --group plan,source", "basic поиск 7\nbasic реклама 4\nplus поиск 1\n"
            )
        ),
        Say("Почти все на тарифе `basic`: 11 из 12. Семь пришли из поиска, четыре из рекламы."),
        Ask("А сколько дней они пользовались?"),
        use(bash_exec("python3 churn.py --month last --days", "медиана 9, максимум 61\n")),
        Say("Медиана — **9 дней**: уходят сразу после пробного периода."),
        Ask("Значит, дело в пробном периоде."),
        Say("Похоже на то. Я бы проверил письмо на седьмой день: открывают ли его."),
    ),
    fault=faults.gap_after(4, 3),
    planted=("sequence_gap",),
)


SCRIPTS = (
    CALLS_LOST,
    CALLS_STALE,
    PLACEHOLDER,
    GAP,
)
