"""Work conversations in Japanese, Chinese, Thai, Arabic, Hebrew and Hindi."""

from chatdata.services.demo.people import ANONG, KENJI, NOA, OMAR, PRIYA, YULAN
from chatdata.services.demo.steps import Ask, Later, Say, Script, When, use
from chatdata.services.demo.tools import (
    ask_question,
    bash_exec,
    create_agent,
    find_agent,
    find_library_agent,
    run_agent,
    run_block,
    view_agent_output,
    web_fetch,
)

PROOFS = Script(
    slug="kousei",
    person=KENJI,
    title="短編集の表記ゆれチェック",
    when=When(days=10, hour=10.2, until=4.6),
    steps=(
        Ask("短編集の原稿で表記ゆれを確認したいです。「子ども」と「子供」、「わかる」と「分かる」が混ざっています。"),
        use(
            bash_exec(
                "grep -o -E '子ども|子供|わかる|分かる' genko/*.txt | sort | uniq -c",
                "     41 genko/01.txt:子ども\n      6 genko/03.txt:子供\n     58 genko/02.txt:わかる\n"
                "     19 genko/04.txt:分かる\n",
            )
        ),
        Say(
            "集計しました。\n\n| 表記 | 件数 |\n|---|---:|\n| 子ども | 41 |\n| 子供 | 6 |\n| わかる"
            " | 58 |\n| 分かる | 19 |\n\n多い方に合わせるなら「子ども」「わかる」です。統一してよろ"
            "しいですか。"
        ),
        Ask("第三話の「子供」は作者の意図なので残してください。「分かる」は直してください。"),
        use(bash_exec("sed -i 's/分かる/わかる/g' genko/04.txt && grep -c 'わかる' genko/04.txt", "19\n")),
        Say("第四話の19か所を「わかる」に直しました。第三話の「子供」6か所はそのままです。"),
        Later(),
        Ask("今日は帯の文案をお願いします。二十字以内で三つ。"),
        Say("1. 雨の夜だけ、店は開く。\n2. 忘れた声が、まだ聞こえる。\n3. 七つの嘘と、ひとつの灯り。"),
        Ask("二番がいいですね。英語にするとどうなりますか。"),
        Say("直訳を避けるなら *“A voice forgotten, still heard.”* はいかがでしょう。"),
        Ask("いいですね。それで行きます。"),
        Say("承知しました。帯の案は二番、英語は “A voice forgotten, still heard.” で確定とします。"),
    ),
)

QUOTES = Script(
    slug="led-quotes",
    person=YULAN,
    title="LED 驱动器报价比较",
    when=When(days=7, hour=14.3),
    credentials=("google",),
    steps=(
        Ask(
            "三家供应商的报价：明川 11.8 元（起订 500）、远桥 10.9 元（起订 2000）、青禾 12.4 元（"
            "起订 100，含运费）。我们每月用 800 个，怎么选？"
        ),
        use(
            run_block("Calculator", {"expression": "800*11.8"}, result=9440.0),
            run_block("Calculator", {"expression": "2000*10.9"}, result=21800.0),
            run_block("Calculator", {"expression": "800*12.4"}, result=9920.0),
        ),
        Say(
            "按每月 800 个计算：\n\n| 供应商 | 首单数量 | 首单金额 | 单价 |\n|---|---:|---:|---:|\n"
            "| 明川 | 800 | 9,440 元 | 11.8 |\n| 远桥 | 2000 | 21,800 元 | 10.9 |\n| 青禾 | 800 | "
            "9,920 元（含运费） | 12.4 |\n\n远桥单价最低，但一次要压两个半月的货。明川的运费是多"
            "少？"
        ),
        Ask("明川运费每单 600 元。"),
        Say(
            "那么明川实际是 10,040 元，比青禾贵 120 元。不想压货的话，**青禾**最划算；能接受库存的"
            "话，远桥每个便宜 1.5 元。"
        ),
        Ask("青禾的质量怎么样？查一下他们的认证。"),
        use(
            web_fetch(
                "https://qinghe-led.example/certificates",
                "青禾照明 质量体系认证 有效期至明年六月 产品：LED 驱动器 6W–60W 保修五年",
            )
        ),
        Say("网站上写明有质量体系认证，明年六月到期，产品保修五年。建议再要一份最近的抽检报告。"),
        Ask("好，帮我写一封邮件索要报告，客气一点。"),
        Say(
            "主题：请提供 LED 驱动器抽检报告\n\n您好：\n\n感谢贵司的报价。我们对 12W 驱动器很感兴"
            "趣，下单前想请您提供一份近半年的抽检报告。如方便，也请告知首批的交货时间。\n\n此致\n陈"
            "雨岚"
        ),
    ),
)

GUESTS = Script(
    slug="guest-house",
    person=ANONG,
    title="ตอบรีวิวของแขก",
    when=When(days=12, hour=9.0),
    steps=(
        Ask("ช่วยตอบรีวิวนี้หน่อยค่ะ: “ห้องสะอาด เจ้าของใจดี แต่เสียงเรือดังตอนเช้า” ให้สี่ดาว"),
        Say("ขอบคุณมากสำหรับรีวิวนะคะ ดีใจที่ชอบห้องพักค่ะ เรื่องเสียงเรือตอนเช้า ครั้งหน้าแจ้งเราได้เลย ห้องฝั่งสวนจะเงียบกว่าค่ะ 🙏"),
        Ask("ดีค่ะ แล้วถ้าเป็นภาษาอังกฤษล่ะคะ"),
        Say(
            "Thank you for your kind review! We're glad you liked the room. About the boats in "
            "the morning: next time just tell us and we'll keep a garden-side room for you, it's "
            "much quieter."
        ),
        Ask("พรุ่งนี้มีแขกเช็คอินกี่ห้องคะ"),
        use(find_library_agent("bookings", ("anong/booking-list", "อ่านรายการจองจากปฏิทิน", 0.0, 52))),
        use(run_agent("anong/booking-list", {"day": "tomorrow"})),
        use(
            view_agent_output(
                "anong/booking-list",
                {
                    "arrivals": [
                        {"room": "ดอกปีบ", "guests": 2},
                        {"room": "ลีลาวดี", "guests": 1},
                        {"room": "บัวหลวง", "guests": 3},
                    ]
                },
            )
        ),
        Say("พรุ่งนี้มีเช็คอินสามห้องค่ะ\n\n- ดอกปีบ: 2 คน\n- ลีลาวดี: 1 คน\n- บัวหลวง: 3 คน"),
    ),
)

RENT = Script(
    slug="rent-reminders",
    person=OMAR,
    title="تذكير المستأجرين بالإيجار",
    when=When(days=15, hour=11.7),
    credentials=("mailgarden",),
    steps=(
        Ask("أريد رسالة قصيرة ومهذبة لتذكير المستأجرين بالإيجار قبل موعده بثلاثة أيام."),
        Say(
            "السلام عليكم،\n\nنذكّركم بأن موعد الإيجار بعد ثلاثة أيام. إن كنتم قد دفعتم فشكرًا لكم "
            "ولا داعي لأي إجراء.\n\nمع التحية،\nعمر الصبري"
        ),
        Ask("ممتاز. هل يمكن إرسالها تلقائيًا في اليوم الثامن والعشرين من كل شهر؟"),
        use(
            find_agent(
                "monthly reminder mail",
                ("quiet-desk/monthly-reminder", "Sends the same mail to a list once a month.", 4.7, 940),
            )
        ),
        use(
            run_agent(
                "quiet-desk/monthly-reminder",
                {"list": "tenants", "subject": "تذكير بموعد الإيجار"},
                cron="0 10 28 * *",
                timezone="Asia/Riyadh",
            )
        ),
        Say("تم: ستُرسل الرسالة في اليوم 28 من كل شهر الساعة 10:00 إلى قائمة `tenants`."),
        Ask("كم مستأجرًا في القائمة؟"),
        use(run_block("CountListMembers", {"list": "tenants"}, count=17)),
        Say("في القائمة 17 مستأجرًا."),
    ),
)

CLINIC = Script(
    slug="clinic-rota",
    person=NOA,
    title="תורים לחיסוני שפעת",
    when=When(days=4, hour=8.3, opened=9.2),
    steps=(
        Ask(
            "אנחנו מתחילים חיסוני שפעת ביום ראשון. יש לנו 6 שעות ביום, 10 דקות לכל אחד, שתי "
            "אחיות. כמה תורים אפשר לקבוע בשבוע של חמישה ימים?"
        ),
        use(run_block("Calculator", {"expression": "6*60/10*2*5"}, result=360)),
        Say(
            "6 שעות × 6 תורים בשעה × 2 אחיות × 5 ימים = **360 תורים** בשבוע. כדאי להשאיר כ־10% "
            "פנוי לאיחורים, כלומר כ־324."
        ),
        Ask("נכון. תכין הודעת SMS קצרה למטופלים."),
        use(ask_question("לפני שאכתוב:", "האם להוסיף קישור להזמנת תור?")),
        Say("האם להוסיף קישור להזמנת תור?"),
        Ask("כן: https://clinic.example/flu"),
        Say("«שלום, חיסוני השפעת במרפאה מתחילים ביום ראשון. לקביעת תור: https://clinic.example/flu . נשמח לראותכם.»"),
        Ask("מעולה, תודה 🌷"),
        Say("בשמחה. ההודעה באורך של פחות מ־120 תווים, כך שתישלח כהודעה אחת או שתיים."),
    ),
)

HELP_PAGE = Script(
    slug="help-page-hindi",
    person=PRIYA,
    title="पासवर्ड रीसेट का सहायता लेख",
    when=When(days=16, hour=15.4),
    steps=(
        Ask("हमारे सहायता केंद्र के लिए पासवर्ड रीसेट का लेख हिन्दी में चाहिए। चार छोटे चरण।"),
        Say(
            "## पासवर्ड कैसे बदलें\n\n1. साइन-इन पेज पर **पासवर्ड भूल गए?** चुनें।\n2. अपना ईमेल लिखें।\n3. ईमेल "
            "में आए लिंक को खोलें। यह 30 मिनट तक चलता है।\n4. नया पासवर्ड लिखें और **सहेजें** चुनें।"
        ),
        Ask("लिंक अब 15 मिनट चलता है। और अंत में सहायता का पता जोड़ें।"),
        Say(
            "तीसरा चरण अब: *ईमेल में आए लिंक को खोलें। यह 15 मिनट तक चलता है।*\n\nअंत में: मदद चाहिए? "
            "help@tidepool.example पर लिखें।"
        ),
        Ask("इसे सहायता केंद्र में डालने वाला एजेंट बना दो।"),
        use(
            create_agent(
                "Help Centre Publisher",
                "Publishes a Markdown article to the help centre as a draft in the given language.",
            )
        ),
        use(run_agent("priya/help-centre-publisher", {"language": "hi", "state": "draft"})),
        use(
            view_agent_output(
                "priya/help-centre-publisher",
                {"url": "https://help.tidepool.example/hi/password-reset", "state": "draft"},
            )
        ),
        Say("लेख ड्राफ़्ट के रूप में है: https://help.tidepool.example/hi/password-reset"),
    ),
)

SCRIPTS = (PROOFS, QUOTES, GUESTS, RENT, CLINIC, HELP_PAGE)
