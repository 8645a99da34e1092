"""The provider error story: tool results that no provider accepts, and a user who waits for an answer."""

from chatdata.services.demo.people import PRIYA
from chatdata.services.demo.steps import Ask, Result, Say, Script, When, unanswered, use, with_id
from chatdata.services.demo.tools import bash_exec, find_library_agent, run_agent, view_agent_output

_LATE_ID = "toolu_01Hn4KcT8wRz2VbQ6yXjMp3s"
_GONE_ID = "toolu_01ZkQ9eLm5DvUa7GfBt1Wx4C"

_REFUND_LIST = run_agent("priya/refund-list", {"incident": "eu-outage", "minimum_minutes": 10})
_LIST_OUTPUT = view_agent_output("priya/refund-list", {"customers": 318, "total_eur": 1947.6}).result or {}
_BOOKING_STARTED = run_agent("priya/refund-booker", {"list": "eu-outage"}).result or {}
"""The result of an attempt whose tool call was never saved."""

REJECTED = Script(
    slug="story-rejected",
    person=PRIYA,
    title="Refunds after the EU outage",
    when=When(days=0, until=1.4),
    credentials=("paydesk",),
    steps=(
        Ask(
            "After yesterday's outage we refund everyone in the EU who was down for 10 minutes or "
            "more. How many is that?"
        ),
        use(bash_exec("outage customers --region eu --min-minutes 10 --count", "318\n")),
        Say("318 customers were down for ten minutes or more."),
        Ask("What do the refunds come to if each gets a day back?"),
        use(
            bash_exec(
                "outage refunds --region eu --min-minutes 10 --days 1",
                "318 customers, 1947.60 EUR, largest 88.00 EUR (harborline)\n",
            )
        ),
        Say("**€1,947.60** in total; the largest is €88.00 for harborline."),
        Ask("OK. Do we have an agent that books refunds?"),
        use(
            find_library_agent(
                "refund",
                ("priya/refund-list", "Lists customers and amounts for an incident.", 0.0, 12),
                ("priya/refund-booker", "Books a list of refunds at Paydesk.", 0.0, 5),
            )
        ),
        Say(
            "Two of yours: **Refund List** makes the list and **Refund Booker** books it at "
            "Paydesk. I'd run the first, show you the list, and only book after your yes."
        ),
        Ask("Yes, do it like that. And check the balance at Paydesk in parallel."),
        use(
            bash_exec("paydesk balance", "EUR 20114.35\n"),
            unanswered(with_id(_REFUND_LIST, _LATE_ID)),
            text="I'm making the list and reading the balance.",
        ),
        Ask("Are you still there? The list should be quick."),
        Result(_LATE_ID, _LIST_OUTPUT),
        Say(
            "Sorry, the server was restarted. The list is here: 318 customers, €1,947.60. The "
            "balance of €20,114.35 covers it. Shall I book?"
        ),
        Result(_GONE_ID, _BOOKING_STARTED),
        Ask("Yes, book them."),
        Ask("Hello? It only says that something went wrong. Did the refunds go out or not?"),
    ),
    planted=("orphan_tool_result",),
    lint=("consecutive_users", "late_tool_result", "orphan_tool_result", "user_after_tool"),
)
