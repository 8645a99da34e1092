"""A long-running assistant that looks after a weather station network: 3,000 messages, made by a loop."""

from collections.abc import Iterator
from math import sin, tau
from random import Random

from chatdata.services.demo.ids import chance, uuid_of
from chatdata.services.demo.steps import Ask, Call, Later, Say, Step, use

Reading = dict[str, object]

_STATIONS = ("Harbour", "North Ridge", "Airfield", "Mill Pond", "Quarry", "Lighthouse", "Orchard", "Bridge 9")
_CHECKS = 750
"""Four messages each."""
_CALM = (
    "All stations report. {warm} is the warmest with {top:.1f} °C, wind at {windy} {wind} km/h.",
    "Nothing unusual. Batteries between {low} % and {full} %, {windy} has the most wind ({wind} km/h).",
    "Everything in range; {warm} reads {top:.1f} °C. The lowest battery is {low} % ({weak}).",
    "Quiet. {rain:.1f} mm of rain at {wet} since the last check, less elsewhere.",
    "Complete. Compared with the last check it's {trend} at {warm} ({top:.1f} °C now).",
    "No alarms. {weak} runs on {low} % battery, which lasts for about {days} more days.",
)
_TROUBLE = (
    (
        "stale",
        "**{weak} hasn't reported for {days} checks.** Its neighbours are fine, so it's "
        "probably the modem, not the network. I'd restart it remotely before somebody drives "
        "out.",
    ),
    (
        "battery",
        "**Battery at {weak} fell to {low} %** although it was sunny. The panel may be dirty "
        "or shaded; please have a look this week.",
    ),
    (
        "gusts",
        "**Gusts of {gust} km/h at {windy}.** The warning threshold is 90 km/h, so I've sent "
        "the message to the harbour office as agreed.",
    ),
    (
        "frost",
        "**Frost at {cold}: {bottom:.1f} °C.** The orchard list has been told. Expect the "
        "lowest value shortly before sunrise.",
    ),
    (
        "sensor",
        "**{warm} shows {top:.1f} °C, ten degrees above its neighbours.** That isn't weather "
        "but a sensor in the sun or a broken fan. I leave it out of the averages for now.",
    ),
)
_QUESTIONS = (
    ("How reliable were the stations lately?", "Of the last 50 checks {full} % were complete. {weak} missed the most."),
    (
        "Is {weak} worth repairing?",
        "I think so: it's the only station below the ridge, and the forecast of frost depends on it.",
    ),
    (
        "Remind me what the thresholds are.",
        "- wind: 90 km/h (gusts)\n- frost: below 0 °C at the orchard\n- battery: below 20 %\n"
        "- silence: three checks in a row",
    ),
    (
        "Why did you write at night?",
        "The rule says to write at once above 90 km/h, and {windy} had {gust} km/h. I can "
        "hold back until 7:00 if you prefer.",
    ),
    ("Could you be briefer when all is well?", "Yes. If nothing is unusual I'll write one sentence."),
    ("Which station is the windiest?", "{windy}, by far: on average {wind} km/h in these weeks."),
)


def monitoring_steps() -> tuple[Step, ...]:
    """One check after the other with a bit less than an hour between."""
    source = chance("monitoring")
    steps: list[Step] = []
    for number in range(1, _CHECKS + 1):
        steps += _check(number, source)
        if number < _CHECKS:
            steps.append(Later(hours=source.uniform(0.7, 0.92)))
    return tuple(steps)


def _check(number: int, source: Random) -> Iterator[Step]:
    readings = _readings(number, source)
    if number % 41 == 0:
        facts = _facts(readings, source)
        question, answer = source.choice(_QUESTIONS)
        yield Ask(question.format(**facts))
        yield use(_read_stations(readings, number))
        yield Say(answer.format(**facts))
        return
    kind, text = source.choice(_TROUBLE) if source.random() < 0.07 else ("ok", source.choice(_CALM))
    _trouble(readings[source.randrange(len(readings))], kind)
    yield Ask(f"Scheduled check {number}")
    yield use(_read_stations(readings, number, kind))
    yield Say(text.format(**_facts(readings, source)))


def _readings(number: int, source: Random) -> list[Reading]:
    base = 9 + 5 * sin(number / 26 * tau) + 2 * sin(number / 190 * tau)
    return [
        {
            "station": name,
            "temp": round(base + source.uniform(-1, 1), 1),
            "wind": source.randrange(2, 48),
            "gust": source.randrange(48, 85),
            "rain": round(max(0.0, source.uniform(-4, 3)), 1),
            "battery": source.randrange(34, 100),
            "seen": f"{source.randrange(1, 9)} min ago",
        }
        for name in _STATIONS
    ]


def _trouble(reading: Reading, kind: str) -> None:
    """Makes one station's reading what the message about it says."""
    if kind == "stale":
        reading |= {"battery": 31, "seen": "3 h ago"}
    elif kind == "battery":
        reading["battery"] = 17
    elif kind == "gusts":
        reading |= {"wind": 61, "gust": 97}
    elif kind == "frost":
        reading["temp"] = -1.4
    elif kind == "sensor":
        reading["temp"] = round(float(str(reading["temp"])) + 10.6, 1)


def _facts(readings: list[Reading], source: Random) -> dict[str, object]:
    def most(key: str) -> Reading:
        return max(readings, key=lambda item: float(str(item[key])))

    def least(key: str) -> Reading:
        return min(readings, key=lambda item: float(str(item[key])))

    return {
        "warm": most("temp")["station"],
        "top": most("temp")["temp"],
        "cold": least("temp")["station"],
        "bottom": least("temp")["temp"],
        "windy": most("wind")["station"],
        "wind": most("wind")["wind"],
        "gust": most("gust")["gust"],
        "wet": most("rain")["station"],
        "rain": most("rain")["rain"],
        "weak": least("battery")["station"],
        "low": least("battery")["battery"],
        "full": most("battery")["battery"],
        "days": source.randrange(3, 12),
        "trend": source.choice(("warmer", "cooler", "about the same")),
    }


def _read_stations(readings: list[Reading], number: int, kind: str = "ok") -> Call:
    result = {
        "type": "agent_output",
        "message": "Station Reader has finished.",
        "agent_name": "Station Reader",
        "execution": {
            "execution_id": uuid_of("station-reader", number),
            "status": "COMPLETED",
            "outputs": {"check": number, "flag": kind, "readings": readings},
        },
    }
    return Call("view_agent_output", {"agent_name": "Station Reader", "execution_id": "latest"}, result)
