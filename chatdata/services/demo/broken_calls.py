"""Sessions whose tool calls were damaged by crashes, other gateways and truncated answers."""

from chatdata.services.demo.people import DANA, JONAS, MARA, PRIYA, TOMAS
from chatdata.services.demo.steps import Ask, Call, Say, Script, When, raw, unanswered, use, with_id
from chatdata.services.demo.tools import run_block, search_docs

IDS_START_AGAIN = Script(
    slug="ids-start-again",
    person=DANA,
    title="Unit conversions for the appendix",
    when=When(days=18, hour=10.9),
    steps=(
        Ask("How many kWh are 12 therms?"),
        use(with_id(run_block("Calculator", {"expression": "12*29.3071"}, result=351.69), "call_0")),
        Say("About 351.7 kWh."),
        Ask("And 48,000 BTU per hour in kW?"),
        use(with_id(run_block("Calculator", {"expression": "48000*0.000293071"}, result=14.07), "call_0")),
        Say("14.07 kW."),
        Ask("Thanks, that's the appendix done."),
        Say("Good luck with it!"),
    ),
    lint=("reused_tool_call_id",),
)


_PROXY_ID = "chatcmpl-tool-8f14e45fceea467a9d3c01b27a6f5d90e1c2"


SWITCHED = Script(
    slug="provider-switch",
    person=MARA,
    title="Sizes and stock after the model switch",
    when=When(days=12, hour=14.7),
    steps=(
        Ask("How many Ridge 45 are left in stock?"),
        use(with_id(run_block("StockLevel", {"sku": "RIDGE-45"}, left=23), "functions.run_block:301")),
        Say("23 are left."),
        Ask("And the Tarn 18?"),
        use(with_id(run_block("StockLevel", {"sku": "TARN-18"}, left=7), _PROXY_ID)),
        Say("Seven. At last month's pace that's about four days."),
    ),
    lint=("bad_tool_call_id", "long_tool_call_id"),
)


_SAME = with_id(
    search_docs("invoice archive", ("billing/invoices.md", "A year can be downloaded as one archive.")),
    "call_5hVbN2kWq8ZrTx4mJc7yLd",
)

STREAM_JOINED = Script(
    slug="stream-joined",
    person=PRIYA,
    title="Stream joined twice: invoice archive",
    when=When(days=19, hour=9.3),
    steps=(
        Ask("Where do customers download all invoices at once?"),
        use(_SAME, unanswered(_SAME), text="Let me look that up."),
        Say("Under Billing: choose the year, then **Download all**."),
        Ask("And as a link I can send?"),
        raw(
            "assistant", "https://docs.tidepool.example/billing/invoices", tool_calls=[{"index": 0, "type": "function"}]
        ),
    ),
    lint=("duplicate_tool_call_id", "empty_tool_calls"),
)


_DEPOTS = tuple(f"{city}-{number}" for city in ("north", "south", "harbour") for number in range(1, 44))


MANY_CALLS = Script(
    slug="129-depots",
    person=TOMAS,
    title="Ping all 129 depots",
    when=When(days=7, hour=12.6),
    steps=(
        Ask("Ping every depot once and list those that don't answer."),
        use(
            *(
                run_block(
                    "Ping",
                    {"host": f"{name}.depot.brightwater.example"},
                    answer="no answer" if name in ("south-17", "harbour-40") else f"{9 + len(name) * index % 70} ms",
                )
                for index, name in enumerate(_DEPOTS)
            ),
            text="Pinging 129 depots.",
        ),
        Say("127 of 129 answer. No answer from **south-17** and **harbour-40**."),
    ),
    lint=("too_many_tool_calls",),
)


FUNCTION_NAMES = Script(
    slug="function-names",
    person=JONAS,
    title="Kontoauszug einlesen",
    when=When(days=23, hour=8.9),
    steps=(
        Ask("Lies bitte den Kontoauszug vom Freitag ein."),
        use(Call("", "{}", {"type": "error", "message": "Unknown tool ''.", "error": "unknown_tool", "details": None})),
        use(
            Call(
                "ledgerly.import statement",
                {"day": "friday"},
                {
                    "type": "block_output",
                    "message": "Imported.",
                    "block_name": "Ledgerly Import",
                    "outputs": {"bookings": [31]},
                    "success": True,
                },
            )
        ),
        Say("31 Buchungen sind eingelesen."),
    ),
    lint=("bad_function_name", "empty_function_name"),
)


ARGUMENTS = Script(
    slug="arguments",
    person=DANA,
    title="Quotes for the chapter on noise",
    when=When(days=15, hour=9.2),
    steps=(
        Ask("Find me three quotes about noise in cities in my notes."),
        use(
            Call(
                "search_docs",
                '{"query":"noise in cities","filters":{"folder":"chap',
                {
                    "type": "error",
                    "message": "The arguments ended too early.",
                    "error": "invalid_arguments",
                    "details": "max_tokens reached",
                },
            )
        ),
        use(
            Call(
                "find_library_agent",
                "[]",
                {"type": "error", "message": "A query is needed.", "error": "invalid_arguments", "details": None},
            )
        ),
        use(
            search_docs(
                "noise in cities",
                (
                    "notes/noise.md",
                    "“The tram taught us to whisper.” “Quiet is a district.” “You hear the rich street by "
                    "what's missing.”",
                ),
            )
        ),
        Say(
            "> The tram taught us to whisper.\n\n> Quiet is a district.\n\n> You hear the rich "
            "street by what's missing."
        ),
    ),
    lint=("arguments_not_json", "arguments_not_object"),
)


SCRIPTS = (
    IDS_START_AGAIN,
    SWITCHED,
    STREAM_JOINED,
    MANY_CALLS,
    FUNCTION_NAMES,
    ARGUMENTS,
)
