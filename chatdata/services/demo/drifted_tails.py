"""Sessions whose copies hold different messages."""

from chatdata.services.demo import faults
from chatdata.services.demo.people import ANONG, DANA, LUCIA, MARA, NOA, OMAR, PRIYA, TOMAS, YULAN
from chatdata.services.demo.steps import Ask, Call, Later, Say, Script, When, aborted, uncached, unsaved, use
from chatdata.services.demo.tools import (
    bash_exec,
    create_agent,
    failing,
    find_agent,
    find_library_agent,
    run_agent,
    run_block,
    view_agent_output,
    web_fetch,
)

GHOST = Script(
    slug="deleted-draft",
    person=LUCIA,
    title="Borrador: despedida de Nico",
    when=When(days=0, until=3.4),
    steps=(
        Ask("Nico se va el viernes y quiero leer unas palabras. Tres frases, con cariño y sin ponerme a llorar."),
        Say(
            "«Nico, llegaste para un verano y te quedaste siete años. Has tostado más café del "
            "que vamos a beber nunca. La puerta de atrás sigue sin cerradura: ya sabes lo que "
            "significa.»"
        ),
        Ask("Ay. Vale, sí voy a llorar. ¿Y algo más ligero para la tarjeta?"),
        Say("«Te perdonamos lo de la máquina grande. Casi.»"),
        Ask("Perfecto. Luego borro esta conversación, que a veces me deja el portátil encendido."),
        Say("Buena idea. ¡Que salga bonito el viernes!"),
    ),
    fault=faults.deleted,
    planted=("ghost_session",),
)

DIVERGED = Script(
    slug="warehouse-labels",
    person=PRIYA,
    title="Which customers still use the old API?",
    when=When(days=0, until=1.7),
    steps=(
        Ask("The old API is switched off in May. Which customers called it in the last week?"),
        use(bash_exec("apilog count --version 1 --days 7", "harborline 1204\nsmall-giants 311\npapertrail 8\n")),
        Say("Three: **harborline** (1,204 calls), **small-giants** (311) and **papertrail** (8)."),
        Ask("Draft a mail to each of them with the calls they have to change."),
        aborted(
            use(
                failing(bash_exec("apilog calls --version 1 --customer harborline", ""), "timed out after 30 s"),
                text="Let me list the calls for each customer.",
            ),
            use(
                failing(
                    bash_exec("apilog calls --version 1 --customer harborline --limit 100", ""), "timed out after 30 s"
                ),
                text="That took too long; once more with fewer rows.",
            ),
            Say("I couldn't list the calls, the log service doesn't answer."),
        ),
        unsaved(
            use(
                bash_exec(
                    "apilog summary --version 1 --by customer,path",
                    "harborline /v1/items 1204\nsmall-giants /v1/items 300\nsmall-giants /v1/users 11\n"
                    "papertrail /v1/export 8\n",
                ),
                text="I'll use the summary, it's quicker than the full log.",
            ),
            Say(
                "Only three paths are concerned:\n\n| Customer | Path | New path |\n|---|---|---|\n| "
                "harborline | /v1/items | /v2/items |\n| small-giants | /v1/items, /v1/users | "
                "/v2/items, /v2/members |\n| papertrail | /v1/export | /v2/exports |\n\nThe drafts "
                "are in your outbox."
            ),
        ),
    ),
    planted=("diverged_tail",),
)

LOST_IN_DATABASE = Script(
    slug="boot-sizes",
    person=MARA,
    title="Size chart for the new boots",
    when=When(days=0, until=7.3),
    steps=(
        Ask("Convert these boot sizes to EU for the size chart: UK 4, 5.5, 7, 8.5, 10."),
        use(
            run_block(
                "SizeTable",
                {"system": "UK", "target": "EU"},
                table={"4": 37, "5.5": 38.5, "7": 40.5, "8.5": 42.5, "10": 44.5},
            )
        ),
        Say("| UK | EU |\n|---:|---:|\n| 4 | 37 |\n| 5.5 | 38.5 |\n| 7 | 40.5 |\n| 8.5 | 42.5 |\n| 10 | 44.5 |"),
        unsaved(
            Ask("The maker says they run half a size small. Add that to each row."),
            Say("With half a size more: 37.5, 39, 41, 43 and 45."),
        ),
        Ask("And as text for people who hate tables?"),
        Say("“Between two sizes? Take the larger one. A UK 7 is an EU 41 in this boot.”"),
        Ask("Good. What about US women's sizes?"),
        use(
            run_block(
                "SizeTable",
                {"system": "UK", "target": "US women"},
                table={"4": 6, "5.5": 7.5, "7": 9, "8.5": 10.5, "10": 12},
            )
        ),
        Say("Add two: UK 4 is US 6, up to UK 10, which is US 12."),
    ),
    planted=("missing_in_db",),
)

LOST_IN_CACHE = Script(
    slug="sea-freight",
    person=YULAN,
    title="海运还是铁路？",
    when=When(days=0, until=4.1),
    steps=(
        Ask("两个托盘从宁波到汉堡，海运和铁路各要多久、多少钱？"),
        aborted(
            use(
                failing(find_agent("freight rates"), "rate limited", "Try again in 20 s."),
                text="我先找一个运价查询工具。",
            ),
        ),
        use(
            web_fetch(
                "https://freight.example/quotes?from=ningbo&to=hamburg",
                "Sea LCL: 38 days, 410 USD. Rail LCL: 19 days, 890 USD. 2 pallets.",
            )
        ),
        Say(
            "两个托盘的报价：\n\n| 方式 | 天数 | 价格 |\n|---|---:|---:|\n| 海运 | 38 | 410 美元 "
            "|\n| 铁路 | 19 | 890 美元 |\n\n铁路快一半，价格约为两倍。"
        ),
        Ask("客户五周内要货，从今天算。"),
        Say("五周是 35 天，海运要 38 天，来不及。选**铁路**，还有约两周余量。"),
        Ask("好，就铁路。"),
        Say("建议今天就订舱，并把装箱单提前发给货代。"),
    ),
    planted=("missing_in_cache",),
)

REORDERED = Script(
    slug="backup-note",
    person=TOMAS,
    title="Restore test of the nightly backup",
    when=When(days=0, until=8.2),
    steps=(
        Ask("Start the restore test of last night's backup and tell me what you know about its size meanwhile."),
        use(run_agent("tomas/restore-test", {"backup": "nightly", "target": "scratch-1"})),
        Say(
            "The restore test is running. Meanwhile: the backup is 212 GB, 3 GB more than a week "
            "ago, and took 41 minutes to write."
        ),
        Say("Note from Restore Test: finished after 38 minutes, 1,402 tables, 0 errors."),
        Ask("Zero errors, nice. How long would a real restore take?"),
        Say("About 40 minutes for the data and ten for the indexes, going by this run."),
    ),
    fault=faults.note_saved_first("Note from Restore Test"),
    planted=("reordered",),
)

REDACTED = Script(
    slug="patient-callback",
    person=NOA,
    title="Call-back list for cancelled appointments",
    when=When(days=1, hour=9.4, opened=6.1),
    steps=(
        Ask(
            "Three appointments were cancelled. Make me a call-back list: R. Almog 555-0142 (eye "
            "test), T. Baruch 555-0177 (blood test), S. Carmi 555-0119 (check-up)."
        ),
        Say(
            "Sorted by what can wait least:\n\n1. T. Baruch – blood test\n2. S. Carmi – check-up\n"
            "3. R. Almog – eye test"
        ),
        Ask("Which slots are free tomorrow?"),
        use(
            run_agent("noa/free-slots", {"day": "tomorrow"}),
            find_library_agent("slots", ("noa/free-slots", "Lists free appointments of a day.", 0.0, 210)),
        ),
        use(view_agent_output("noa/free-slots", {"free": ["08:40", "11:20", "15:00"]})),
        Say("8:40, 11:20 and 15:00. Blood tests are best before breakfast, so 8:40 for T. Baruch."),
    ),
    fault=faults.rewritten(
        "555-0142 (eye test), T. Baruch 555-0177 (blood test), S. Carmi 555-0119",
        "[phone] (eye test), T. Baruch [phone] (blood test), S. Carmi [phone]",
    ),
    planted=("content_changed",),
)

SENT_TWICE = Script(
    slug="plumber",
    person=OMAR,
    title="سبّاك للشقة رقم 7",
    when=When(days=0, until=9.9),
    steps=(
        Ask("المستأجر في الشقة 7 يقول إن الصنبور يسرّب. ابحث لي عن سبّاك متاح اليوم."),
        use(
            web_fetch(
                "https://plumbers.example/today", "متاح اليوم: ورشة النهر (بعد الثالثة)، ورشة الميناء (غدًا صباحًا)."
            )
        ),
        Say("متاح اليوم: **ورشة النهر** بعد الساعة الثالثة. ورشة الميناء غدًا صباحًا."),
        Ask("احجز ورشة النهر الساعة الرابعة من فضلك."),
        use(run_agent("omar/book-visit", {"workshop": "ورشة النهر", "time": "16:00", "flat": 7})),
        Say("تم الحجز: ورشة النهر الساعة 16:00، الشقة 7."),
    ),
    fault=faults.sent_twice("احجز"),
    planted=("duplicate_message",),
    lint=("consecutive_users",),
)

CUT_EMOJI = Script(
    slug="cut-emoji",
    person=ANONG,
    title="แปลโพสต์ของคู่แข่ง",
    when=When(days=0, until=5.2),
    steps=(
        Ask("เปิดหน้านี้ให้หน่อยค่ะ https://riverhouse.example/news แล้วสรุปให้ฟัง"),
        use(
            Call(
                "web_fetch",
                {"url": "https://riverhouse.example/news", "extract_text": True},
                {
                    "type": "web_fetch",
                    "message": "Fetched the first 60 characters.",
                    "url": "https://riverhouse.example/news",
                    "status_code": 200,
                    "content_type": "text/html",
                    "content": "New: breakfast on the boat, every Sunday from seven 🛶 \ud83d",
                },
            )
        ),
        Say("เขาเปิดบริการใหม่ค่ะ: อาหารเช้าบนเรือทุกวันอาทิตย์ ตั้งแต่เจ็ดโมง"),
        Ask("ราคาเท่าไหร่คะ"),
        Say("หน้าที่เปิดได้ถูกตัดไว้ที่ 60 ตัวอักษร เลยยังไม่เห็นราคาค่ะ"),
    ),
    planted=("content_changed",),
)

JOB_NOTE = Script(
    slug="survey-export",
    person=DANA,
    title="Survey: clean and export",
    when=When(days=3, hour=10.5, until=2.9),
    steps=(
        Ask("Clean the survey (412 answers): drop duplicates and people who took under a minute."),
        use(
            bash_exec("python3 clean.py survey.csv --min-seconds 60", "412 read, 9 duplicates, 21 too fast, 382 kept\n")
        ),
        Say("**382** of 412 answers are left: 9 were duplicates, 21 took under a minute."),
        Later(),
        Ask("Export it for the statistics people and tell me when it's there."),
        use(
            create_agent("Survey Export", "Exports survey.csv with a codebook to the shared folder."),
            run_agent("dana/survey-export", {"file": "survey.csv", "codebook": True}),
        ),
        Say("The export is running; a note will appear here when it's there."),
        Later(hours=0.4),
        uncached(Say("Note from Survey Export: survey-382.zip with codebook is in the shared folder (1.9 MB).")),
    ),
    fault=faults.noted_later,
    planted=("stale_cache",),
)

SCRIPTS = (
    GHOST,
    DIVERGED,
    LOST_IN_DATABASE,
    LOST_IN_CACHE,
    REORDERED,
    REDACTED,
    SENT_TWICE,
    CUT_EMOJI,
    JOB_NOTE,
)
