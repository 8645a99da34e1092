"""Long conversations that work through a list, one turn per item, with text generated from the item."""

from itertools import cycle

from chatdata.services.demo.steps import Ask, Later, Say, Step, use
from chatdata.services.demo.tables import CAKES, INTERVIEWS, INVOICES, TICKETS, Cake, Interview, Invoice, Ticket
from chatdata.services.demo.tools import run_agent, run_block, search_docs, view_agent_output

_NEXT = ("Nächste bitte.", "Weiter.", "Gut, die nächste.", "Passt. Weiter mit der nächsten.", "Ok, nächste!")


def invoice_steps() -> tuple[Step, ...]:
    """Jonas reconciles invoices with payments, one by one."""
    steps: list[Step] = [
        Ask(
            "Ich möchte die offenen Rechnungen mit den Zahlungseingängen abgleichen, eine nach "
            "der anderen. Fang bitte mit der ältesten an."
        ),
    ]
    for index, (invoice, word) in enumerate(zip(INVOICES, cycle(_NEXT), strict=False)):
        if index:
            steps.append(Ask(word if index % 7 else f"{word} Wie viele sind es noch?"))
        steps.append(_payment_lookup(invoice))
        left = f" Es fehlen noch {len(INVOICES) - index - 1}." if index and index % 7 == 0 else ""
        steps.append(Say(_verdict(invoice) + left))
    steps += [Ask("War das alles?"), Say(_summary())]
    return tuple(steps)


def _payment_lookup(invoice: Invoice) -> Step:
    found = {"reference": f"RE {invoice.number}", "amount": invoice.paid, "payer": invoice.customer}
    return use(run_block("FindPayment", {"reference": f"RE {invoice.number}"}, payment=found if invoice.paid else None))


def _euro(amount: float) -> str:
    return (
        f"{amount:,.2f} €".replace(",", " ").replace(".", ",").replace(" ", ".", 1)
        if amount >= 1000
        else (f"{amount:.2f} €".replace(".", ","))
    )


def _verdict(invoice: Invoice) -> str:
    head = f"Rechnung **{invoice.number}** ({invoice.customer}, {_euro(invoice.amount)}): "
    if not invoice.paid:
        return head + f"kein Zahlungseingang gefunden. {invoice.note}"
    if invoice.paid == invoice.amount:
        return head + f"vollständig bezahlt. {invoice.note}"
    difference = _euro(abs(invoice.amount - invoice.paid))
    word = "zu wenig" if invoice.paid < invoice.amount else "zu viel"
    return head + f"eingegangen sind {_euro(invoice.paid)}, also {difference} {word}. {invoice.note}"


def _summary() -> str:
    open_ones = [invoice for invoice in INVOICES if not invoice.paid]
    odd = [invoice for invoice in INVOICES if invoice.paid and invoice.paid != invoice.amount]
    rows = "\n".join(f"| {item.number} | {item.customer} | {_euro(item.amount)} |" for item in open_ones)
    return (
        f"Ja, das waren alle {len(INVOICES)}. {len(odd)} weichen ab, {len(open_ones)} sind offen:\n\n"
        f"| Nr. | Kunde | Betrag |\n|---:|---|---:|\n{rows}"
    )


_TAKE = ("Next one:", "Then this one:", "Another:", "And:", "What about this?", "Here's one more:")


def ticket_steps() -> tuple[Step, ...]:
    """Priya goes through a week's support tickets and gets a draft reply for each."""
    steps: list[Step] = []
    for index, (ticket, word) in enumerate(zip(TICKETS, cycle(_TAKE), strict=False)):
        if index and index % 17 == 0:
            steps.append(Later())
        opening = "Let's go through this week's tickets. First:" if index == 0 else word
        steps.append(Ask(f"{opening} #{ticket.number} from {ticket.customer}: “{ticket.problem}”"))
        steps.append(use(search_docs(ticket.topic, (ticket.page, ticket.fact))))
        steps.append(Say(_draft(ticket)))
    return tuple(steps)


def _draft(ticket: Ticket) -> str:
    return (
        f"**{ticket.label}** · I'd answer:\n\n> Hello {ticket.customer.split()[0]}, {ticket.answer}\n\n"
        f"Source: [{ticket.page}](https://docs.tidepool.example/{ticket.page.removesuffix('.md')})"
    )


def interview_steps() -> tuple[Step, ...]:
    """Dana has the remaining interviews transcribed and asks one question about each."""
    return tuple(step for run, item in enumerate(INTERVIEWS, start=2) for step in _interview(item, run))


def _interview(item: Interview, run: int) -> tuple[Step, ...]:
    scribe = "clearvoice/interview-scribe"
    outputs = {"minutes": item.minutes, "speakers": item.speakers, "text": item.words}
    return (
        Ask(item.request),
        use(run_agent(scribe, {"file": f"{item.file}.mp3", "speakers": item.speakers}, run=run)),
        use(view_agent_output(scribe, outputs, run=run)),
        Say(item.answer),
    )


def cake_steps() -> tuple[Step, ...]:
    """Lucía checks the rest of the menu for allergens."""
    return tuple(step for cake in CAKES for step in _cake(cake))


def _cake(cake: Cake) -> tuple[Step, ...]:
    found = run_block("AllergenTable", {"ingredients": cake.ingredients}, allergens=cake.allergens)
    return (
        Ask(cake.request),
        use(found),
        Say(f"{cake.answer}\n\n**Declarar:** {', '.join(cake.allergens) or 'nada'}."),
    )
