"""A long-running assistant that monitors a weather station network: 3,000 messages, generated in a loop."""

from collections.abc import Iterator
from math import sin, tau
from random import Random

from chatdata.services.demo.ids import chance, uuid_of
from chatdata.services.demo.steps import Ask, Call, Later, Say, Step, use
from chatdata.services.demo.tables import MONITORING

Reading = dict[str, object]

_CHECKS = 750
"""Each check has four messages."""


def monitoring_steps() -> tuple[Step, ...]:
    """The steps of all checks, each a little less than an hour after the one before."""
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
        question = source.choice(MONITORING.questions)
        yield Ask(question.ask.format(**facts))
        yield use(_read_stations(readings, number))
        yield Say(question.answer.format(**facts))
        return
    kind, text = _finding(source)
    _trouble(readings[source.randrange(len(readings))], kind)
    yield Ask(f"Scheduled check {number}")
    yield use(_read_stations(readings, number, kind))
    yield Say(text.format(**_facts(readings, source)))


def _finding(source: Random) -> tuple[str, str]:
    """The kind of a check's finding, occasionally trouble, and the sentence about it."""
    if source.random() < 0.07:
        trouble = source.choice(MONITORING.trouble)
        return trouble.kind, trouble.text
    return "ok", source.choice(MONITORING.calm)


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
        for name in MONITORING.stations
    ]


def _trouble(reading: Reading, kind: str) -> None:
    """Changes one station's reading in place so that it matches the message about the trouble."""
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
