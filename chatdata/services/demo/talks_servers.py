"""Tomas and the servers of Brightwater Logistics: an incident with a long log, a full disk, a rota."""

from chatdata.services.demo.outputs import access_log, disk_listing
from chatdata.services.demo.people import TOMAS
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, use
from chatdata.services.demo.tools import bash_exec, create_agent, failing, find_block, run_agent, search_docs, web_fetch

_RUNBOOK = """# Gateway time-outs: what we know

## Summary

Between 03:04 and 03:11 the gateway answered some requests with 504. All of them waited for **one** \
query, `parcels_by_depot`, which lost its index in the last migration.

| Time | What | Who noticed |
|---|---|---|
| 03:04 | first time-out | nobody |
| 03:06 | queue above its soft limit | alert, silenced |
| 03:11 | nightly export ends, load drops | – |
| 08:20 | found in the log | Tomas |

## Fix

```sql
CREATE INDEX CONCURRENTLY parcels_depot_day_idx
    ON parcels (depot_id, day DESC)
    WHERE delivered_at IS NULL;
```

`CONCURRENTLY` so that writes go on; it takes about four minutes on 31 million rows.

## Afterwards

1. Un-silence the queue alert: [alerting rules](https://wiki.brightwater.example/alerting#queue)
2. Let the migration check compare indexes before and after
3. Move the export to 05:00, when the depots are idle

> Rule of thumb: if `queue_depth / workers > 40` for two minutes, somebody should get out of bed.

- [x] index created
- [ ] alert un-silenced
- [ ] export moved
"""

INCIDENT = Script(
    slug="gateway-incident",
    person=TOMAS,
    title="Gateway time-outs last night",
    when=When(days=0, until=6.7),
    credentials=("github",),
    steps=(
        Ask("Depot north says labels didn't print around 3 am. Can you go through last night's gateway log?"),
        use(
            bash_exec("sed -n '/^03:0/p' /srv/logs/gateway.log", access_log("gateway", 420)),
            text="Reading the log from 03:00 on.",
        ),
        Say(
            "420 lines from that stretch. Most requests took under 190 ms, but a few ended in "
            "`upstream timed out after 30000 ms`, on several pods. Right before them the workers "
            "complain about a **slow query: parcels_by_depot**. Shall I check that query's plan?"
        ),
        Ask("Yes please."),
        use(
            bash_exec(
                'psql -c "EXPLAIN SELECT * FROM parcels WHERE depot_id = 4 AND day > 20000"',
                "                         QUERY PLAN\n"
                "------------------------------------------------------------\n Seq Scan on parcels  "
                "(cost=0.00..918220.40 rows=61022 width=212)\n   Filter: ((day > 20000) AND (depot_id "
                "= 4))\n(3 rows)\n",
            )
        ),
        Say(
            "A **sequential scan** over the whole table: there's no index on `depot_id` any more. "
            "Was there a migration recently?"
        ),
        Ask("Two days ago, yes, the one that split the day column 🤦"),
        use(
            failing(
                bash_exec("git -C /srv/app log -1 --stat -- migrations", ""),
                "repository not mounted",
                "The sandbox has no /srv/app. Mount it or connect GitHub.",
            )
        ),
        Say("I can't see the repository from here, but it fits: dropping the old column took the index on it along."),
        Ask("Write it up as a page for the wiki, with the fix."),
        Say(_RUNBOOK),
        Ask("Great. Index is being built now."),
        Say("Then the next nightly export is the proof. I'd look at `queue_depth` around 03:05."),
    ),
)

FULL_DISK = Script(
    slug="full-disk",
    person=TOMAS,
    title="Disk full on log-2",
    when=When(days=9, hour=8.1),
    steps=(
        Ask("log-2 is at 97 %. What's eating the disk?"),
        use(bash_exec("du -sm /var/log/*/* | sort -rn", disk_listing(240))),
        Say(
            "Almost all of it is old rotated logs: 240 files, the largest around 900 MB. Nothing "
            "unusual, just nobody deleting. How long do you have to keep them?"
        ),
        Ask("30 days, audit logs a year. Audit is on another disk."),
        use(
            search_docs(
                "logrotate maxage",
                (
                    "hosts/logrotate.md",
                    "maxage 30 removes rotated logs that are older than 30 days; it only runs when the log is rotated.",
                ),
            )
        ),
        Say(
            "Then `maxage 30` in the logrotate rule does it:\n\n```\n/var/log/*/app.log {\n    "
            "daily\n    rotate 60\n    maxage 30\n    compress\n    missingok\n}\n```\n\nNote "
            "that it only takes effect at the next rotation."
        ),
        Ask("and until then?"),
        use(bash_exec("find /var/log -name 'app.*.log.gz' -mtime +30 -print | wc -l", "188\n")),
        Say(
            "188 of the 240 files are older than 30 days. This removes them now:\n\n```bash\nfind "
            "/var/log -name 'app.*.log.gz' -mtime +30 -delete\n```\n\nI haven't run it: deleting "
            "is yours to do."
        ),
        Ask("Done, 31 % now. Thanks."),
        Say("Good. With `maxage` in place it should stay around there."),
    ),
)

ROTA = Script(
    slug="on-call-rota",
    person=TOMAS,
    title="On-call rota with fair weekends",
    when=When(days=19, hour=11.0),
    steps=(
        Ask(
            "Five people, on-call weeks, everyone the same number of weekends, Inês never in the "
            "first week of a month. Can you make a rota for ten weeks?"
        ),
        use(
            bash_exec(
                "python3 rota.py --people Tomas,Inês,Ravi,Bea,Marek --weeks 10",
                "1 Tomas\n2 Inês\n3 Ravi\n4 Bea\n5 Marek\n6 Tomas\n7 Inês\n8 Ravi\n9 Bea\n10 Marek\n",
            )
        ),
        Say(
            "| Week | On call |\n|---:|---|\n| 1 | Tomas |\n| 2 | Inês |\n| 3 | Ravi |\n| 4 | Bea "
            "|\n| 5 | Marek |\n| 6 | Tomas |\n| 7 | Inês |\n| 8 | Ravi |\n| 9 | Bea |\n| 10 | "
            "Marek |\n\nEverybody has two weeks, and Inês is in weeks 2 and 7."
        ),
        Later(),
        Ask("Bea is away in week 4."),
        Say("Swap Bea and Ravi in weeks 3 and 4: Bea has 3, Ravi 4. Nothing else moves."),
        Ask("Remind whoever is next every Friday at noon?"),
        use(
            find_block(
                "send chat message",
                ("SendChannelMessage", "Posts a text to a channel."),
                ("SendDirectMessage", "Sends a text to one person."),
            )
        ),
        use(
            create_agent(
                "Rota Reminder",
                "Fridays at 12:00: reads the rota and writes a direct message to whoever is on call next week.",
            )
        ),
        use(run_agent("tomas/rota-reminder", {"rota": "ops/rota.csv"}, cron="0 12 * * 5", timezone="America/New_York")),
        Say("**Rota Reminder** is scheduled for Fridays at 12:00 New York time."),
    ),
)

CERTIFICATES = Script(
    slug="certificates",
    person=TOMAS,
    title="Which certificates expire soon?",
    when=When(days=3, hour=9.6, opened=1.3),
    steps=(
        Ask(
            "Check labels.brightwater.example, api.brightwater.example and "
            "depot.brightwater.example: when do their certificates run out?"
        ),
        use(
            bash_exec("certdays labels.brightwater.example", "61\n"),
            bash_exec("certdays api.brightwater.example", "12\n"),
            bash_exec("certdays depot.brightwater.example", "", stderr="connect: no route to host\n", exit_code=2),
        ),
        Say(
            "- labels: 61 days\n- **api: 12 days**\n- depot: couldn't be reached from here (`no "
            "route to host`); it's probably internal only\n\nThe api certificate is the one to "
            "renew."
        ),
        Ask("api renews itself at 10 days, so fine. How do I check depot from inside?"),
        use(
            web_fetch(
                "https://docs.certdays.example/usage",
                "certdays --connect HOST:PORT --servername NAME prints the days until notAfter. Exit "
                "code 2: no connection.",
            )
        ),
        Say(
            "On a host inside the network:\n\n```bash\ncertdays --connect 10.4.0.12:443 "
            "--servername depot.brightwater.example\n```"
        ),
        Ask("88. 👌"),
        Say("All three are fine, then."),
    ),
)

SCRIPTS = (INCIDENT, FULL_DISK, ROTA, CERTIFICATES)
