"""Sessions as later versions of the assistant write them, each with a fault or a state of these versions."""

from chatdata.services.demo import faults
from chatdata.services.demo.people import DARYA, JONAS, MARA, OMAR, PRIYA
from chatdata.services.demo.steps import Ask, Say, Script, When, use
from chatdata.services.demo.tools import bash_exec

SAVED_IN_PART = Script(
    slug="release-notes",
    person=PRIYA,
    title="Release notes for 4.2",
    when=When(days=0, until=1.9),
    steps=(
        Ask("Write the release notes for 4.2 from these commits, two sentences at most for each."),
        use(bash_exec("git log --oneline v4.1..v4.2", "a1f Faster search\n9c2 Fix export of empty lists\n")),
        Say(
            "Search answers in half the time on large accounts. Exporting an empty list now gives a file with its "
            "header instead of an error."
        ),
    ),
    fault=faults.both(faults.context_written, faults.saved_in_part),
    planted=("context_injected", "partial_text"),
)

STEPS_SPLIT = Script(
    slug="sensor-check",
    person=OMAR,
    title="Check the greenhouse sensors",
    when=When(days=0, until=4.1),
    steps=(
        Ask("Are all greenhouse sensors online?"),
        use(bash_exec("sensors status", "12 online, 1 offline (bed 7)\n"), text="I ask the gateway."),
        Say("Twelve are online; the one in bed 7 is not. It last reported at 06:40."),
        Ask("Restart it."),
        Say("[__COPILOT_ERROR_f7a1__] The assistant stopped with an error. Please try again."),
        Ask("Restart the one in bed 7, please."),
        Say("It is restarting and should report within five minutes."),
    ),
    fault=faults.steps_split,
    planted=("split_message", "failed_turn"),
)

WINDOW = Script(
    slug="reading-club",
    person=DARYA,
    title="Список книг для клуба",
    when=When(days=0, until=5.2),
    steps=(
        Ask("Нужны три короткие книги для клуба, не больше 200 страниц."),
        Say("«Вий», «Метель» и «Дама с собачкой»: вместе около 120 страниц."),
        Ask("А что-нибудь современное?"),
        Say("«Калечина-Малечина» Некрасовой, 280 страниц, но читается за два вечера."),
        Ask("Хорошо, берём её на май."),
        Say("Записала на май. Для июня предложу три варианта."),
    ),
    fault=faults.windowed(4),
    planted=("windowed_cache",),
)

WORKER_LOST = Script(
    slug="orchard-map",
    person=OMAR,
    title="Map of the orchard",
    when=When(days=0, until=1.2),
    steps=(
        Ask("Draw a map of the orchard from the tree list, one colour per variety."),
        use(bash_exec("wc -l trees.csv", "412 trees.csv\n"), text="I read the list first."),
        Say("The list has 412 trees of nine varieties. Should old stumps be on the map?"),
        Ask("Yes, in grey."),
    ),
    fault=faults.worker_lost,
    planted=("stuck_turn",),
)

LEFT_WAITING = Script(
    slug="choir-invitation",
    person=PRIYA,
    title="Invitation for the choir concert",
    when=When(days=0, until=0.7),
    steps=(
        Ask("Write an invitation for our choir concert on 12 June, three sentences."),
        Say(
            "On 12 June at 19:30 our choir sings in the old market hall. Songs from five centuries are on the "
            "programme, and the last one is for everybody. Come early: the front rows fill first."
        ),
    ),
    fault=faults.left_waiting("Please also say that admission is free.", "And sign it with the choir's name."),
    planted=("pending_messages",),
)

STOPPED = Script(
    slug="price-list",
    person=MARA,
    title="Price list for the spring fair",
    when=When(days=0, until=3.4),
    steps=(
        Ask("Make a price list for the spring fair."),
        use(bash_exec("wc -l catalogue.csv", "2418 catalogue.csv\n"), text="I count the articles first."),
        Say("[__COPILOT_SYSTEM_e3b0__] Execution stopped by user"),
        Ask("Not the whole catalogue! Only tents and sleeping bags."),
        Say("Only those then: 34 tents and 21 sleeping bags, with and without VAT."),
    ),
)

IN_QUEUE = Script(
    slug="angebot-carport",
    person=JONAS,
    title="Angebot für den Carport",
    when=When(days=0, until=0.1),
    steps=(
        Ask("Was kostet das Holz für einen Carport, 3 mal 6 Meter, Lärche?"),
        Say("Mit den Preisen vom Montag sind es 1.940 € für Pfosten, Pfetten und Sparren, ohne Verschnitt."),
        Ask("Schreib daraus ein Angebot mit 12 % Verschnitt."),
    ),
    fault=faults.in_queue,
)

SCRIPTS = (SAVED_IN_PART, STEPS_SPLIT, WINDOW, WORKER_LOST, LEFT_WAITING, STOPPED, IN_QUEUE)
