"""The lock of scheduled scans in the inspector's file: one at a time, whichever process has its turn.

The lock is a lease. Its holder renews it; a holder that was killed does not, and the next process takes it when the
lease has ended. The lock also knows when the last scan began, so that several processes with the same interval do not
scan more often than one would. Times are seconds since 1970. Each function takes a connection.
"""

import sqlite3


def take(
    connection: sqlite3.Connection, deployment: str, holder: str, *, now: float, lease: float, interval: float
) -> float:
    """Takes the lock if it is free and a scan is due; returns the seconds until it may be worth another try, else 0."""
    row = connection.execute(
        "SELECT holder, lease_until, started_at FROM scan_lock WHERE deployment = ?", (deployment,)
    ).fetchone()
    if row is not None and (wait := _seconds_to_wait(*row, now=now, lease=lease, interval=interval)) > 0:
        return wait
    connection.execute(
        "INSERT OR REPLACE INTO scan_lock (deployment, holder, lease_until, started_at) VALUES (?, ?, ?, ?)",
        (deployment, holder, now + lease, now),
    )
    return 0.0


def renew(connection: sqlite3.Connection, deployment: str, holder: str, *, now: float, lease: float) -> bool:
    """Extends the lease; False if another process has taken the lock meanwhile."""
    changed = connection.execute(
        "UPDATE scan_lock SET lease_until = ? WHERE deployment = ? AND holder = ?", (now + lease, deployment, holder)
    )
    return changed.rowcount == 1


def release(connection: sqlite3.Connection, deployment: str, holder: str, *, ended: bool) -> None:
    """Gives the lock back, if this process still holds it; a scan that has not ended is due again at once."""
    connection.execute(
        "UPDATE scan_lock SET holder = NULL, lease_until = 0, started_at = iif(?, started_at, 0) "
        "WHERE deployment = ? AND holder = ?",
        (ended, deployment, holder),
    )


def _seconds_to_wait(
    holder: str | None, lease_until: float, started_at: float, *, now: float, lease: float, interval: float
) -> float:
    """The seconds until the lock is free and a scan is due. A clock that was set back makes nobody wait longer than
    the lease or the interval."""
    free_in = min(lease_until - now, lease) if holder is not None else 0.0
    if holder is not None and lease_until <= now:
        return 0.0  # what a killed process left undone is due at once
    due_in = min(started_at + interval - now, interval)
    return max(free_in, due_in, 0.0)
