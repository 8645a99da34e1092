"""The stale cache story: the database has 101 messages, and an older cached copy ends after 35."""

from chatdata.services.demo.people import MARA
from chatdata.services.demo.steps import Ask, Later, Say, Script, Step, When, uncached, use
from chatdata.services.demo.tools import (
    add_understanding,
    ask_question,
    bash_exec,
    create_agent,
    failing,
    find_agent,
    find_library_agent,
    run_agent,
    run_block,
    search_docs,
    view_agent_output,
    web_fetch,
)

_REMEMBERED: tuple[Step, ...] = (
    Ask(
        "Lindqvist Outdoor turns ten in September. I want a customer day: a walk, food, a "
        "small test camp. Help me plan it from start to end."
    ),
    use(add_understanding(event="customer day for ten years of Lindqvist Outdoor", month="September")),
    Say("Congratulations! Let's fix the frame first: town, date, number of guests, budget. What do you know already?"),
    Ask("About 120 people, budget 9,000 €, a Saturday. Town is open: Vellinge, Hamra or Östervik."),
    use(
        web_fetch("https://vellinge.example/events", "Town meadow, 200 persons, 300 EUR, no fires."),
        web_fetch(
            "https://hamra.example/rent", "Old sawmill with yard, 150 persons, 650 EUR, fires allowed in the yard."
        ),
    ),
    Say(
        "| Town | Place | Price | Fire |\n|---|---|---:|---|\n| Vellinge | meadow, 200 people "
        "| €300 | no |\n| Hamra | sawmill, 150 people | €650 | yes |\n\nI'm still missing "
        "Östervik."
    ),
    Ask("Look up Östervik too, please."),
    use(
        web_fetch(
            "https://ostervik.example/camp", "Lake camp Östervik: jetty, kitchen, 140 persons, 900 EUR, fires allowed."
        )
    ),
    Say("Östervik has a camp at the lake: jetty, kitchen, 140 people, €900, fires allowed."),
    Ask("How far is each from the shop by bus?"),
    use(
        run_block(
            "TravelTime",
            {"from": "Lindqvist Outdoor", "by": "bus"},
            minutes={"Vellinge": 25, "Hamra": 40, "Östervik": 70},
        )
    ),
    Say(
        "Vellinge 25 minutes, Hamra 40, Östervik 70, which is long for families. So it's "
        "between Vellinge (near, cheap, no fire) and **Hamra** (a yard with fire)."
    ),
    Ask("What could the walk be at Hamra?"),
    use(
        search_docs(
            "walks around hamra",
            ("walks/hamra-mill-loop.md", "Mill loop, 6.5 km, 120 m up, fit for prams except for one stile."),
            ("walks/hamra-ridge.md", "Ridge path, 11 km, 380 m up."),
        )
    ),
    Say(
        "Two walks start at the sawmill: the **mill loop** (6.5 km, fit for prams except for "
        "one stile) and the **ridge path** (11 km, 380 m up)."
    ),
    Ask("Both then, one for families and one for the fast ones. Who could lead them?"),
    use(find_library_agent("staff", ("mara/staff-list", "Who of the staff can do what.", 0.0, 8))),
    use(run_agent("mara/staff-list", {"skill": "guiding"})),
    Say("I've started **Staff List** with the skill *guiding*; give it a moment."),
    Ask("And?"),
    use(view_agent_output("mara/staff-list", {"guiding": ["Ebba", "Love", "Tuva"]})),
    Say("Ebba, Love and Tuva can guide. I'd give Ebba the families and Love the ridge; Tuva stays in reserve."),
    Ask("Good. Next: tents for the test camp. We need to rent two large ones as a roof."),
    use(web_fetch("https://tent-rental.example/large", "Large tent 8x12 m: 420 EUR a day. Delivery up to 50 km free.")),
)

_TENTS_END: tuple[Step, ...] = (
    Say(
        "One large tent of 8 × 12 m is €420 a day, delivery included up to 50 km. A second "
        "offer would be good; shall I ask *Dukverk* too?"
    ),
)

_FORGOTTEN: tuple[Step, ...] = (
    Ask("Yes, ask them."),
    use(web_fetch("https://dukverk.example/prices", "Tent 8x12 m: 380 EUR a day, 2 for 700 EUR. Delivery 60 EUR.")),
    Say("Dukverk: two for €700 plus €60 delivery, so **€760** instead of €840."),
    Ask("Dukverk it is. And let's settle it: the town is Hamra."),
    Say("Settled: **Hamra, the old sawmill**, with two tents from Dukverk."),
    Ask("Book the sawmill for the second Saturday of September."),
    use(run_agent("mara/venue-mail", {"to": "rent@hamra.example", "day": "second Saturday of September"})),
    Say("The request to Hamra is on its way."),
    Ask("They called: it's ours! 650 € as said."),
    Say("Wonderful. Spent so far: 650 + 760 = **€1,410** of €9,000."),
    Later(),
    Ask("Food. Something from the fire for 120 people, a third of them vegetarian."),
    use(
        find_agent(
            "catering calculator", ("ladle/catering-planner", "Amounts and shopping lists for groups.", 4.3, 2107)
        )
    ),
    Say("**Catering Planner** can work out amounts. Soup and flatbread from the fire would suit both groups. Shall I?"),
    Ask("Yes: lentil soup for all, and sausages as an extra."),
    use(
        run_agent(
            "ladle/catering-planner",
            {"guests": 120, "dishes": ["lentil soup", "flatbread", "sausages"], "vegetarian": 40},
        )
    ),
    use(
        view_agent_output("ladle/catering-planner", {"lentils_kg": 11, "bread": 180, "sausages": 150, "cost_eur": 1130})
    ),
    Say("11 kg of lentils, 180 flatbreads, 150 sausages: about **€1,130**."),
    Ask("Allergies: we must ask for them when people register."),
    use(
        create_agent(
            "Registration Form", "Name, number of people, walk (families or ridge), allergies, by bus or own car."
        )
    ),
    Say("**Registration Form** asks for name, people, walk, allergies and bus or car."),
    Ask("Add 'I bring a dog'."),
    Say("Added. Dogs can do both walks."),
    Ask("How many buses do we need if 70 come by bus?"),
    use(run_block("Calculator", {"expression": "ceil(70/49)"}, result=2)),
    Say("Two buses with 49 seats each."),
    Ask("Price?"),
    use(
        web_fetch("https://bus-hire.example/quote?seats=49&day=saturday", "49 seats, day return up to 100 km: 540 EUR.")
    ),
    Say("€540 each, so €1,080. Together we're at **€3,620**."),
    Ask("What happens if it rains?"),
    Say(
        "Walks go ahead in light rain; the fire is under a roof in the yard, and the two "
        "tents give 190 m². In a storm: only the sawmill hall, which takes 90 people."
    ),
    Ask("90 isn't 120."),
    use(ask_question("For the storm plan:", "Two shifts of 60, or a smaller list of guests?")),
    Say("Two shifts of 60 then, or fewer guests. Which do you prefer?"),
    Ask("Two shifts. Write that down."),
    use(add_understanding(storm_plan="two shifts of 60 in the hall")),
    Say("Written down: in a storm two shifts of 60."),
    Later(),
    Ask("Invitations. Short, with the sawmill, both walks, soup, and 'bring your old tent, we mend it'."),
    Say(
        "**Ten years outside. Come along!**\n\nSecond Saturday of September, the old sawmill "
        "in Hamra. Two walks (6.5 and 11 km), soup from the fire, and a mending corner: "
        "*bring your old tent, we mend it.*\n\nMara and everyone at Lindqvist Outdoor"
    ),
    Ask("Lovely. To whom do we send it?"),
    use(bash_exec("crm count --bought-since 24m --within-km 60", "3127\n")),
    Say(
        "3,127 customers bought something in the last two years and live within 60 km. For "
        "120 places I'd start with 400."
    ),
    Ask("The 400 who come to the shop most."),
    use(
        failing(
            run_agent("mara/newsletter-sender", {"list": "top-400"}), "list not found", "There is no list 'top-400'."
        )
    ),
    Say("There's no such list yet. I'll make it from the visits first, if that's all right."),
    Ask("Go ahead."),
    use(bash_exec("crm list create top-400 --order visits --limit 400", "created top-400 (400)\n")),
    Say("The list **top-400** exists now. The invitation is ready to go when you say so."),
    Ask("Tomorrow at ten, after I've shown it to Ebba."),
    Say("All right, I'll wait for your word."),
    Ask("Ebba is happy with it. What's still open on our list?"),
)

_ENDING: tuple[Step, ...] = (
    Say(
        "Let's look at what's open for your customer day. First of all: **which town should "
        "it be?** Vellinge and Hamra are still in the race."
    ),
    Ask(
        "What? We settled on Hamra days ago. The sawmill is booked, the tents, the buses, the "
        "soup. Don't you remember any of it?"
    ),
    Say(
        "I'm sorry, I don't see a decision: the last thing I have is the offer for a large "
        "tent at €420 and the question whether to ask Dukverk too. Could you tell me again "
        "what has been booked?"
    ),
)

FORGOT = Script(
    slug="story-forgot",
    person=MARA,
    title="Customer day for ten years of Lindqvist Outdoor",
    when=When(days=6, hour=9.6, until=2.6),
    credentials=("google", "mailgarden"),
    steps=(*_REMEMBERED, *_TENTS_END, uncached(*_FORGOTTEN, *_ENDING)),
    planted=("stale_cache",),
)
