"""Numbers with the noun in the right form."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Returns a number with its noun, as in "1 message" or "1,204 messages"."""
    return f"{number:,} {agreeing(number, noun, plural or noun + 's')}"


def agreeing(number: int, one: str, many: str) -> str:
    """Returns the singular form for 1 and the plural form for any other number."""
    return one if number == 1 else many
