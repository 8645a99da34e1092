"""The tables that the long conversations are generated from, read from the TOML files in data/ and validated."""

import tomllib
from importlib import resources
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Invoice(_Table):
    """An open invoice and the amount paid for it."""

    number: int
    customer: str
    amount: float
    paid: float
    note: str


class Interview(_Table):
    """A recorded interview, Dana's question about it and the answer."""

    file: str
    minutes: float
    speakers: int
    request: str
    words: str
    answer: str


class Cake(_Table):
    """A product of the café with its ingredients and the allergens that the menu has to list."""

    request: str
    ingredients: list[str]
    allergens: list[str]
    answer: str


class Ticket(_Table):
    """A customer's question, what the documentation says about it, and a draft answer."""

    number: int
    customer: str
    problem: str
    label: str
    page: str
    fact: str
    answer: str

    @property
    def topic(self) -> str:
        """The words to search the documentation for, taken from the page's file name."""
        return self.page.removesuffix(".md").split("/")[-1].replace("-", " ")


class Trouble(_Table):
    """A kind of reading out of range, and the message about it."""

    kind: Literal["stale", "battery", "gusts", "frost", "sensor"]
    text: str


class Question(_Table):
    """A question that the user asks between two checks, and its answer."""

    ask: str
    answer: str


class Monitoring(_Table):
    """The weather stations, and the sentences that the assistant says about them."""

    stations: list[str]
    calm: list[str]
    trouble: list[Trouble]
    questions: list[Question]


_Row = TypeVar("_Row", bound=_Table)


def _read(name: str) -> dict[str, object]:
    file = resources.files("chatdata.services.demo").joinpath("data", f"{name}.toml")
    return tomllib.loads(file.read_text("utf-8"))


def _rows(name: str, row: type[_Row]) -> tuple[_Row, ...]:
    return tuple(TypeAdapter(dict[str, list[row]]).validate_python(_read(name))[name])  # type: ignore[valid-type]


INVOICES = _rows("invoices", Invoice)
INTERVIEWS = _rows("interviews", Interview)
CAKES = _rows("cakes", Cake)
TICKETS = _rows("tickets", Ticket)
MONITORING = Monitoring.model_validate(_read("monitoring"))
