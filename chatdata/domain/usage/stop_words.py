"""Words that say nothing about the subject of a title, such as "the", in the languages that titles are written in.

They are in lower case and separated as titles are, so "don't" stands here as "don" and "t". A word that is frequent in
one language but names a subject in English ("war", "man", "AI", "OS") is not in the list of the other language.
"""

_BY_LANGUAGE = {
    "English": (
        "a about above after again against all also am an and any are aren as at be because been before being below"
        " between both but by can cannot could couldn d did didn do does doesn doing don down during each few for"
        " from further get got had hadn has hasn have haven having he her here hers him his how i if in into is isn"
        " it its just ll m me more most my no nor not now of off on once only or other our ours out over own please"
        " re s same she should shouldn so some such t than that the their theirs them then there these they this"
        " those through to too under until up us ve very via vs was wasn we were weren what when where which while"
        " who whom whose why will with without won would wouldn you your yours"
    ),
    "German": (
        "aber alle allem allen aller alles als am an ander andere anderen auch auf aus bei beim bis bitte da damit"
        " dann das dass daß dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch"
        " dort du durch ein eine einem einen einer eines er es etwas euch euer für gegen haben hatte hier ich ihm"
        " ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann kein keine keinen"
        " können mein meine meinem meinen meiner mich mir mit nach nicht noch nun nur ob oder ohne sehr sein seine"
        " seinem seinen seiner sich sie sind so soll über um und uns unser unsere unter vom von vor wann warum was"
        " weil welche welcher wenn wer werden wie wieder wir wird wo wurde zu zum zur zwischen"
    ),
    "Spanish": (
        "a al algo algunos ante aquí así como con contra cual cuando cuándo cuál de del desde donde dónde durante e"
        " el él ella ellos en entre es esa ese eso esta está este esto estos estas están fue ha hasta hay la las le"
        " les lo los más me mi mis mí mucho muy ni no nos nosotros nuestra nuestro o otra otro para pero poco por"
        " porque qué que quien quién se según ser si sí sin sobre su sus también tan te tiene todo todos tu tus tú"
        " un una uno unos unas y ya yo"
    ),
    "French": (
        "à au aux avec ce ces cet cette comme comment d dans de des donc du elle elles en entre est et être eux il"
        " ils j je l la le les leur leurs lui ma mais me même mes moi mon n ne nos notre nous on ont ou où par pas"
        " pendant plus pour pourquoi qu quand que quel quelle quels quelles qui s sa sans se ses si sont sous sur t"
        " ta te tes toi ton tous tout toute toutes très tu un une vers vos votre vous y"
    ),
    "Italian": (
        "agli al alla alle allo anche che chi come con cosa da dai dal dalla dalle de degli dei del della delle"
        " dello di dove e è ed fra gli ha hanno i il in la le lei li lo loro lui ma mi mia mio ne nei nel nella"
        " nelle noi nostro o per perché più quale quando quello questa queste questi questo se si sono sta su sua"
        " sui sul sulla suo ti tra tu tutti un una uno vi voi"
    ),
    "Portuguese": (
        "a à ao aos as às até com como da das de dela dele do dos e é ela ele em entre essa esse esta está este eu"
        " foi há isso isto já lhe mais mas me meu minha muito na não nas nem no nos nós nossa nosso o ou para pela"
        " pelo por porque qual quando que quem se sem ser seu sua são também te tem um uma umas uns você"
    ),
    "Dutch": (
        "aan al als bij dan dat de deze die dit door dus een en er geen had heb hebben heeft het hij hoe hun iets"
        " ik in is ja je jij jou kan kunnen maar me meer met mij mijn moet na naar niet nog nu of om omdat onder ons"
        " onze ook op over te tegen tot u uit uw van veel voor waar waarom wat we wel welke wie wij worden wordt ze"
        " zich zij zijn zo zonder zou"
    ),
    "Swedish": (
        "alla allt än att av bara blev bli blir de dem den denna deras dess det detta din dina ditt du då där efter"
        " ej eller en er ert ett från för ha hade han hans har henne hennes hon honom hur här i icke in ingen inom"
        " inte jag ju kan kunde med mellan mig min mina mitt mot mycket ni nu någon något några när och om oss på"
        " samma sedan sig sin sina själv skulle som så sådan till under upp ut utan vad var vara varför varje vem vi"
        " vid vilka vilken vilket vår våra vårt åt är över"
    ),
    "Danish and Norwegian": (
        "af alle at av blev blir da de deg dem den denne der deres det dette din dine disse du efter eller en er et"
        " etter for fra få ham han hans har hendes her hun hva hvad hvem hver hvilken hvor hvordan hvorfor hvis i"
        " ikke ikkje inn jeg kan kunne lige med meg mellem mellom mig min mot når nu og også om op oss over på seg"
        " sig sin sine skal skulle som så til ud uden under uten ut vi vil være vår"
    ),
    "Finnish": (
        "ei eli en ennen että hän he ja jo joka jos jossa kanssa kaikki ketä koska kuin kuinka kun kuka me mikä"
        " mitä miksi minun minä missä miten mutta myös ne niin noin nyt ole oli olla on ovat sekä se sen siitä sinä"
        " sitä tai tämä tämän te vain voi"
    ),
    "Polish": (
        "a albo ale bardzo bez by być co czy czyli dla do gdy gdzie i ich ile im ja jak jako jaki je jego jej jest"
        " jeszcze już kiedy kto która które który lub ma mi między mnie może my na nad nie niż o od oraz po przed"
        " przez przy są się ta tak także tam te tego tej to tu ty tylko tym w we więc wszystko z za ze że"
    ),
    "Russian": (
        "а без бы был была были было в вам вас во вот все всё вы где да для до его ее её если есть ещё еще же за и"
        " из или им их к как какой ко когда кто ли мне можно мой мы на над нам нас не него нет ни но о об он она они"
        " от очень по под почему при про с со так также там то только тот ты у уже чем что чтобы эта эти это этот я"
    ),
    "Turkish": (
        "ama bana bazı ben beni bir biz bu çok da daha de değil diye en gibi hem hep her hiç için ile ise kadar ki"
        " kim mi mı mu mü nasıl ne neden nerede o olan olarak sen siz şu var ve veya ya yok"
    ),
}

STOP_WORDS: frozenset[str] = frozenset(word for words in _BY_LANGUAGE.values() for word in words.split())
