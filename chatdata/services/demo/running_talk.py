"""The demo's conversation that runs: what it holds until it is opened with Live, and the turns that are played then."""

from dataclasses import dataclass

from chatdata.services.demo.people import PRIYA
from chatdata.services.demo.steps import Ask, Call, Say, Script, When, use
from chatdata.services.demo.tools import bash_exec


@dataclass(frozen=True, slots=True)
class PlayedTurn:
    """A turn that is played: a question, a tool call, and what the assistant says before and after it."""

    question: str
    before: str
    call: Call
    after: str


RUNNING_TALK = Script(
    slug="allotment-harvest",
    person=PRIYA,
    title="Harvest day at the allotment",
    when=When(days=0, until=6.3),
    steps=(
        Ask("Keep a list of what grows in our allotment. We want to harvest on Saturday."),
        use(bash_exec("wc -l beds.csv", "14 beds.csv\n"), text="I open the list of beds."),
        Say("The list has 14 beds. Tell me when something is sown or picked, and I keep it up to date."),
        Ask("Bed 5 has beans now."),
        Say("Noted: bed 5, beans, sown today. They should be ready in eight to ten weeks."),
    ),
)

TURNS = (
    PlayedTurn(
        "Which beds should we harvest on Saturday?",
        "I look at what is ripe by Saturday and at the weather, so that nothing is picked wet.",
        bash_exec(
            "beds --ripe-by saturday",
            "bed 2   lettuce    24 heads\nbed 3   zucchini   18\nbed 9   currants   about 6 kg\n",
        ),
        "Three beds are ready. Start with the lettuce in bed 2 before the sun is on it: 24 heads, and they keep best "
        "when they are cut cool. Then the zucchini in bed 3; take all 18, even the small ones, or the plants stop "
        "bearing. Leave the currants in bed 9 for the end: about 6 kilograms, and two people need an hour for them. "
        "Everything else can wait for another week.",
    ),
    PlayedTurn(
        "How many boxes do we need for that, and who has some?",
        "I count what fits into a box and look who offered boxes.",
        bash_exec("boxes --count lettuce=24 zucchini=18 currants=6kg", "boxes 7\noffered Ida 4, Tomas 2, shed 3\n"),
        "Seven boxes are enough: four for the lettuce with six heads each, one for the zucchini, and two shallow ones "
        "for the currants, which must not lie deeper than a hand. Ida has four and Tomas two, and three stand in the "
        "shed, so two are left over. Line the shallow ones with paper.",
    ),
    PlayedTurn(
        "Write a message to everybody who helps.",
        "I look who said that they come.",
        bash_exec("helpers --on saturday", "Ida, Tomas, Wen, Samir\n"),
        "Dear helpers, on Saturday we harvest lettuce, zucchini and currants. We begin at eight, while the lettuce is "
        "still cool, and should be done by eleven. Please bring a knife, gloves and, if you have one, a shallow box. "
        "Ida and Tomas bring boxes, and there is coffee at the shed. If it rains, we meet on Sunday at the same time. "
        "Everybody takes home a share; the rest goes to the neighbours across the road.",
    ),
)
"""The turns in the order in which they are played; after the last, the first comes again."""
