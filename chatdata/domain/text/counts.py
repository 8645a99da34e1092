"""A number with its noun."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 message, 1,204 messages."""
    return f"{number:,} {agreeing(number, noun, plural or noun + 's')}"


def agreeing(number: int, one: str, many: str) -> str:
    """The word that fits the number."""
    return one if number == 1 else many
