"""English words that prompts and gold texts are made of."""

NOUNS = (
    "anchor apple arrow barn basket bell bird blanket boat bottle branch bridge brook candle canyon carpet castle "
    "cloud coat corner cradle cup desert door drum engine farm feather fence field flag flute forest fountain "
    "garden gate glass glove hammer harbor hat hill horn island jacket kettle key kite ladder lake lamp lantern "
    "leaf letter lion market meadow mirror moon mountain needle nest oven paint paper path pencil pillow planet "
    "pond pool rabbit rain ribbon river road rope rose sail saddle school shadow ship shoe silver stone storm stove "
    "street sun table tent thread tiger tower train tree valley violin wagon wall water wheel whistle willow wind "
    "window winter wolf wood"
).split()
VERBS = (
    "becomes bends breaks brings calls carries climbs closes covers crosses drops falls feeds fills finds follows "
    "gives grows guards hears hides holds joins keeps leaves lifts likes meets moves needs opens paints pulls "
    "pushes reaches rests runs sees sends shows sings sleeps stands takes teaches tells touches turns waits walks "
    "wants warms watches"
).split()
ADJECTIVES = (
    "black blue bold brave bright broad calm cheap clean clear cold cool dark deep dry early empty fair fast fine "
    "firm fresh gentle golden gray great green happy hard heavy high hollow honest hot kind large late light little "
    "long loud low modern narrow new noble odd old open pale plain proud quick quiet rare red rich rough round safe "
    "sharp short simple slow small smooth soft solid steep strong sweet tall thick thin tiny warm weak white wide "
    "wild wise young"
).split()
EVERY_WORD = tuple(dict.fromkeys([*NOUNS, *VERBS, *ADJECTIVES]))
