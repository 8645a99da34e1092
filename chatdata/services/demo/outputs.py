"""Long tool outputs (logs and tables), generated deterministically from a name."""

from chatdata.services.demo.ids import chance

_PATHS = ("/api/parcels", "/api/routes", "/api/labels", "/api/depots/north", "/healthz", "/api/customs")
_NOTES = (
    "cache miss, read from replica",
    "retrying after connection reset by peer",
    "queue depth above soft limit",
    "slow query: parcels_by_depot",
    "token refreshed",
)


def access_log(name: str, lines: int, start: int = 3 * 3600 + 220) -> str:
    """A web service's log with the given number of lines: one request per line, occasionally a warning or an error."""
    source = chance("log", name)
    second = float(start)
    log = []
    for _ in range(lines):
        second += source.expovariate(0.95)
        hours, rest = divmod(int(second), 3600)
        stamp = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{int(second * 1000) % 1000:03d}"
        log.append(f"{stamp} {_event(source.random(), source.choice(_PATHS), source.randrange(1000))}")
    return "\n".join(log) + "\n"


def _event(kind: float, path: str, number: int) -> str:
    if kind < 0.02:
        return f"ERROR gateway upstream timed out after 30000 ms path={path}/{number} pod=api-{number % 4}"
    if kind < 0.09:
        return f"WARN  worker-{number % 6} {_NOTES[number % len(_NOTES)]}"
    return f"INFO  gateway GET {path}/{number} 200 {4 + number % 180} ms bytes={300 + number * 7}"


_CITIES = ("Казань", "Пермь", "Тула", "Псков", "Омск", "Сочи", "Томск", "Рязань")
_PLANS = ("basic", "basic", "basic", "plus", "plus", "team")


def signup_table(lines: int) -> str:
    """A CSV of new customers with a few empty cells."""
    source = chance("csv", "signups")
    rows = ["id,day,city,plan,visits,paid"]
    for number in range(1, lines + 1):
        city = "" if source.random() < 0.03 else source.choice(_CITIES)
        plan = source.choice(_PLANS)
        paid = 0 if plan == "basic" else source.choice((490, 990, 2490))
        day = 1 + number * 28 // lines
        rows.append(f"{4000 + number},{day},{city},{plan},{source.randrange(1, 60)},{paid}")
    return "\n".join(rows) + "\n"


def income_by_city(table: str) -> list[tuple[str, int, int]]:
    """City, income and number of team plans in a `signup_table`, highest income first."""
    sums: dict[str, list[int]] = {}
    for line in table.splitlines()[1:]:
        _, _, city, plan, _, paid = line.split(",")
        total = sums.setdefault(city or "не указан", [0, 0])
        total[0] += int(paid)
        total[1] += plan == "team"
    return sorted(((city, both[0], both[1]) for city, both in sums.items()), key=lambda item: (-item[1], item[0]))


def disk_listing(lines: int) -> str:
    """The output of `du` for a log directory, largest file first."""
    source = chance("du", "logs")
    sizes = sorted((source.randrange(2, 900) for _ in range(lines)), reverse=True)
    services = ("gateway", "router", "labeler", "customs", "billing")
    return "".join(
        f"{size}M\t/var/log/{source.choice(services)}/app.{number}.log.gz\n" for number, size in enumerate(sizes)
    )
