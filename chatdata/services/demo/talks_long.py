"""A support queue of 200 messages and a monitor of 3,000."""

from chatdata.services.demo.monitoring import monitoring_steps
from chatdata.services.demo.people import PRIYA, TOMAS
from chatdata.services.demo.series import ticket_steps
from chatdata.services.demo.steps import Script, When
from chatdata.services.demo.tokens import PromptSizes

TICKET_QUEUE = Script(
    slug="ticket-queue",
    person=PRIYA,
    title="Support queue: drafts for this week's tickets",
    when=When(days=4, hour=9.1, until=0.9),
    steps=ticket_steps(),
    prompts=PromptSizes(instructions=1_800, window=5_000, summary=600),
)


MONITOR = Script(
    slug="station-monitor",
    person=TOMAS,
    title="Weather stations: watch and tell me",
    when=When(days=0, until=0.2),
    credentials=("weathernet", "smsgate"),
    steps=monitoring_steps(),
    prompts=PromptSizes(instructions=120, window=330, summary=20),
    lint=("context_overflow",),
)


SCRIPTS = (
    TICKET_QUEUE,
    MONITOR,
)
