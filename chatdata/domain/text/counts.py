"""Numbers with the noun in the right form, and sizes."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Returns a number with its noun, as in "1 message" or "1,204 messages"."""
    return f"{number:,} {agreeing(number, noun, plural or noun + 's')}"


def agreeing(number: int, one: str, many: str) -> str:
    """Returns the singular form for 1 and the plural form for any other number."""
    return one if number == 1 else many


def readable_size(size: int) -> str:
    """Returns a size as in "812 bytes", "34 KB" or "1.2 MB"; a kilobyte is 1,000 bytes."""
    if size < 1000:
        return count(size, "byte")
    if size < 999_500:
        return f"{round(size / 1000)} KB"
    return f"{size / 1_000_000:.1f} MB"
