"""English word lists of the attribution and accusation grammar. Base forms; `forms` inflects them."""

from __future__ import annotations

from schemas.claims import Stance

_IRREGULAR = {
    "say": ("says", "said", "said", "saying"),
    "tell": ("tells", "told", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "think": ("thinks", "thought", "thought", "thinking"),
    "find": ("finds", "found", "found", "finding"),
    "show": ("shows", "showed", "shown", "showing"),
    "see": ("sees", "saw", "seen", "seeing"),
    "hold": ("holds", "held", "held", "holding"),
    "make": ("makes", "made", "made", "making"),
    "read": ("reads", "read", "read", "reading"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
    "forecast": ("forecasts", "forecast", "forecast", "forecasting"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "decry": ("decries", "decried", "decried", "decrying"),
    "admit": ("admits", "admitted", "admitted", "admitting"),
    "rebut": ("rebuts", "rebutted", "rebutted", "rebutting"),
    "vow": ("vows", "vowed", "vowed", "vowing"),
    "slam": ("slams", "slammed", "slammed", "slamming"),
    "regret": ("regrets", "regretted", "regretted", "regretting"),
    "quip": ("quips", "quipped", "quipped", "quipping"),
    "rap": ("raps", "rapped", "rapped", "rapping"),
}


def inflected(base: str) -> tuple[str, str, str, str]:
    """Third person, past, past participle and -ing form of an English verb."""
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    if base.endswith("e"):
        return base + "s", base + "d", base + "d", base[:-1] + "ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies", base[:-1] + "ied", base[:-1] + "ied", base + "ing"
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return third, base + "ed", base + "ed", base + "ing"


def words(*lines: str) -> frozenset[str]:
    """The words of some lines, as a set."""
    return frozenset(word for line in lines for word in line.split())


# Verbs whose subject nearly always speaks, with a clause or a quotation as what is said.
SAYING = words(
    "say tell add state claim insist argue assert stress emphasise emphasize maintain reply quip remark",
    "contend allege reiterate assure lament acknowledge concede explain comment observe tweet",
)
# Verbs that may report speech, deeds or thoughts: the classifier decides whether someone speaks.
REPORTING = words(
    "announce report warn call urge ask declare note confirm suggest predict forecast estimate believe think fear hope",
    "accuse blame charge condemn denounce criticise criticize slam decry deplore rap deny reject refute dismiss dispute",
    "rebut repudiate vow pledge promise threaten demand propose express regret complain reveal disclose indicate show",
    "find describe characterise characterize brand label hail praise welcome write cite quote recommend expect appeal",
    "point conclude continue admit respond recall repeat underline underscore highlight doubt question foresee swear",
    "tell wonder advise caution alert testify tout echo defend call hold rule order read joke",
)
# Only beside a quotation or before a clause: their other senses are commoner.
NEEDS_CLAUSE = words(
    "continue show find read hold point see order rule express recall label brand make charge question respond repeat",
    "highlight defend describe describe write joke",
)
STANCES = {
    **dict.fromkeys(words("deny reject refute dismiss rebut repudiate"), Stance.DENIES),
    **dict.fromkeys(words("doubt question dispute"), Stance.DOUBTS),
    **dict.fromkeys(words("report cite quote show find indicate reveal estimate"), Stance.REPORTS),
}
# Forms that are as often nouns: a verb only with a subject before them that can't be their adjective.
NOUN_LIKE = words("claims reports calls notes estimates shows states charges hopes fears doubts questions demands orders",
                   "promises threatens pledges vows forecasts labels brands rules quotes points claim report call note state",
                   "charge hope fear doubt question demand order promise pledge vow forecast comment remark appeal praise",
                   "comments remarks appeals welcome estimate expects alert rule show read dispute blame quote")  # fmt: skip

PRONOUNS = words("he she they it")
FIRST_PERSON = words("i we you us me")
RELATIVE = words("who which that whom")
AUXILIARIES = words("has have had is are was were been be being did does do")
BE = words("is are was were been be being")
NEGATIONS = words("not never neither nor cannot n't")
MODALS = words("to will would can could may might must shall should cannot")
DETERMINERS = words("the a an this that these those its his her their our some several many")
ADVERBS = words(
    "also later earlier then now again today yesterday tomorrow recently previously once already still further repeatedly",
    "meanwhile however too soon thus even just always often never not only have has had is are was were been did does do",
    "n't both all jointly",
)
DAYS = words("monday tuesday wednesday thursday friday saturday sunday today yesterday")
TIME_NOUNS = words("week month year morning afternoon evening night weekend hour day time days weeks months years")
# Words that end a subject when one walks left from its verb.
BOUNDARIES = words(
    "that but while as when because since after before if although though where whereas which who whose so because until",
    "unless whether than yet",
)
# Words that end a subject that stands after its verb.
AFTER_SUBJECT = words(
    "in on at during after before as when while that who which to by from with for about following through via late",
    "early earlier later but adding and because if speaking",
)
PREPOSITIONS = words(
    "in on at during after before by from with for about of to against over under between into through within amid",
    "near inside outside towards toward since until",
)

# Nouns for people by their office: "the minister said" is someone named before.
OFFICES = words(
    "president minister premier chancellor king queen prince secretary ambassador envoy spokesman spokeswoman",
    "spokesperson governor senator lawmaker mayor general commander colonel admiral chief leader diplomat official",
    "chairman chairwoman chair director head judge prosecutor lawyer professor analyst expert politician candidate",
    "congressman congresswoman deputy commissioner author researcher scientist coach activist pope bishop officer",
    "statesman adviser advisor economist journalist ruler dictator",
)

# What introduces a blamed actor. Verb: the actor is its object.
ACCUSING = words(
    "accuse blame condemn denounce criticise criticize slam decry charge castigate lambast berate rebuke indict arraign",
    "convict sue sanction chastise implicate incriminate fault",
)
# Of these the object is more often a deed.
CONDEMNING = words("condemn denounce criticise criticize slam decry castigate sanction")
# "is accused of": the actor is the subject of the passive.
ACCUSED = words(
    "accused blamed charged convicted suspected indicted condemned criticised criticized sentenced implicated"
)
# What the law does to the accused: as a passive its subject is the target, in the active its object.
ARRESTED = words("arrested detained jailed imprisoned convicted sentenced charged indicted extradited prosecuted fined")
# Irregular verbs of deeds, and verbs in the present that accusations use.
DEEDS = words(
    "shot struck hit fought stole took sent broke beat burnt hid lied led fed sold bought held kept knew paid put ran",
    "wants keeps continues uses hides lies takes kills supports threatens fuels violates ignores refuses seeks tries wages",
    "want keep continue use hide lie take kill support threaten fuel violate ignore refuse seek try wage",
)
# "blamed X on NATO", "charges against NATO", "responsibility lies with NATO".
ACCUSATION_NOUNS = words(
    "accusation accusations allegation allegations charge charges complaint claims evidence sanctions"
)

PREDICTING = words(
    "will would shall could may might expected likely threaten threatens threatened forecast predict predicted"
)
HEDGES = words(
    "reportedly allegedly alleged purportedly purported apparently supposedly presumably possibly perhaps suspected",
    "may might seemingly ostensibly unconfirmed probably",
)
HEDGE_PHRASES = (
    ("believed", "to"), ("thought", "to"), ("said", "to"), ("reported", "to"), ("appears", "to"), ("seems", "to"),
    ("appear", "to"), ("seem", "to"), ("is", "believed"), ("are", "believed"),
)  # fmt: skip


def forms(bases: frozenset[str]) -> dict[str, tuple[str, str]]:
    """Every form of the verbs to (base, kind); kind is `base`, `third`, `past`, `participle` or `ing`.

    Past and participle share a form in regular verbs: the kind is then `past`.
    """
    found: dict[str, tuple[str, str]] = {}
    for base in sorted(bases):
        third, past, participle, ing = inflected(base)
        for form, kind in ((participle, "participle"), (past, "past"), (third, "third"), (ing, "ing"), (base, "base")):
            found[form] = (base, kind if form != base or kind == "base" else "past")
    return found


SPEECH_FORMS = forms(SAYING | REPORTING)
ACCUSING_FORMS = forms(ACCUSING)
