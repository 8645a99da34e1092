"""Sessions whose tool results are missing, late, duplicated, without an id or too large."""

from chatdata.services.demo.outputs import access_log
from chatdata.services.demo.people import DARYA, NOA, PRIYA, TOMAS
from chatdata.services.demo.steps import Ask, Result, Say, Script, When, unanswered, use, with_id
from chatdata.services.demo.tools import bash_exec, failing, run_agent, view_agent_output, web_fetch

CRASHED = Script(
    slug="crashed-run",
    person=PRIYA,
    title="Tag all chats of last month",
    when=When(days=13, hour=17.3),
    steps=(
        Ask("Tag all chats of last month by topic."),
        use(unanswered(run_agent("priya/chat-tagger", {"month": "last"})), text="Starting Chat Tagger on 4,120 chats."),
        Ask("Is it still going? The page reloaded."),
        Say("I can't see a result of that run. It may have stopped when the server restarted; shall I start it again?"),
    ),
    lint=("unanswered_tool_call",),
)


_SCAN_ID = "toolu_01PfQ2mR8sVxK4nTz7LbWc9d"

LATE = Script(
    slug="late-scan",
    person=NOA,
    title="סריקת טפסים ישנים",
    when=When(days=9, hour=10.6),
    steps=(
        Ask("תסרוק בבקשה את 200 הטפסים הישנים ותגיד כמה בלי חתימה."),
        use(unanswered(with_id(run_agent("noa/form-scan", {"folder": "old-forms"}), _SCAN_ID)), text="מתחילה סריקה."),
        Ask("זה לוקח הרבה זמן?"),
        Say("כמה דקות. אעדכן כשיסתיים."),
        Result(_SCAN_ID, view_agent_output("noa/form-scan", {"scanned": 200, "unsigned": 14}).result or {}),
        Say("הסריקה הסתיימה: 200 טפסים, מתוכם **14** בלי חתימה."),
    ),
    lint=("late_tool_result",),
)


_REINDEX = bash_exec("psql -c 'REINDEX TABLE parcels'", "REINDEX\nTime: 251339.120 ms\n")
_ABORTED_ID = "call_8XvTq1LrN5cYwZ3hKd0sEm"


RESULTS_TWICE = Script(
    slug="aborted-then-real",
    person=TOMAS,
    title="Reindex the parcels table",
    when=When(days=16, hour=13.2),
    steps=(
        Ask("Reindex parcels on the replica and tell me how long it took."),
        use(
            with_id(failing(_REINDEX, "aborted", "The connection to the browser was lost."), _ABORTED_ID),
            text="Reindexing now.",
        ),
        Result(_ABORTED_ID, _REINDEX.result or {}),
        Say("It took 4 minutes and 11 seconds. (The page lost its connection in between, but the command went on.)"),
    ),
    lint=("duplicate_tool_result",),
)


_LOAD = bash_exec("load-archive --year last", "12 files, 1840221 rows\n")
_PROGRESS_ID = "call_3mPzR7uKq9BtVnYc2XgLwa"


PROGRESS_ROW = Script(
    slug="progress-row",
    person=DARYA,
    title="Загрузка архива за год",
    when=When(days=26, hour=10.4),
    usage=False,
    steps=(
        Ask("Загрузи архив продаж за прошлый год."),
        use(unanswered(with_id(_LOAD, _PROGRESS_ID)), text="Загружаю архив."),
        Result(None, "загружено 40 %"),
        Result(_PROGRESS_ID, _LOAD.result or {}),
        Say("Готово: 12 файлов, 1 840 221 строка."),
    ),
    lint=("missing_tool_call_id",),
)


TOO_LARGE = Script(
    slug="whole-log",
    person=TOMAS,
    title="Read the whole week's gateway log",
    when=When(days=10, hour=8.0),
    steps=(
        Ask("Find everything odd in the gateway logs of the whole week. Read them completely, don't sample."),
        use(
            *(
                bash_exec(f"cat /srv/logs/gateway-{day.lower()}.log", access_log(day, 1700))
                for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
            ),
            text="All five days:",
        ),
        Say("All five are read; time-outs and slow queries noted."),
        use(view_agent_output("tomas/log-digest", {"timeouts": 187, "slow_queries": 642, "worst_pod": "api-2"})),
        Say(
            "Over the five days about 2 % of the lines are time-outs, spread over all four pods, "
            "and they come together with `slow query: parcels_by_depot`."
        ),
        Ask("So it is one query?"),
        use(
            web_fetch(
                "https://wiki.brightwater.example/queries/parcels_by_depot",
                "Owner: depot team. Last changed: with the split of the day column.",
            )
        ),
        Say("Yes. Its owner is the depot team."),
    ),
    lint=("context_overflow",),
)


SCRIPTS = (
    CRASHED,
    LATE,
    RESULTS_TWICE,
    PROGRESS_ROW,
    TOO_LARGE,
)
