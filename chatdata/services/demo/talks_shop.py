"""Mara's outdoor shop: prices, product texts, a sale. In sync or expired."""

from chatdata.services.demo.people import MARA
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, use
from chatdata.services.demo.tools import (
    add_understanding,
    ask_question,
    create_agent,
    edit_agent,
    find_agent,
    find_library_agent,
    needs_setup,
    run_agent,
    run_block,
    view_agent_output,
    web_fetch,
)

PRICE_WATCH = Script(
    slug="price-watch",
    person=MARA,
    title="Daily price watch for backpacks",
    when=When(days=24, hour=9.2, until=2.1),
    credentials=("google",),
    steps=(
        Ask(
            "Fjellvik keeps undercutting us on backpacks. Can something check their prices every "
            "weekday morning and warn me?"
        ),
        use(
            find_agent(
                "competitor price monitoring",
                (
                    "northwind-labs/price-scout",
                    "Compares product prices of several shops and reports changes.",
                    4.6,
                    1820,
                ),
                ("studio-kappa/shelf-watcher", "Watches stock and prices of one shop.", 4.1, 377),
            ),
            text="I'll look for an agent that can do that.",
        ),
        Say(
            "**Price Scout** fits best: it compares several shops and reports only what changed "
            "(4.6 stars, 1,820 runs). To set it up I need the product pages and the address for "
            "the warnings. Which backpacks should I start with?"
        ),
        Ask("Ridge 30, Ridge 45 and the Tarn daypack. Mails to mara@lindqvist-outdoor.example please."),
        use(needs_setup("northwind-labs/price-scout", {"products": [], "mail": ""}, "google")),
        Say(
            "Price Scout sends its mails through your Google account, which isn't connected yet. "
            "Please use the **Connect Google** card above; then I'll go on."
        ),
        Ask("Connected."),
        use(
            run_agent(
                "northwind-labs/price-scout",
                {"products": ["Ridge 30", "Ridge 45", "Tarn 18"], "mail": "mara@lindqvist-outdoor.example"},
            )
        ),
        use(
            view_agent_output(
                "northwind-labs/price-scout",
                {
                    "report": [
                        {"product": "Ridge 30", "ours": 129.0, "lowest": 119.0, "shop": "fjellvik.example"},
                        {"product": "Ridge 45", "ours": 169.0, "lowest": 174.0, "shop": "fjellvik.example"},
                        {"product": "Tarn 18", "ours": 64.0, "lowest": 64.0, "shop": "bergruf.example"},
                    ]
                },
            )
        ),
        Say(
            "The first run is done:\n\n| Product | You | Lowest elsewhere | Difference |\n"
            "|---|---:|---:|---:|\n| Ridge 30 | €129 | €119 (Fjellvik) | **−€10** |\n| Ridge 45 | "
            "€169 | €174 (Fjellvik) | +€5 |\n| Tarn 18 | €64 | €64 (Bergruf) | 0 |\n\nOnly the "
            "Ridge 30 is undercut. Shall I schedule this for weekdays at 9:00?"
        ),
        Ask("Yes, 8:30 would be better. And only mail me if somebody is more than 5 % below us."),
        use(
            run_agent(
                "northwind-labs/price-scout",
                {
                    "products": ["Ridge 30", "Ridge 45", "Tarn 18"],
                    "mail": "mara@lindqvist-outdoor.example",
                    "threshold_percent": 5,
                },
                cron="30 8 * * 1-5",
                timezone="Europe/Stockholm",
            )
        ),
        Say("Scheduled: weekdays at 8:30 Stockholm time, with a mail only when a price is more than 5 % below yours."),
        Later(),
        Ask("The mail this morning said Bergruf sells the Tarn for 9 euros?! Is that real?"),
        use(
            web_fetch(
                "https://bergruf.example/tarn-18",
                "Tarn 18 Tagesrucksack. Unser Preis: 64,00 €. Oder in 7 Raten zu 9,14 €.",
            )
        ),
        Say(
            "No. The page shows **7 instalments of €9.14**; the agent read the instalment as the "
            "price. The price there is still €64."
        ),
        Ask("Can you teach it to ignore instalments?"),
        use(edit_agent("Price Scout", "Ignore amounts next to words for instalments (Raten, rate, per month).")),
        use(run_agent("northwind-labs/price-scout", {"products": ["Tarn 18"]}, run=2)),
        use(
            view_agent_output(
                "northwind-labs/price-scout",
                {"report": [{"product": "Tarn 18", "ours": 64.0, "lowest": 64.0, "shop": "bergruf.example"}]},
                run=2,
            )
        ),
        Say("Done and checked with a new run: the Tarn 18 now comes out at €64 for Bergruf, so there'd be no warning."),
    ),
)

PRODUCT_TEXTS = Script(
    slug="product-texts",
    person=MARA,
    title="Product texts for the spring range",
    when=When(days=11, hour=13.5),
    steps=(
        Ask(
            "I need short product texts for four new tents. Tone: dry, factual, no superlatives. "
            "Data: Hollow 1 (1.1 kg, 1 person, 3 season), Hollow 2 (1.7 kg, 2 person), Fell 3 "
            "(2.9 kg, 3 person, two entrances), Fell 3 Winter (4.2 kg, snow skirts)."
        ),
        use(add_understanding(tone="dry, factual, no superlatives", business="outdoor shop, tents and backpacks")),
        Say(
            "Here is a first draft:\n\n- **Hollow 1** – One person, three seasons, 1.1 kg. "
            "Pitches with one pole and six pegs.\n- **Hollow 2** – The same cut for two, 1.7 kg. "
            "The porch takes two packs.\n- **Fell 3** – Three sleepers, two entrances, 2.9 kg. "
            "Nobody climbs over anybody.\n- **Fell 3 Winter** – The Fell 3 with snow skirts and a "
            "heavier fly, 4.2 kg."
        ),
        Ask("“Nobody climbs over anybody” – love it. Is “one pole and six pegs” a fact or did you make it up?"),
        Say(
            "I made it up, sorry: neither the pole nor the pegs were in your data. Without it: "
            "**Hollow 1** – One person, three seasons, 1.1 kg."
        ),
        Ask("Thanks for being honest. What do the makers say about pegs?"),
        use(
            web_fetch(
                "https://hollow-tents.example/hollow-1",
                "Hollow 1. Weight 1090 g. 1 DAC pole. 8 pegs included. Packed size 38 x 12 cm.",
            )
        ),
        Say(
            "According to the maker: one pole, **eight** pegs, packed size 38 × 12 cm. So:\n\n> "
            "**Hollow 1** – One person, three seasons, 1.1 kg. One pole, eight pegs; packs to 38 "
            "× 12 cm."
        ),
        Ask("Perfect, that goes online 👍"),
        Say("Good. Tell me when you have the packed sizes of the other three, and I'll add them in the same form."),
    ),
)

SALE = Script(
    slug="weekend-sale",
    person=MARA,
    title="Weekend sale 🏕️ newsletter",
    when=When(days=6, hour=15.1, opened=5.4),
    credentials=("mailgarden",),
    steps=(
        Ask(
            "🏕️ Weekend sale! 15 % on all stoves from Friday noon till Sunday night. Write the "
            "newsletter and send it to the list 'walkers'."
        ),
        use(
            ask_question(
                "Before I write it, two things:",
                "Is there a code, or is the price reduced in the shop?",
                "Should people who bought a stove in the last 60 days get it too?",
            )
        ),
        Say(
            "Two questions first: is there a code, or are the prices simply lower in the shop? "
            "And should recent stove buyers get the mail?"
        ),
        Ask("Code is FLAME15. And no, leave out the recent buyers, they'd only be annoyed 😅"),
        use(
            find_library_agent(
                "newsletter", ("mara/newsletter-sender", "Sends a mail to a list, with exclusions.", 0.0, 14)
            )
        ),
        Say(
            "Draft:\n\n**Subject:** 🔥 15 % off every stove, till Sunday night\n\nHello "
            "{first_name},\n\nfrom Friday noon till Sunday at midnight all stoves are 15 % "
            "cheaper with the code `FLAME15`. Gas, spirit, wood: it works on each of them.\n\nSee "
            "you outside,\nMara\n\nShall I send it to *walkers* without the buyers of the last 60 "
            "days?"
        ),
        Ask("Yes!! 🚀"),
        use(
            run_agent(
                "mara/newsletter-sender",
                {
                    "list": "walkers",
                    "exclude": "bought:stoves:60d",
                    "subject": "🔥 15 % off every stove, till Sunday night",
                },
            )
        ),
        use(view_agent_output("mara/newsletter-sender", {"sent": 2184, "excluded": 163, "bounced": 9})),
        Say("Sent to **2,184** people; 163 recent buyers were left out and 9 addresses bounced. 👩‍🚒🔥"),
        Ask("How many is that compared to the whole list?"),
        Say("2,184 of 2,356, that is 92.7 %."),
    ),
)

STOCK_SUM = Script(
    slug="stock-sum",
    person=MARA,
    title=None,
    when=When(days=17, hour=17.6),
    usage=False,
    json_in_json=True,
    steps=(
        Ask("quick one: 14 boxes of 24 gas canisters minus 3 broken ones?"),
        use(run_block("Calculator", {"expression": "14 * 24 - 3"}, result=333)),
        Say("333 canisters."),
        Ask("and at 4.35 each?"),
        use(run_block("Calculator", {"expression": "333 * 4.35"}, result=1448.55)),
        Say("€1,448.55."),
    ),
)

RETURNS_AGENT = Script(
    slug="returns-agent",
    person=MARA,
    title="An agent for return requests",
    when=When(days=20, hour=10.8),
    steps=(
        Ask(
            "Build me an agent that reads return requests from a form and sorts them into: "
            "refund, exchange, ask the customer."
        ),
        use(
            create_agent(
                "Return Sorter",
                "Reads a return request and sorts it into refund, exchange or ask the customer, with "
                "one sentence of reasons.",
            )
        ),
        Say(
            "**Return Sorter** is in your library. It reads order number, reason and wish, and "
            "gives one of three labels with one sentence of reasons. Do you have a few real "
            "requests to try it on?"
        ),
        Ask("1) 'Zip broke on day two, want my money back.' 2) 'Too small, have it in L?' 3) 'Not happy.'"),
        use(
            run_agent("mara/return-sorter", {"text": "Zip broke on day two, want my money back."}),
            run_agent("mara/return-sorter", {"text": "Too small, have it in L?"}, run=2),
            run_agent("mara/return-sorter", {"text": "Not happy."}, run=3),
        ),
        use(
            view_agent_output(
                "mara/return-sorter",
                {"label": "refund", "reason": "A defect within the warranty, and a refund is asked for."},
            ),
            view_agent_output(
                "mara/return-sorter", {"label": "exchange", "reason": "Another size is asked for."}, run=2
            ),
            view_agent_output(
                "mara/return-sorter", {"label": "ask", "reason": "Neither a reason nor a wish is given."}, run=3
            ),
        ),
        Say(
            "All three come out as one would wish:\n\n1. Zip → **refund**\n2. Too small → "
            "**exchange**\n3. Not happy → **ask the customer**"
        ),
    ),
)

SCRIPTS = (PRICE_WATCH, PRODUCT_TEXTS, SALE, STOCK_SUM, RETURNS_AGENT)
