"""Generates conversations that look like agent work, deterministically from a seed."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from chatdata import ChatMessage

_NOUNS_TEXT = """agent run schedule credential newsletter report invoice cohort budget query token trace export block
graph library input output error retry webhook inbox calendar spreadsheet dashboard summary customer order refund
balance contract meeting deadline draft campaign channel keyword competitor price inventory shipment"""
_VERBS_TEXT = """found started finished summarised scheduled compared updated checked collected sent filtered renewed
failed on waits for reads writes needs shows returned matched skipped repeated"""
_REST_TEXT = """the a each last next every new old daily weekly with from and then because after before until only
about over under without more fewer now again today"""
_NOUNS, _VERBS, _REST = _NOUNS_TEXT.split(), _VERBS_TEXT.split(), _REST_TEXT.split()
_QUESTIONS = (
    "Can you find me an agent that summarises competitor newsletters every Monday morning?",
    "Why did the last run fail? It says the credential has expired, but I renewed it yesterday.",
    "ช่วยสรุปผลลัพธ์ของเอเจนต์เมื่อวานนี้ให้หน่อย แล้วส่งให้ทีมด้วย",
    "Could you make the report shorter? Three points at most, with the numbers in bold.",
    "Bitte starte ihn jetzt mit meinen üblichen Eingaben und sag mir, wann er fertig ist.",
)
_TOOLS = ("find_agent", "run_agent", "view_agent_output", "find_block", "bash_exec", "web_fetch")


class Speaker:
    """Generates texts from a seed as slices of one long text, which makes large amounts cheap."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._prose = " ".join(self._sentence() for _ in range(20_000))

    def prose(self, characters: int) -> str:
        """Roughly `characters` characters of sentences, in paragraphs."""
        start = self._prose.index(" ", self.rng.randrange(len(self._prose) - characters - 1000)) + 1
        text = self._prose[start : start + max(characters, 20)]
        return "\n\n".join(text[at : at + 600] for at in range(0, len(text), 600))

    def length(self, mean: float) -> int:
        """A random length around `mean`, from a distribution with a long tail."""
        return max(20, int(self.rng.lognormvariate(-0.25, 0.7) * mean))

    def question(self, mean: float) -> str:
        """A user's message."""
        return f"{self.rng.choice(_QUESTIONS)} {self.prose(self.length(mean * 0.5))}"

    def answer(self, mean: float) -> str:
        """An assistant's message in Markdown."""
        points = "\n".join(f"- **{self.rng.choice(_NOUNS)}**: {self.prose(40)}" for _ in range(2))
        return f"{self.prose(self.length(mean * 1.2))}\n\n{points}"

    def call(self, mean: float) -> dict[str, Any]:
        """A tool call as in an assistant's message."""
        inputs = {"topic": self.prose(30), "limit": self.rng.randint(1, 50), "note": self.prose(self.length(mean / 3))}
        arguments = {"username_agent_slug": f"ana/{self.rng.choice(_NOUNS)}", "inputs": inputs, "use_defaults": False}
        return {
            "id": f"call_{self.rng.getrandbits(96):024x}",
            "type": "function",
            "function": {"name": self.rng.choice(_TOOLS), "arguments": json.dumps(arguments)},
        }

    def result(self, mean: float) -> str:
        """A tool's result as compact JSON."""
        agents = [
            {"id": f"{self.rng.getrandbits(64):016x}", "description": self.prose(self.length(mean / 3)), "runs": 7}
            for _ in range(3)
        ]
        return json.dumps({"type": "agents_found", "message": "Found 3", "agents": agents}, separators=(",", ":"))

    def talk(self, count: int, mean: float) -> list[ChatMessage]:
        """`count` messages in turns of question, call, result and answer, with about `mean` bytes per message."""
        messages = [message for _ in range(-(-count // 4)) for message in self._turn(mean)][:count]
        messages[-1] = ChatMessage(role="assistant", content=self.answer(mean))
        return messages

    def _turn(self, mean: float) -> Iterator[ChatMessage]:
        call = self.call(mean)
        yield ChatMessage(role="user", content=self.question(mean))
        yield ChatMessage(role="assistant", tool_calls=[call])
        yield ChatMessage(role="tool", tool_call_id=call["id"], content=self.result(mean))
        yield ChatMessage(role="assistant", content=self.answer(mean))

    def _sentence(self) -> str:
        pick = self.rng.choice
        words = [pick(_REST), pick(_NOUNS), pick(_VERBS), pick(_REST), pick(_NOUNS), pick(_REST), pick(_NOUNS)]
        return " ".join(words).capitalize() + "."


def size_of(messages: Sequence[ChatMessage]) -> int:
    """The size in bytes of the messages in a cached document."""
    return sum(len(message.model_dump_json().encode()) for message in messages)
