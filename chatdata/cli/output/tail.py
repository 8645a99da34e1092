"""What `tail` prints: a running turn as it is produced."""

import json
from collections.abc import Iterator
from typing import Any

import click

from chatdata.cli.output.terminal import one_line, shown
from chatdata.domain.drift.wording import agreeing
from chatdata.domain.formatting import count, second
from chatdata.domain.labels import ACTIVITY_LABELS, OUTCOME_LABELS
from chatdata.domain.live import LiveEvent, LiveTurn
from chatdata.services.answers.json_types import plain

_LONGEST = 400
_NAMES = {"database": "the database", "cache": "the cache", "both": "both copies"}


def emit_line(event: LiveEvent) -> None:
    """Prints an event as one line of JSON, in ASCII only."""
    click.echo(json.dumps(plain(event)))


class TailText:
    """Prints events for people: text without line breaks of its own, everything else on lines."""

    def __init__(self) -> None:
        self._within: int | None = None
        """The part whose text is being printed."""
        self._turn: str | None = None
        self._called: set[int] = set()
        """The parts of the turn that are calls whose input was printed."""

    def __call__(self, event: LiveEvent) -> None:
        """Prints an event."""
        match event["event"]:
            case "text":
                self._text(event)
            case "places":
                self._places(event)
            case "call":
                for line in self._call_lines(event):
                    self._line(line)
            case name:
                self._begin(event.get("id") if name == "turn" else self._turn)
                for line in _lines(name, event):
                    self._line(line)

    def end(self, live: LiveTurn | None) -> None:
        """Prints how the turn ended, and what never arrived."""
        for line in _ending(live):
            self._line(line)

    def _begin(self, turn: str | None) -> None:
        """Takes note of the turn that is told of; its parts are numbered from 0 again."""
        if turn != self._turn:
            self._turn, self._called = turn, set()

    def _call_lines(self, event: LiveEvent) -> Iterator[str]:
        """The call once its input is complete, and its result; both may come at once."""
        name = event["name"] or event["id"] or "without a name"
        if not event["called"] and not event["answered"]:
            yield f"Tool call: {name} …"
        if event["called"] and event["part"] not in self._called:
            self._called.add(event["part"])
            yield f"Tool call: {name}({_cut(event['input'])})"
        if event["answered"]:
            failed = " (failed)" if event["success"] is False else ""
            yield f"Tool result: {name}{failed}: {_cut(event['output'])}"

    def _text(self, event: LiveEvent) -> None:
        if event["replaces"]:
            self._line("(the text again, as it is shown now)")
        if self._within != event["part"]:
            self._break()
        click.echo(shown(event["text"]), nl=False)
        self._within = event["part"]

    def _places(self, event: LiveEvent) -> None:
        """Says when all of a part has arrived."""
        places = [place for place, _ in event["places"]]
        if len(places) == 1 and places[0] in _NAMES:
            self._line(f"[part {event['part'] + 1} is in {_NAMES[places[0]]}]")

    def _line(self, line: str) -> None:
        self._break()
        click.echo(one_line(line))

    def _break(self) -> None:
        if self._within is not None:
            click.echo()
        self._within = None


def _lines(name: str, event: LiveEvent) -> list[str]:
    match name:
        case "activity":
            return [f"Status: {ACTIVITY_LABELS[event['activity']]}"]
        case "messages":
            number = event["messages"]
            return [
                f"{event['source'].capitalize()}: {'no readable copy' if number is None else count(number, 'message')}"
            ]
        case "turn":
            return _turn_lines(event)
        case "usage":
            told = [
                f"{label} {number:,}"
                for label, number in (("input", event["prompt_tokens"]), ("output", event["completion_tokens"]))
                if number is not None
            ]
            return [f"Tokens: {', '.join(told) or 'not reported'}"]
        case "error":
            more = [text for text in (event["code"], event["details"]) if text]
            return [f"Error: {event['text']}{' (' + ', '.join(more) + ')' if more else ''}"]
        case "waiting":
            return [f"Waiting: {_cut(item['content'])}" for item in event["waiting"]] or ["No message waits any more."]
        case _:
            return [_unknown_line(event)]


def _turn_lines(event: LiveEvent) -> list[str]:
    began = f", begun {event['began_at']}" if event["began_at"] else ""
    lines = [f"Turn {event['id']}: {OUTCOME_LABELS[event['outcome']].lower()}{began}"]
    if event["trimmed"]:
        lines.append("The beginning of its stream was trimmed.")
    if event["problem"]:
        lines.append(f"The stream: {event['problem']}.")
    elif not event["has_stream"]:
        lines.append("It has no stream: nothing was written yet, or it has expired.")
    return lines


def _unknown_line(event: LiveEvent) -> str:
    what = f"of the unknown type {event['type']}" if event["readable"] else f"unreadable: {event['type']}"
    return f"({count(event['count'], 'entry', 'entries')} {what})"


def _ending(live: LiveTurn | None) -> list[str]:
    if live is None:
        return ["No turn is running, and none is known."]
    if not live.unsaved:
        return [f"The turn: {OUTCOME_LABELS[live.outcome].lower()}. Nothing of it is missing in both copies."]
    ends = live.turn.expires_at
    until = "if the stream is deleted" if ends is None else f"when the stream expires at {second(ends)} UTC"
    return [
        f"The turn: {OUTCOME_LABELS[live.outcome].lower()}. {count(live.unsaved, 'part')} of it "
        f"{agreeing(live.unsaved, 'is', 'are')} missing or incomplete in both copies: lost {until}."
    ]


def _cut(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(plain({"value": value})["value"])
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
