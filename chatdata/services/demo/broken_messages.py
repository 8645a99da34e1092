"""Sessions whose stored messages a provider rejects: empty ones, unknown roles and names, wrong order."""

from chatdata.services.demo.people import ANONG, DARYA, LUCIA, MARA, OMAR
from chatdata.services.demo.steps import Ask, Say, Script, When, raw, use
from chatdata.services.demo.tools import run_block

NOTHING_IN_IT = Script(
    slug="nothing-in-it",
    person=OMAR,
    title="عقد الإيجار الجديد",
    when=When(days=11, hour=12.8),
    steps=(
        Ask("ما المدة المعتادة لعقد الإيجار؟"),
        raw("assistant", ""),
        Ask("   \n"),
        Say("المدة المعتادة سنة واحدة قابلة للتجديد."),
        Ask("شكرًا، وهل يلزم شاهدان؟"),
        Say("يختلف ذلك من بلد إلى آخر؛ الأفضل سؤال مكتب التوثيق."),
    ),
    lint=("empty_content", "whitespace_content"),
)

OPENED_ONLY = Script(
    slug="opened-only",
    person=ANONG,
    title=None,
    when=When(days=5, hour=20.1),
    steps=(),
    usage=False,
    lint=("no_messages",),
)

IMPATIENT = Script(
    slug="impatient",
    person=LUCIA,
    title="Horario de Navidad",
    when=When(days=14, hour=18.5),
    steps=(
        Ask("¿Me haces el cartel del horario de Navidad?"),
        Ask("24 y 31 cerramos a las 14:00. 25 y 1 cerrado."),
        use(run_block("Poster", {"lines": ["24 y 31: hasta las 14:00", "25 y 1: cerrado"]}, file="cartel.pdf")),
        Ask("¿está?"),
        Say("Sí: `cartel.pdf`, con las dos líneas."),
    ),
    lint=("consecutive_users", "user_after_tool"),
)

IMPORTED = Script(
    slug="imported-reasoning",
    person=DARYA,
    title="Импортировано из старого чата",
    when=When(days=28, hour=11.9),
    usage=False,
    steps=(
        raw("system", "Ты помощник аналитика. Отвечай кратко."),
        Ask("Как посчитать медиану в SQL?"),
        raw("reasoning", "Пользователь спрашивает о медиане; percentile_cont подходит."),
        Say("`percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)`"),
        raw("system", "Пользователь сменил язык интерфейса на английский."),
        Ask("And in plain words?"),
        Say("Sort the values and take the one in the middle."),
    ),
    lint=("second_system", "unknown_role"),
)

OLD_FUNCTIONS = Script(
    slug="old-functions",
    person=MARA,
    title="Opening hours (from the first version)",
    when=When(days=28, hour=9.7),
    usage=False,
    steps=(
        raw("user", "Set our opening hours to 10–18, Saturdays 10–14.", name="Mara Lindqvist"),
        raw(
            "assistant",
            "Setting them now.",
            function_call={"name": "set_opening_hours", "arguments": '{"weekdays":"10-18","saturday":"10-14"}'},
        ),
        raw("function", None, name="set_opening_hours"),
        Say("Done: weekdays 10–18, Saturdays 10–14."),
    ),
    lint=("bad_message_name", "null_content"),
)

SCRIPTS = (NOTHING_IN_IT, OPENED_ONLY, IMPATIENT, IMPORTED, OLD_FUNCTIONS)
