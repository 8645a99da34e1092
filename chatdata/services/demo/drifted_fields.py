"""Sessions whose copies differ in something other than messages: owner, title, tokens, credentials, runs, times."""

from chatdata.services.demo import faults
from chatdata.services.demo.people import ANONG, DARYA, LUCIA, MARA, PRIYA, TOMAS
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, use
from chatdata.services.demo.tools import bash_exec, find_agent, run_agent, search_docs, view_agent_output, web_fetch

MOVED = Script(
    slug="laundry",
    person=ANONG,
    title="ตารางซักผ้าปูที่นอน",
    when=When(days=2, hour=8.2, opened=10.2),
    steps=(
        Ask("มี 9 ห้อง เปลี่ยนผ้าปูทุก 3 วัน ช่วยทำตารางหนึ่งสัปดาห์ค่ะ"),
        Say(
            "| วัน | ห้อง |\n|---|---|\n| จันทร์ | 1 2 3 |\n| อังคาร | 4 5 6 |\n| พุธ | 7 8 9 |\n| "
            "พฤหัสบดี | 1 2 3 |\n| ศุกร์ | 4 5 6 |\n| เสาร์ | 7 8 9 |"
        ),
        Ask("วันอาทิตย์หยุดใช่ไหมคะ"),
        Say("ใช่ค่ะ วันอาทิตย์หยุด แล้วเริ่มห้อง 1–3 ใหม่วันจันทร์"),
    ),
    fault=faults.moved_account,
    planted=("owner_mismatch",),
)


RENAMED = Script(
    slug="nombre-blend",
    person=LUCIA,
    title="Nueva conversación sobre cafés",
    when=When(days=1, hour=12.0, opened=4.9),
    steps=(
        Ask("Busco un nombre para la mezcla de invierno: avellana, cacao, poca acidez."),
        Say("Cinco ideas: *Brasa*, *Orbayu*, *Nordés*, *Manta*, *Lumbre*."),
        Ask("«Orbayu» es la lluvia fina de aquí, ¿no? Me gusta mucho. ¿Está registrado?"),
        use(web_fetch("https://marcas.example/buscar?q=orbayu", "0 resultados en la clase 30 (café, té, cacao).")),
        Say("En la clase 30 (café) no aparece nadie. Sería bueno confirmarlo con alguien que sepa de marcas."),
    ),
    fault=faults.renamed("Mezcla de invierno: «Orbayu»"),
    planted=("title_drift",),
)


COUNTED_TWICE = Script(
    slug="macro-cleanup",
    person=PRIYA,
    title="Clean up our reply macros",
    when=When(days=0, until=0.6),
    steps=(
        Ask("We have 140 reply macros and half of them say the same. Group them for me?"),
        use(
            bash_exec("python3 similar.py macros.json --threshold 0.85", "31 groups, 84 macros in groups, 56 single\n")
        ),
        Say("31 groups hold 84 macros; 56 stand alone. The largest group is 'password reset' with 9 variants."),
        Ask("Show me those nine, shortest first, only the first words."),
        use(
            bash_exec(
                "python3 similar.py macros.json --group 'password reset' --head 5",
                "Please reset your password via\nYou can reset your password\nTo reset the password, "
                "please\nHi! Resetting works like this:\n(5 more)\n",
            )
        ),
        Say(
            "1. Please reset your password via …\n2. You can reset your password …\n3. To reset "
            "the password, please …\n4. Hi! Resetting works like this: …\n\nand five longer ones. "
            "I'd keep number 4: it's the only one with the 15-minute hint."
        ),
        Ask("Agreed, keep 4."),
        Say("Noted. Next group would be 'refund', with 7 variants."),
    ),
    fault=faults.counted_twice,
    planted=("usage_mismatch",),
)


CONNECTED = Script(
    slug="shop-calendar",
    person=MARA,
    title="Put deliveries into my calendar",
    when=When(days=1, hour=16.4, opened=8.4),
    credentials=("parcelpost",),
    steps=(
        Ask("Can deliveries from Parcelpost show up in my calendar?"),
        use(
            find_agent(
                "deliveries to calendar",
                ("boxline/delivery-calendar", "Writes expected parcels into a calendar.", 4.2, 702),
            )
        ),
        Say(
            "Yes, with **Delivery Calendar**. Parcelpost is connected already; your calendar "
            "isn't. You can connect it on the settings page, and I'll notice."
        ),
        Ask("Later today, on the train."),
        Say("All right. I'll be here."),
    ),
    fault=faults.connected("google"),
    planted=("credentials_drift",),
)


RUNS_COUNTED = Script(
    slug="link-checker",
    person=TOMAS,
    title="Check the wiki for dead links",
    when=When(days=2, hour=10.0, opened=11.1),
    steps=(
        Ask(
            "Go through the wiki and tell me which links are dead. Then keep doing it in the "
            "background until the list is empty."
        ),
        use(
            run_agent("tomas/link-checker", {"start": "https://wiki.brightwater.example/", "repeat_until_clean": True})
        ),
        use(
            view_agent_output(
                "tomas/link-checker", {"checked": 914, "dead": ["/old/vpn", "/old/printers", "/teams/freight"]}
            )
        ),
        Say(
            "914 links checked, three are dead: `/old/vpn`, `/old/printers` and `/teams/freight`. "
            "Link Checker goes on in the background."
        ),
    ),
    fault=faults.run_finished,
    planted=("run_counts_drift",),
)


RECREATED = Script(
    slug="udalennyj-chat",
    person=DARYA,
    title="Формула для среднего чека",
    when=When(days=2, hour=11.0, until=7.9),
    steps=(
        Ask("Какая формула для среднего чека без возвратов?"),
        Say("`(выручка − возвраты) / (заказы − возвращённые заказы)`"),
        Later(),
        Ask("А если возврат частичный?"),
        use(
            search_docs(
                "частичный возврат",
                ("metrika/vozvraty.md", "Частичный возврат уменьшает выручку, но не число заказов."),
            )
        ),
        Say(
            "Тогда вычитается только сумма, а число заказов остаётся: частичный возврат уменьшает "
            "выручку, но не заказы."
        ),
    ),
    fault=faults.saved_after_delete,
    planted=("metadata_drift", "title_drift"),
)


SCRIPTS = (
    MOVED,
    RENAMED,
    COUNTED_TWICE,
    CONNECTED,
    RUNS_COUNTED,
    RECREATED,
)
