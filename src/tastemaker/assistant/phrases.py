"""What people say in a conversation, as patterns over small letters; ``assistant.reading`` makes actions of them."""

import re

PLEASE = re.compile(
    r"^(?:(?:please|ok|okay|so|and|then|now|well|hm+|oh|yes|yeah|(?:can|could|would|will) you(?: please)?"
    r"|(?:can|could|may) i(?: please)?|why (?:don't|do not) you),?\s+|no(?:,\s*|\s+(?=(?:the|i|show|give|make|my)\b)))+"
    r"|[\s,]+(?:please|thanks)$"
)
CORRECTED = re.compile(
    r"(?:(?:no|nope|sorry|actually|well|wait|hey|but),?\s+)*i (?:said|meant|mean|asked for|did say)[,:]?\s+(?P<what>.+)"
    r"|(?:(?:no|nope|sorry|wait)(?:,\s*|\s+(?=(?:the|not|i|my|make|show|give)\b)))+(?P<no>.+)"
)
NEGATED = re.compile(r"(?:no|don'?t|do not|never)\s+(?P<what>.+)")
PLAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), verb)
    for pattern, verb in (
        (r"undo(?: (?:that|it|this))?|(?:go|take (?:that|it)) back|never ?mind|cancel(?: (?:that|it))?|back", "undo"),
        (r"start (?:over|again|afresh|from scratch)|reset|new search|clear(?: (?:all|everything))?"
         r"|forget (?:everything|all(?: of)?(?: (?:that|it))?|it all)", "start_over"),
        (r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|howdy)(?: there| you| all)?", "greet"),
        (r"(?:forget|drop|remove|ignore|delete|clear|discard|lose|without|never mind|no)(?: about)?"
         r"(?: (?:the|my|that|this))? (?:picture|photo|image)", "forget_picture"),
        (r"(?:no|ok(?:ay)?),? thank(?:s| you)|ok(?:ay)?|(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?"
         r"|thank you.{0,30}|cheers|great|perfect|lovely|bye"
         r"|goodbye|that'?s (?:all|it|great|perfect|fine)", "thank"),
        (r"(?:show |give |see )?(?:me )?(?:some |a few |any )?(?:more|others?|next)(?: (?:of them|ones?|items?|results?"
         r"|options?|like (?:these|those|them|this|that)))?|(?:any|some)thing else|what else(?: .{0,40})?|next page"
         r"|(?:is|are) (?:that|this|these|those|it) (?:all|everything)(?: .{0,30})?",
         "more"),
        (r"what (?:do|have|can|else do) you (?:have|got|sell|offer)(?: .{0,30})?|what(?:'s| is) (?:there|here|new"
         r"|in .{0,20})|(?:show me )?everything|help|what can (?:i|you) .{0,30}|what is this(?: shop)?"
         r"|(?:who|what) are you|are you (?:a |an )?(?:robot|bot|human|person|real|machine|ai)", "browse"),
        (r"(?:show me |what(?:'s| is) on )?my list|(?:show me |what(?:'s| is) in )?my (?:basket|cart|bag)", "list"),
    )
)  # fmt: skip
RECOMMEND = re.compile(
    r"(?:can you |could you |what (?:do|would|can) you )?(?:recommend|suggest)(?: (?:me|us))?(?: (?:something|anything|"
    r"some things|things))?(?: (?:for|to) me)?|surprise me|something for me|what(?:'s| is) good|what suits me|for me"
)
WHY = re.compile(r"(?:but )?why(?: (?:do|did|are|is|would) (?:you |i )?(?:show|showing|see|seeing|recommend)?)?"
                  r"(?: me)?(?: (?P<what>.+?))?(?: (?:shown|here|there))?")  # fmt: skip
WHY_NOT_DO = re.compile(r"(?:but )?why (?:(?:don't|do not) (?:you|we|i)|not (?:show|try|give|find))\b")
GOES_WITH = re.compile(
    r"(?:and )?(?:(?:show|find|give)(?: me)? )?(?:what|which|something|anything|some|things?)(?: \w+){0,4}? "
    r"(?:goes?|pairs?|fits?|match(?:es)?|works?|looks?|wear|combine|put|use)"
    r"(?: (?:well|nicely|good|best|great|together))* with (?P<with>.+)"
    r"|(?:complete|finish)(?: (?:the|this|my|that))? (?:look|outfit|set|room)(?: (?:with|of|for|around) (?P<look>.+))?"
)
COMPARE = re.compile(
    r"compare(?: (?P<what>.+))?|what(?:'s| is) the difference between (?P<between>.+)"
    r"|difference between (?P<of>.+)|how (?:do|are) (?P<differ>.+?) (?:differ|different)(?: from each other)?"
)
LIST = re.compile(
    r"(?:i(?:'ll| will| would like to| want to)? )?(?:add|put|save|keep|take|buy|get)(?: me)? (?P<what>.+?)"
    r"(?: (?:to|on|in|into)(?: my| the)? (?:list|basket|cart|bag|wishlist|wish list))?"
)
UNLIST = re.compile(
    r"(?:remove|take|delete|drop) (?P<what>.+?) (?:from|off)(?: of)?(?: my| the)? (?:list|basket|cart|bag|wish ?list)"
)
EMPTIED = re.compile(
    r"(?:clear|empty|delete|forget|reset|wipe)(?: out)? (?:all of )?(?:my|the) (?:\w+ )?(?:list|basket|cart|bag)"
    r"|(?:remove|take|delete|drop) (?:everything|all|all of (?:it|them)|all (?:the )?(?:items|things)) (?:from|off)"
    r"(?: of)?(?: my| the)? (?:\w+ )?(?:list|basket|cart|bag)"
)
BUDGET = re.compile(
    r"(?:(?:make|raise|lower|set|change|increase) (?:it|that|the (?:budget|limit)|my budget) (?:to )?"
    r"|(?:my |the )?budget(?: is)?(?: now)? |say |up to |rather )"
    r"[€$£]?(?P<most>\d+(?:\.\d+)?)(?: ?(?:€|\$|£|euros?|dollars?|pounds?))?"
    r"|(?:actually )?(?:(?:no|without (?:a )?) ?(?:budget|(?:price )?limit)"
    r"|(?:the )?(?:price|money) is no (?:object|issue))"
)
LIKE = re.compile(r"(?:i )?(?:really |quite |do )?(?:like|love|prefer|enjoy(?:ed)?|liked|loved) (?P<what>.+)")
DISLIKE = re.compile(
    r"(?:i )?(?:really )?(?:do not|don'?t|didn'?t) (?:really )?(?:like|love|want|care for) (?P<what>.+)"
    r"|(?:i )?(?:hate|dislike) (?P<hate>.+)|not (?P<not>(?:the |that|this|it).*)|no(?:t)? (?P<no>that one|this one|it)"
)
SIMILAR = re.compile(
    r"(?:(?:show|give|find)(?: me)? )?(?:(?:some(?:thing)?|any(?:thing)?|one|ones|more|others?|products?|items?) )?"
    r"(?:like|similar to|the same as) (?P<what>.+?)(?:[, ]+(?:but|only|just|except)(?: that is| in)? (?P<change>.+))?"
)
AS_SHOWN = re.compile(r"(?P<what>.+?)[, ]+but (?P<change>.+)")
CHEAPER = re.compile(
    r"(?:(?:show|give|find)(?: me)? )?(?:(?:something|anything|some|ones?|a|much|a bit|a little|slightly) )*"
    r"(?P<way>cheaper|less expensive|more affordable|less pricey|more expensive|pricier|dearer)(?: ones?| items?)?"
    r"(?: than (?P<what>.+))?"
)
TOO_DEAR = re.compile(
    r"(?:(?:that|this|it|they|these|those)(?:'s| is| are|'re) |(?:all|a bit|a little|way|far|much|still|rather|just) )*"
    r"(?:too|so) (?:expensive|pricey|dear|costly)(?: for me)?"
)
NOT_THAT = re.compile(
    r"(?:not|no more|no|without|anything but|another|a different|any other|other than)(?: of)? ?(?P<this>that|this"
    r"|the same)? ?(?P<name>[a-z][a-z _]*)"
)
ANY = re.compile(
    r"(?:any|forget(?: about)?|ignore|remove|drop|never mind) (?:the |that |any )?(?P<name>[a-z0-9][a-z0-9 :_]*?)"
    r"(?: is (?:fine|ok|okay)| will do| does not matter)?|(?P<same>[a-z][a-z _]*) (?:doesn'?t|does not) matter"
)
DRAW = re.compile(
    r"(?:draw|sketch|imagine|picture|visuali[sz]e|(?:show me|what would|how would) (?:what )?(?:it|that|this|they) "
    r"(?:would |could )?look(?:s)? like)(?: (?:me|it|that|this))?(?: (?:a picture of )?(?P<what>.+))?"
)
PHOTO = (
    r"(?:(?:(?:a|an|the|another) )?(?:bigger |larger |better |close-?up )?(?:picture|photo|image|look)s? (?:of|at) )"
)
SHOW = re.compile(
    r"(?:(?:show|give)(?: me| us)?|(?:let me |let's |i(?:'d| would) (?:like|love) to |i want to )?(?:see|look at)|open"
    r"|view|(?:what|how) about|(?:go |and )?back to|zoom(?: in)?(?: on| to)?) (?P<what>.+?)(?: again)?"
)
MUCH = r"(?:(?:all|everything|something|anything|(?:a (?:bit|little) )?more) )?(?:(?:infos?|information|details?) )?"
TELL = re.compile(
    r"(?:(?:tell|show|give|send) (?:me|us) |(?:let me |i want to )?see )?"
    rf"(?:{MUCH}(?:about|on|of) |{PHOTO}|describe |what(?:'s| is) )(?P<what>.+)"
)
ROOM = (
    r"(?:in|into|on|at) (?:my|our|the|a) (?:\w+ )?"
    r"(?:room|home|house|flat|apartment|place|kitchen|bedroom|hall|hallway|office|study|garden|lounge|space|wall)"
)
MAY = r"(?:let me |i(?:'d| would) like to |i want to |how (?:do|can) i )?"
ON_ME = re.compile(
    rf"{MAY}(?:show|see|put|wear|picture|imagine|view|place)(?: me)? (?P<what>.+?) "
    rf"(?:on|on me|on myself|(?P<room>{ROOM}))"
    rf"|{MAY}try (?:on )?(?P<try>.+?)(?: on(?: me)?)?|how (?:would|do|will) i look (?:in|with) (?P<wear>.+)"
    rf"|(?:how|what) (?:does|do|would|will|could) (?P<look>.+?) look (?:like )?(?:on(?: me)?|(?P<there>{ROOM}))"
)
SHRUG = re.compile(
    r"(?:i )?(?:really )?(?:do not|don'?t|dont) (?:really )?(?:care|mind|know)(?: .{0,30})?|no preference"
    r"|(?:any|either|whatever|anything|both|all)(?: (?:one|of them|is (?:fine|ok|good)|will do|works?))?"
    r"|(?:it )?(?:doesn'?t|does not) matter(?: .{0,20})?|not sure|no idea|skip(?: (?:that|it))?|neither"
    r"|none(?: of .{0,20})?|no|nope|pass|up to you"
)
YES = re.compile(r"yes|yeah|yep|yup|sure|ok|okay|right|correct|of course|please do|exactly")
ORDINAL = re.compile(
    r"(?:i (?:like|prefer|want|take|mean) )?(?:the )?(?P<place>first|second|third|fourth|fifth|last|left|right"
    r"|1st|2nd|3rd|4th|5th|one|two|1|2|3|4|5)(?: (?:one|picture|option|is (?:nearer|better|closer)))?"
)
PLACES = {"first": 0, "left": 0, "1st": 0, "one": 0, "1": 0, "second": 1, "right": 1, "2nd": 1, "two": 1, "2": 1,
           "third": 2, "3rd": 2, "3": 2, "fourth": 3, "4th": 3, "4": 3, "fifth": 4, "5th": 4,
           "5": 4, "last": -1}  # fmt: skip
