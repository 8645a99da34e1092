"""The unsaved messages story: the last twelve messages never reached the database."""

from chatdata.services.demo.people import DANA
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, unsaved, use
from chatdata.services.demo.tools import add_understanding, bash_exec, search_docs, web_fetch

UNSAVED = Script(
    slug="story-unsaved",
    person=DANA,
    title="The grandmother interviews: notes and structure",
    when=When(days=4, hour=11.5, until=(43_200 - 8_040) / 3600),
    steps=(
        Ask(
            "I'm turning interviews with my grandmother into a small book for the family. Help me "
            "keep track of people and places as I go?"
        ),
        use(
            add_understanding(
                project="family book from interviews with the grandmother", wish="keep track of people and places"
            )
        ),
        Say(
            "Gladly. Tell me pieces in any order; I'll keep a list of people, places and years "
            "and point out what doesn't fit."
        ),
        Ask("She was born in Tarvik, by the ferry. Two brothers, Anders and Holm. Holm went to sea."),
        Say("Noted:\n\n- **Tarvik**, by the ferry: birthplace\n- **Anders**, **Holm**: brothers; Holm went to sea"),
        Ask("Was there a ferry in Tarvik back then? She says it ran on Sundays only."),
        use(
            web_fetch(
                "https://tarvik-museum.example/ferry",
                "The Tarvik ferry ran on Sundays and market days until the bridge was opened.",
            )
        ),
        Say("Yes: Sundays **and market days**, until the bridge came. She may have left out the market days."),
        Later(),
        Ask("Could you look through what I have so far and tell me which years are missing?"),
        use(
            bash_exec(
                "python3 timeline.py notes/*.md --gaps",
                "1938 birth\n1944-1946 evacuation\n1951 school ends\ngap 1951-1957\n1957 wedding\n",
            )
        ),
        Say("The years **1951 to 1957** are missing, between the end of school and the wedding."),
        unsaved(
            Ask(
                "Right, I've just been with her. I'm writing this down quickly before I forget, I "
                "have no other notes. She worked in the cannery in Holmsund from 1952, packing "
                "herring, and lived above a bakery with two girls, Signe and Berit."
            ),
            Say(
                "Got it:\n\n- 1952: cannery in **Holmsund**, packing herring\n- lived above a bakery "
                "with **Signe** and **Berit**\n\nGo on, I'm keeping up."
            ),
            Ask(
                "The baker put bread on the stairs for them on Saturdays and never said a word about "
                "it. Signe married him in the end!! Berit went to America in 1955 and sent one single "
                "postcard: 'It is all true.'"
            ),
            Say(
                "What a postcard. Noted: the bread on the stairs (Saturdays), **Signe married the "
                "baker**, **Berit to America in 1955**, the card: *“It is all true.”*"
            ),
            Ask(
                "And grandpa: he came to repair the cannery's boiler in the winter of 56, was "
                "supposed to stay for three days, and stayed because the ferry froze. She taught him "
                "to skate on the harbour with borrowed skates, both left feet."
            ),
            use(
                search_docs(
                    "harbour frozen 1956",
                    ("tarvik-museum/winters.md", "In February 1956 the harbour was closed by ice for nineteen days."),
                )
            ),
            Say(
                "The winter fits: in February 1956 the harbour was closed by ice for **nineteen "
                "days**. So three days became nineteen."
            ),
            Ask(
                "Nineteen! She said 'nearly three weeks' and I didn't believe her. That's the chapter "
                "title: Nineteen days of ice."
            ),
            Say(
                "Then the chapter goes: cannery – bread on the stairs – the postcard – the boiler – "
                "skates with two left feet – **Nineteen days of ice**."
            ),
            Ask("Keep all of this safe please, I'm on the train now and I won't write it down again."),
            Say("It's all here. When you're back, we'll start with the bread on the stairs."),
        ),
    ),
    planted=("unsaved_tail",),
)
