"""How much data there was, in words. Pure."""


def readable_size(size: int) -> str:
    """As "812 bytes", "34 KB" or "1.2 MB"; a thousand bytes a kilobyte."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < 999_500:
        return f"{round(size / 1000)} KB"
    return f"{size / 1_000_000:.1f} MB"


def base64_size(encoded: str) -> int:
    """How many bytes base64 text stands for."""
    text = encoded.rstrip("=\n\r ")
    return len(text) * 3 // 4
