"""Dana's research and a checksum for Priya."""

from chatdata.services.demo.people import DANA, PRIYA
from chatdata.services.demo.series import interview_steps
from chatdata.services.demo.steps import Ask, Say, Script, When, use
from chatdata.services.demo.tools import (
    bash_exec,
    failing,
    find_agent,
    find_block,
    run_agent,
    run_block,
    search_docs,
    view_agent_output,
    web_fetch,
)

_REPORT = """# Heat pumps in old flats: what five field studies say

## In short

Four of five studies find that radiators needn't be replaced when the flow temperature stays below 50 °C. \
The fifth had uninsulated outer walls.

| Study | Flats | Years | Mean flow temp. | Seasonal factor |
|---|---:|---:|---:|---:|
| Harbour Row | 24 | 3 | 46 °C | 3.4 |
| Mill Street | 11 | 2 | 49 °C | 3.1 |
| North Terrace | 60 | 4 | 44 °C | 3.6 |
| Canal House | 8 | 1 | 52 °C | 2.8 |
| Old School | 15 | 2 | 47 °C | 3.3 |

## What differs

1. **Insulation.** Canal House is the only one without it.
2. **Tariff.** North Terrace heats when power is cheap; that moves load but not the factor.
3. **Metering.** Mill Street counts the circulation pumps, the others don't.

### How the factor was computed

```python
def seasonal_factor(heat_kwh: list[float], power_kwh: list[float]) -> float:
    \"\"\"Heat delivered for each unit of power, over a whole heating season.\"\"\"
    return sum(heat_kwh) / sum(power_kwh)
```

## What I'd be careful with

> A single mild winter flatters every number here. Only North Terrace covers a hard one.

- Canal House is too small to stand alone
- Two studies were paid for by makers; they aren't better than the rest, but say so

## Sources

- [Harbour Row, final report](https://studies.example/harbour-row)
- [North Terrace, four winters](https://studies.example/north-terrace)
- [Canal House, interim](https://studies.example/canal-house)
"""


HEAT_PUMPS = Script(
    slug="heat-pumps",
    person=DANA,
    title="Heat pumps in old flats: five field studies",
    when=When(days=21, hour=9.8),
    steps=(
        Ask(
            "I'm writing about heat pumps in old flats. Please read these field studies and "
            "compare them: Harbour Row, Mill Street, North Terrace, Canal House, Old School."
        ),
        use(
            web_fetch(
                "https://studies.example/harbour-row",
                "Harbour Row, 24 flats, three years. Mean flow temperature 46 °C. Seasonal performance factor 3.4.",
            ),
            web_fetch(
                "https://studies.example/mill-street",
                "Mill Street, 11 flats, two years. Flow 49 °C. SPF 3.1 including circulation pumps.",
            ),
            web_fetch(
                "https://studies.example/north-terrace",
                "North Terrace: 60 flats, four winters, one of them hard. Flow 44 °C, SPF 3.6. Load "
                "shifting by tariff.",
            ),
            failing(
                web_fetch("https://studies.example/canal-house", ""), "HTTP 503", "The server is busy. Try again later."
            ),
            web_fetch("https://studies.example/old-school", "Old School, 15 flats. Two years, 47 °C, SPF 3.3."),
        ),
        use(
            web_fetch(
                "https://studies.example/canal-house",
                "Canal House (interim): 8 flats, one year, outer walls not insulated. Flow 52 °C, SPF 2.8.",
            ),
            text="One page was busy; I'll try it again.",
        ),
        Say(_REPORT),
        Ask("Is 44 °C really the mean over four winters, including the hard one?"),
        use(
            web_fetch(
                "https://studies.example/north-terrace?page=2",
                "Mean flow temperature by winter: 43, 44, 47, 43 °C (third winter hard). Mean over all: 44 °C.",
            )
        ),
        Say("Yes: 43, 44, **47** and 43 °C. In the hard winter it was 47 °C, still below 50 °C."),
        Ask("That's the sentence I needed. Thank you!"),
        Say("You're welcome. If you quote it, cite page 2 of the four-winters report."),
    ),
)


INTERVIEWS = Script(
    slug="interviews",
    person=DANA,
    title="Transcribing interviews",
    when=When(days=25, hour=14.0),
    usage=False,
    json_in_json=True,
    steps=(
        Ask("I have nine interviews as audio. What could transcribe them and mark who speaks?"),
        use(
            find_agent(
                "transcribe interview speakers",
                ("clearvoice/interview-scribe", "Transcribes audio and tells speakers apart.", 4.5, 3300),
                ("tapehead/minutes", "Makes minutes from a recording.", 3.9, 610),
            ),
            find_block("transcribe", ("TranscribeAudio", "Speech to text for one file.")),
        ),
        Say(
            "**Interview Scribe** marks the speakers; **Minutes** only summarises. I'd try the "
            "first one with your shortest recording."
        ),
        Ask("Take interview 4, it's six minutes."),
        use(run_agent("clearvoice/interview-scribe", {"file": "interview-4.mp3", "speakers": 2})),
        use(
            view_agent_output(
                "clearvoice/interview-scribe",
                {
                    "minutes": 6.2,
                    "speakers": 2,
                    "text": "A: So when did you move in?\nB: The winter of the long frost.",
                },
            )
        ),
        Say(
            "It works: two speakers, 6.2 minutes. It begins:\n\n> **A:** So when did you move in?\n"
            "> **B:** The winter of the long frost."
        ),
        *interview_steps(),
    ),
)


PACKING = Script(
    slug="packing-list",
    person=DANA,
    title=None,
    when=When(days=0, until=10.8),
    steps=(
        Ask("3 days of field work in the rain, what do I forget every time?"),
        Say(
            "Going by most packing lists: dry socks for the *last* day, a second charging cable, "
            "and something to sit on."
        ),
        Ask("The cable. It's always the cable."),
        Say("Then put it in the bag now. 🔌"),
    ),
)


COURSE = Script(
    slug="course-plan",
    person=DANA,
    title="Workshop: reading statistics without fear",
    when=When(days=27, hour=11.2),
    steps=(
        Ask("Two-hour workshop for journalists, 'reading statistics without fear'. Suggest a plan with times."),
        use(
            search_docs(
                "workshop templates",
                ("teaching/two-hours.md", "Never talk longer than 15 minutes before people do something."),
            )
        ),
        Say(
            "| Time | What |\n|---|---|\n| 0:00 | A headline that's wrong: find out why (pairs) |\n"
            "| 0:15 | Base rates, with jelly beans |\n| 0:40 | Three charts that lie |\n| 1:00 | "
            "Break |\n| 1:10 | Your own article: which number would you check? |\n| 1:50 | One "
            "thing you'll do differently |"
        ),
        Ask("How many jelly beans do I need for 18 people?"),
        use(run_block("Calculator", {"expression": "18 * 40"}, result=720)),
        Say("With 40 each: 720, so about 800 g. People eat the evidence."),
    ),
)


CHECKSUM = Script(
    slug="checksum",
    person=PRIYA,
    title="Is this download intact?",
    when=When(days=23, hour=12.1),
    steps=(
        Ask("A customer says our installer is corrupt. sha256 they get starts with 9f2c. Can you compare?"),
        use(failing(bash_exec("sha256sum installer.bin", ""), "file not found", "installer.bin isn't in the sandbox.")),
        Say("The installer isn't here. Give me its address and I'll fetch it first."),
        Ask("https://get.tidepool.example/installer.bin"),
        use(
            bash_exec(
                "curl -sO https://get.tidepool.example/installer.bin && sha256sum installer.bin",
                "41d7e0aa63b1…  installer.bin\n",
            )
        ),
        Say(
            "The file there starts with **41d7**, not 9f2c, so the customer's download is "
            "incomplete or came from somewhere else. Ask for the file's size: ours is 84.1 MB."
        ),
    ),
)


SCRIPTS = (
    HEAT_PUMPS,
    INTERVIEWS,
    PACKING,
    COURSE,
    CHECKSUM,
)
