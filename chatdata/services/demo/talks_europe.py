"""Work conversations in German, Spanish and Russian: bookkeeping, a café, a table of customers."""

from chatdata.services.demo.outputs import income_by_city, signup_table
from chatdata.services.demo.people import DARYA, JONAS, LUCIA
from chatdata.services.demo.series import cake_steps, invoice_steps
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, use
from chatdata.services.demo.tokens import ONE_TASK
from chatdata.services.demo.tools import (
    add_understanding,
    bash_exec,
    create_agent,
    failing,
    find_agent,
    run_agent,
    run_block,
    view_agent_output,
    web_fetch,
)

INVOICES = Script(
    slug="rechnungsabgleich",
    person=JONAS,
    title="Rechnungen mit Zahlungen abgleichen",
    when=When(days=8, hour=8.4),
    credentials=("ledgerly",),
    steps=invoice_steps(),
    prompts=ONE_TASK,
)

REMINDERS = Script(
    slug="mahnwesen",
    person=JONAS,
    title="Freundliche Zahlungserinnerung",
    when=When(days=14, hour=11.3),
    steps=(
        Ask(
            "Schreib bitte eine Zahlungserinnerung an die Tischlerei Brömel, Rechnung 2318 über "
            "1.240,00 €, seit 12 Tagen fällig. Freundlich, die sind Stammkunden."
        ),
        Say(
            "**Betreff:** Kurze Erinnerung an Rechnung 2318\n\nGuten Tag Frau Brömel,\n\nsicher "
            "ist es im Tagesgeschäft untergegangen: Rechnung 2318 über 1.240,00 € war vor zwölf "
            "Tagen fällig. Könnten Sie sie in den nächsten Tagen ausgleichen? Falls die Zahlung "
            "schon unterwegs ist, betrachten Sie diese Zeilen bitte als gegenstandslos.\n\n"
            "Herzliche Grüße\nJonas Weidner, Weidner Holzbau"
        ),
        Ask("„gegenstandslos“ klingt nach Amt. Geht das netter?"),
        Say("Zum Beispiel: *„Falls Sie schon überwiesen haben: vielen Dank, dann hat sich das hier erledigt.“*"),
        Ask("Viel besser. Kannst du solche Erinnerungen künftig selbst nach 10 Tagen vorschlagen?"),
        use(
            create_agent(
                "Zahlungserinnerung",
                "Prüft täglich offene Rechnungen, die seit 10 Tagen fällig sind, und legt einen "
                "freundlichen Entwurf an.",
            )
        ),
        use(
            run_agent(
                "jonas/zahlungserinnerung",
                {"tage": 10, "versand": "nur Entwurf"},
                cron="0 7 * * 1-5",
                timezone="Europe/Berlin",
            )
        ),
        Say("Eingerichtet: werktags um 7:00 Uhr. Es wird nie etwas verschickt, nur ein Entwurf angelegt."),
    ),
)

TRAVEL = Script(
    slug="reisekosten",
    person=JONAS,
    title="Reisekosten Messe Nürnberg",
    when=When(days=0, until=8.9),
    steps=(
        Ask(
            "Messe Nürnberg, drei Tage, 412 km mit dem eigenen Auto hin und zurück zusammen, zwei "
            "Nächte à 118 €, Parken 36 €. Was kann ich ansetzen?"
        ),
        use(
            run_block("Calculator", {"expression": "412*0.30 + 2*118 + 36"}, result=395.6),
            run_block("Calculator", {"expression": "14 + 28 + 14"}, result=56),
        ),
        Say(
            "| Posten | Betrag |\n|---|---:|\n| Fahrt 412 km × 0,30 € | 123,60 € |\n| Hotel 2 × "
            "118 € | 236,00 € |\n| Parken | 36,00 € |\n| Verpflegung 14 + 28 + 14 | 56,00 € |\n| "
            "**Summe** | **451,60 €** |\n\nFrühstück im Hotelpreis würde die Verpflegung kürzen. "
            "War es dabei?"
        ),
        Ask("Ja, beide Tage."),
        Say("Dann gehen je Frühstück 5,60 € ab: 56,00 − 11,20 = **44,80 €**, zusammen also **440,40 €**."),
        Ask("Danke, reicht."),
        Say("Gern. Belege für Hotel und Parken bitte dazulegen."),
    ),
)

CAMPAIGN = Script(
    slug="campana-otono",
    person=LUCIA,
    title="Campaña de otoño en redes",
    when=When(days=13, hour=10.1, opened=7.7),
    credentials=("instagrid",),
    steps=(
        Ask(
            "¡Hola! Lanzamos el café de castaña el jueves. Necesito tres publicaciones para "
            "redes: una de intriga, una de lanzamiento y una con receta."
        ),
        use(
            add_understanding(
                negocio="Café Ondina, tostador pequeño en Gijón", tono="cercano, sin exclamaciones de más"
            )
        ),
        Say(
            "Aquí van:\n\n1. **Intriga** (martes): «Algo se está tostando y no es solo café. El "
            "jueves lo cuentas tú.» 🌰\n2. **Lanzamiento** (jueves): «Café de castaña. Tostado en "
            "Gijón, poquito a poco. Hasta que se acabe.»\n3. **Receta** (sábado): «Doble de "
            "castaña, leche muy fría, una pizca de sal. De nada.»"
        ),
        Ask("La segunda me encanta. La primera… ¿«lo cuentas tú»? No lo entiendo."),
        Say("Tienes razón, es confuso. Mejor: «Algo se está tostando y no es solo café. El jueves, en barra.»"),
        Ask("Esa sí. Prográmalas a las 9:30."),
        use(
            find_agent(
                "social media scheduler", ("pixelfarm/post-planner", "Plans posts for several networks.", 4.4, 5210)
            )
        ),
        use(
            run_agent(
                "pixelfarm/post-planner",
                {"text": "Algo se está tostando y no es solo café. El jueves, en barra.", "day": "tuesday"},
                cron="30 9 * * 2",
                timezone="Europe/Madrid",
            ),
            run_agent(
                "pixelfarm/post-planner",
                {"text": "Café de castaña. Tostado en Gijón, poquito a poco. Hasta que se acabe.", "day": "thursday"},
                cron="30 9 * * 4",
                timezone="Europe/Madrid",
                run=2,
            ),
            failing(
                run_agent(
                    "pixelfarm/post-planner",
                    {"text": "Doble de castaña, leche muy fría, una pizca de sal. De nada.", "day": "saturday"},
                    cron="30 9 * * 6",
                    timezone="Europe/Madrid",
                ),
                "plan limit reached",
                "The free plan schedules two posts a week.",
            ),
        ),
        Say(
            "Martes y jueves quedan programadas a las 9:30. La del sábado **no**: el plan "
            "gratuito solo admite dos publicaciones por semana. ¿La subes tú a mano?"
        ),
        Ask("Sí, el sábado la subo yo. ¡Gracias!"),
        Say(
            "Perfecto. Te dejo el texto listo para copiar:\n\n> Doble de castaña, leche muy fría, "
            "una pizca de sal. De nada."
        ),
    ),
)

MENU = Script(
    slug="carta-alergenos",
    person=LUCIA,
    title="Alérgenos de la carta",
    when=When(days=22, hour=16.2),
    steps=(
        Ask(
            "Tengo que poner los alérgenos en la carta. ¿Qué lleva cada cosa? Tarta de almendra "
            "(huevo, almendra, mantequilla), bizcocho (huevo, trigo, yogur), galleta de avena "
            "(avena, mantequilla, nuez)."
        ),
        Say(
            "| Producto | Gluten | Huevo | Leche | Frutos secos |\n|---|:-:|:-:|:-:|:-:|\n| Tarta "
            "de almendra | – | ✔ | ✔ | ✔ |\n| Bizcocho | ✔ | ✔ | ✔ | – |\n| Galleta de avena | ✔ "
            "| – | ✔ | ✔ |\n\nLa avena cuenta como cereal con gluten salvo que sea certificada."
        ),
        Ask("La nuestra es certificada."),
        use(
            web_fetch(
                "https://avena-norte.example/certificado", "Avena sin gluten, menos de 20 mg/kg. Certificado vigente."
            )
        ),
        Say(
            "Entonces puedes quitar «gluten» de la galleta y poner *avena certificada sin "
            "gluten*. Ojo con la contaminación si se hornea junto al bizcocho."
        ),
        Ask("Se hornea junto 😬"),
        Say("En ese caso déjalo como **«puede contener trazas de gluten»**. Es lo más seguro."),
        *cake_steps(),
    ),
    prompts=ONE_TASK,
)

_SIGNUPS = signup_table(360)
_CITIES = income_by_city(_SIGNUPS)
_CITY_TABLE = "| Город | Доход, ₽ |\n|---|---:|\n" + "\n".join(f"| {city} | {income} |" for city, income, _ in _CITIES)
_MOST_TEAMS = max(_CITIES, key=lambda item: item[2])

SIGNUPS = Script(
    slug="novye-klienty",
    person=DARYA,
    title="Новые клиенты за месяц",
    when=When(days=5, hour=12.4),
    steps=(
        Ask(
            "Выгрузила новых клиентов за месяц. Посмотри, пожалуйста, нет ли странностей, и посчитай доход по городам."
        ),
        use(bash_exec("cat signups.csv", _SIGNUPS), text="Открываю таблицу."),
        Say(
            "В таблице 360 строк. Две странности:\n\n- примерно у трёх процентов строк не указан "
            "город;\n- у тарифа `basic` оплата всегда 0, то есть это бесплатный тариф.\n\nСчитать "
            "города без названия отдельной строкой?"
        ),
        Ask("Да, как «не указан»."),
        use(
            bash_exec(
                "python3 by_city.py signups.csv --empty 'не указан'",
                "".join(f"{city} {income}\n" for city, income, _ in _CITIES),
            )
        ),
        Say(_CITY_TABLE),
        Ask("А где чаще всего берут тариф team?"),
        use(
            bash_exec(
                "python3 by_city.py signups.csv --count --plan team",
                "".join(f"{city} {teams}\n" for city, _, teams in _CITIES),
            )
        ),
        Say(f"Чаще всего: {_MOST_TEAMS[0]}, {_MOST_TEAMS[2]} за месяц."),
        Ask("Спасибо, ёмко."),
        Say("Пожалуйста! Если нужно, соберу это в еженедельный отчёт."),
    ),
)

WEEKLY = Script(
    slug="nedelnyj-otchet",
    person=DARYA,
    title="Еженедельный отчёт для отдела",
    when=When(days=18, hour=9.5),
    steps=(
        Ask("Сделай агента, который по понедельникам присылает нам сводку: новые клиенты, отток, доход."),
        use(
            create_agent(
                "Сводка недели",
                "По понедельникам собирает новых клиентов, отток и доход и отправляет сводку в чат отдела.",
            )
        ),
        use(run_agent("darya/weekly-digest", {"chat": "analytics"})),
        use(view_agent_output("darya/weekly-digest", {"new": 84, "churn": 12, "revenue": 231540})),
        Say("Пробный запуск: **84** новых, **12** ушли, доход **231 540 ₽**. Ставить расписание на понедельник, 9:00?"),
        Later(),
        Ask("Ставь, но отток показывай в процентах."),
        use(
            run_agent(
                "darya/weekly-digest",
                {"chat": "analytics", "churn": "percent"},
                cron="0 9 * * 1",
                timezone="Europe/Moscow",
            )
        ),
        Say("Готово: понедельник, 9:00 по Москве, отток в процентах."),
    ),
)

SCRIPTS = (INVOICES, REMINDERS, TRAVEL, CAMPAIGN, MENU, SIGNUPS, WEEKLY)
