"""The lock of scheduled scans in the inspector's own database: one at a time, whichever process has its turn.

The lock is a lease. Its holder renews it; a holder that was killed does not, and the next process takes it when the
lease has ended. The lock also knows when the last scan began, so that several processes with the same interval do not
scan more often than one would. Times are seconds since 1970. Each function takes a connection.
"""

from chatdata.stores.app_db.connections import Connection


def take(connection: Connection, deployment: str, holder: str, *, now: float, lease: float, interval: float) -> float:
    """Takes the lock if it is free and a scan is due; returns the seconds until it may be worth another try, else 0."""
    row = connection.execute(
        "SELECT holder, lease_until, started_at FROM scan_lock WHERE deployment = ?", (deployment,)
    ).fetchone()
    if row is not None and (wait := _seconds_to_wait(*row, now=now, lease=lease, interval=interval)) > 0:
        return wait
    connection.execute(
        "INSERT INTO scan_lock (deployment, holder, lease_until, started_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (deployment) DO UPDATE "
        "SET holder = excluded.holder, lease_until = excluded.lease_until, started_at = excluded.started_at",
        (deployment, holder, now + lease, now),
    )
    return 0.0


def renew(connection: Connection, deployment: str, holder: str, *, now: float, lease: float) -> bool:
    """Extends the lease; False if another process has taken the lock meanwhile."""
    changed = connection.execute(
        "UPDATE scan_lock SET lease_until = ? WHERE deployment = ? AND holder = ?", (now + lease, deployment, holder)
    )
    return changed.rowcount == 1


def release(connection: Connection, deployment: str, holder: str, *, ended: bool) -> None:
    """Gives the lock back, if this process still holds it; a scan that has not ended is due again at once."""
    connection.execute(
        "UPDATE scan_lock SET holder = NULL, lease_until = 0, "
        "started_at = CASE WHEN ? = 1 THEN started_at ELSE 0 END WHERE deployment = ? AND holder = ?",
        (int(ended), deployment, holder),
    )


def _seconds_to_wait(
    holder: str | None, lease_until: float, started_at: float, *, now: float, lease: float, interval: float
) -> float:
    """The seconds until the lock may be free and a scan is due.

    Most holders give the lock back long before their lease ends, so nobody waits longer than an interval to try again,
    not even after a clock was set back.
    """
    free_in = min(lease_until - now, lease, interval) if holder is not None else 0.0
    if holder is not None and lease_until <= now:
        return 0.0  # what a killed process left undone is due at once
    due_in = min(started_at + interval - now, interval)
    return max(free_in, due_in, 0.0)
