"""The lists that the long conversations work through."""

from typing import NamedTuple


class Invoice(NamedTuple):
    """An open invoice and what was paid for it."""

    number: int
    customer: str
    amount: float
    paid: float
    note: str


INVOICES = (
    Invoice(2291, "Zimmerei Haldt", 860.0, 860.0, "Eingang drei Tage nach Rechnungsdatum."),
    Invoice(2294, "Baugruppe Lindenhof", 4310.5, 4224.29, "Das sind genau 2 % Skonto, allerdings einen Tag zu spät."),
    Invoice(2295, "Gasthof Kreuzer", 312.8, 0, "Am Telefon hieß es letzte Woche, es sei überwiesen."),
    Invoice(2299, "Tischlerei Brömel", 1240.0, 1240.0, "Bezahlt nach der freundlichen Erinnerung."),
    Invoice(2301, "Schulverein Au", 95.2, 95.2, "Kleinbetrag, passt."),
    Invoice(2302, "Möbelwerk Sand", 7780.0, 7708.0, "Sieht nach einem Zahlendreher aus: 7708 statt 7780."),
    Invoice(2306, "Familie Osterkamp", 540.0, 600.0, "Aufgerundet; vielleicht ist die Anfahrt mitgemeint."),
    Invoice(2307, "Hofladen Wiese", 128.9, 128.9, "Bar eingezahlt."),
    Invoice(2310, "Kletterhalle Nordwand", 2150.0, 0, "Das Zahlungsziel läuft erst am Freitag ab."),
    Invoice(2311, "Atelier Fuchsbau", 415.0, 415.0, "Passt auf den Cent."),
    Invoice(2312, "Gemeinde Oberau", 12480.0, 12480.0, "Kommt wie immer am letzten Tag."),
    Invoice(2315, "Bootsbau Teske", 3990.0, 1995.0, "Genau die Hälfte: eine vereinbarte Rate?"),
    Invoice(2318, "Tischlerei Brömel", 1240.0, 0, "Gleicher Betrag wie 2299, also bitte nicht verwechseln."),
    Invoice(2320, "Café Morgenrot", 268.0, 268.0, "Verwendungszweck „Regal“, Betrag stimmt."),
    Invoice(2321, "Museum am Wehr", 1875.4, 1875.4, "Mit Bestellnummer im Verwendungszweck."),
    Invoice(2324, "Praxis Dr. Ahl", 990.0, 980.1, "Ein Prozent weniger; Skonto war nicht vereinbart."),
    Invoice(2325, "Reitstall Birk", 2300.0, 2300.0, "Zwei Teilzahlungen, zusammen vollständig."),
    Invoice(2328, "Kita Sonnenschein", 640.0, 640.0, "Bezahlt vom Förderverein."),
    Invoice(2330, "Weingut Lohr", 5120.0, 0, "Hier gibt es eine Reklamation wegen der Türen."),
    Invoice(2331, "Druckerei Pfeil", 77.35, 77.35, "Passt."),
    Invoice(2334, "Hotel Seeblick", 8460.0, 8460.0, "Eingang gestern."),
    Invoice(2335, "Familie Demir", 1330.0, 1330.0, "Eingang am selben Tag, sehr löblich."),
    Invoice(2337, "Theater im Hof", 455.5, 455.5, "Passt."),
    Invoice(2340, "Sägewerk Brandt", 690.0, 0, "Wird mit deren Gutschrift verrechnet."),
)


class Interview(NamedTuple):
    """A recording and what Dana wants to know about it."""

    file: str
    minutes: float
    speakers: int
    request: str
    words: str
    answer: str


INTERVIEWS = (
    Interview(
        "interview-1",
        31.5,
        2,
        "Good. Number 1 next: does she say when the mill closed?",
        "B: They closed it the week after my wedding, so June.",
        "Yes: *“the week after my wedding, so June”*. The year isn't said; it should be in the parish register.",
    ),
    Interview(
        "interview-2",
        44.0,
        3,
        "Number 2 has three people talking over each other. Try anyway.",
        "B: No, the blue one! C: It was never blue.",
        "It told all three apart, but about 40 places are marked *[both]*. The quarrel over the blue boat is readable.",
    ),
    Interview(
        "interview-3",
        18.2,
        2,
        "3. Same thing, and how long is the pause in the middle?",
        "B: I'd rather not. [pause 54 s] B: All right.",
        "The pause is **54 seconds**. I'd leave it in as *[long pause]*.",
    ),
    Interview(
        "interview-5",
        62.7,
        2,
        "5 is the long one. Only tell me where he speaks about the flood.",
        "B: The flood, well. It came up the stairs like a guest.",
        "From minute 37 to 49. It begins: *“It came up the stairs like a guest.”*",
    ),
    Interview(
        "interview-6",
        27.9,
        2,
        "6, please. His dialect is strong, I'm curious.",
        "B: We was all on the quay, see.",
        "Better than I feared: 11 words are marked as unsure, mostly names of boats.",
    ),
    Interview(
        "interview-7",
        35.1,
        2,
        "Next, 7. Does she name the teacher?",
        "B: Miss Orrin, with two r.",
        "She does, and spells it: **Miss Orrin**, “with two r”.",
    ),
    Interview(
        "interview-8",
        22.4,
        4,
        "8 is a kitchen table, four people I think.",
        "A: And you? B: Me too. C: Not me. D: She did!",
        "Four, yes. Speaker D only says nine sentences, but the best one: *“She did!”*",
    ),
    Interview(
        "interview-9",
        40.6,
        2,
        "And the last one, 9.",
        "B: You'll write that down, won't you.",
        "Done. It ends with *“You'll write that down, won't you.”* All nine are transcribed now, 289 minutes in total.",
    ),
)


class Cake(NamedTuple):
    """A product of the café, what is in it, and what has to be on the menu."""

    request: str
    ingredients: list[str]
    allergens: list[str]
    answer: str


CAKES = (
    Cake(
        "Sigo con el resto. Brownie: chocolate, huevo, mantequilla, harina de trigo, nuez.",
        ["chocolate", "huevo", "mantequilla", "trigo", "nuez"],
        ["gluten", "huevo", "leche", "frutos secos"],
        "El brownie lleva casi todo. Mira también si el chocolate declara soja.",
    ),
    Cake(
        "Lo declara, sí, lecitina. ¿Y el flan?",
        ["huevo", "leche", "azúcar"],
        ["huevo", "leche"],
        "Entonces añade soja al brownie. El flan es sencillo: huevo y leche.",
    ),
    Cake(
        "Granola: avena certificada, miel, almendra, semilla de sésamo.",
        ["avena sin gluten", "miel", "almendra", "sésamo"],
        ["frutos secos", "sésamo"],
        "El sésamo es alérgeno propio y a menudo se olvida.",
    ),
    Cake(
        "Tostada con tomate, pan de masa madre del horno de al lado.",
        ["pan de trigo", "tomate", "aceite"],
        ["gluten"],
        "Solo gluten, si el horno no usa otra cosa. Pídeles su ficha.",
    ),
    Cake(
        "Me la han mandado: puede contener sésamo. Siguiente: limonada.",
        ["limón", "agua", "azúcar"],
        [],
        "Pon «trazas de sésamo» en la tostada. La limonada no lleva ninguno.",
    ),
    Cake(
        "Helado de castaña, comprado.",
        ["leche", "castaña", "nata"],
        ["leche"],
        "La castaña no cuenta como fruto seco en la lista oficial, aunque mucha gente lo cree.",
    ),
    Cake(
        "¿En serio? ¿Y la bebida de avena del café?",
        ["avena", "agua", "sal"],
        ["gluten"],
        "En serio. La bebida de avena normal sí lleva gluten, solo la certificada no.",
    ),
    Cake(
        "Bocadillo de atún con mayonesa casera.",
        ["pan de trigo", "atún", "huevo", "mostaza"],
        ["gluten", "pescado", "huevo", "mostaza"],
        "Cuatro. La mostaza de la mayonesa es la que casi nadie declara.",
    ),
    Cake(
        "Última: vino caliente en invierno.",
        ["vino", "naranja", "canela"],
        ["sulfitos"],
        "El vino lleva sulfitos. Con esto está toda la carta.",
    ),
)
