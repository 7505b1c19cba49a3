"""Titles, descriptions and safety texts."""

from __future__ import annotations

from hostile.case import Said, bad, good

SIXTY = "Talerz płytki biały porcelanowy do kawy i herbaty, 24 cm, ok"  # 60 characters
EIGHT_ENTITIES = "Talerz A&B C&D E&F biały porcelanowy do kawy i herbaty oraz ciasta ok"  # 69 characters

TITLES = [
    bad("title: too short", "D503", "title", "at least 12", title="Kubek a b"),
    bad("title: two words", "D503", "title", "at least 3", title="Talerzporcelanowy biały"),
    bad("title: a word of 31", "D503", "title", "a word of 31", title=f"Talerz biały {'x' * 31}"),
    good("title: a word of 30", title=f"Talerz biały {'x' * 30}"),
    good("title: 12 characters", title="Kubek a b cd"),
    good("title: 75 characters", title=f"{SIXTY} razem tak oto"),
    bad("title: 76 characters", "D503", "title", "at most 75", title=f"{SIXTY} razem tak oto i"),
    good("title: 75 when escaped", title="Talerz A&B biały porcelanowy do kawy i herbaty oraz do ciasta tak"),
    good("title: more when escaped", Said("D535", "title", "81"), title=EIGHT_ENTITIES),
    good("title: quotes when escaped", Said("D535", "title", ""), title=f"'Talerz 24\" i 12\" i 8\" {'porcelanowy ' * 4}do'"),
    good("title: signs of size", Said("D535", "title", ""), title=f"'Talerz <24 cm> {'porcelanowy ' * 4}do kawy x'"),
    good("title: spaces in between", title='"Talerz   płytki\\tbiały  porcelanowy"'),
    good("title: hard spaces", title='"Talerz\\u00a0płytki\\u00a0biały porcelanowy"'),
    good("title: decomposed", title='"Talerz bia\\u0142y z uchem o\\u0301semka"'),
    good("title: a zero-width space", Said("D533", "title", "U+200B"), title='"Talerz płytki\\u200b biały"'),
    good("title: a byte order mark", Said("D533", "title", "U+FEFF"), title='"\\ufeffTalerz płytki biały"'),
    good("title: a soft hyphen", Said("D533", "title", "U+00AD"), title='"Talerz por\\u00adcelanowy biały"'),
    good("title: right to left", Said("D533", "title", "U+202E"), title='"Talerz \\u202eplytki biały"'),
    good("title: joined signs", title='"Talerz \\U0001f468\\u200d\\U0001f469 biały płytki"'),
    bad("title: an escape for a terminal", "D107", "title", "control", title='"Talerz \\e[31m biały płytki"'),
    bad("title: half a character", "D105", "title", "", title='"Talerz \\ud800 biały płytki"'),
    bad("title: empty", "D208", "title", "empty", title='""'),
    bad("title: spaces only", "D503", "title", "0 characters", Said("D503", "title", "0 words"), title='"   "'),
    bad("title: nothing", "D206", "title", "null", title=""),
    bad("title: a list", "D206", "title", "a list", title="[a, b, c]"),
    bad("title: a number", "D503", "title", "at least 3", title="5901234123464"),
    bad("title: true", "D503", "title", "4 characters", Said("D503", "title", "1 word"), title="true"),
    bad("title: a colon", "D105", "title", "not valid YAML", title="Talerz: biały płytki"),
    bad("title: a hash begins a comment", "D503", "title", "6 characters", Said("D503", "title", "1 word"), title="Talerz #1 biały płytki"),
    good("title: in quotes with a hash", title='"Talerz #1 biały płytki"'),
    good("title: over lines", title="Talerz płytki\n    biały porcelanowy"),
    good("title: what looks like HTML", title="Talerz <b>biały</b> płytki"),
]  # fmt: skip

DESCRIPTIONS = [
    good("description: all tags", description="<h1>a</h1><h2>b</h2><p>c <b>d</b></p><ul><li>e</li></ul><ol><li>f</li></ol>"),
    bad("description: bare text", "D503", "description", "outside of any tag", description="Talerz do kawy"),
    bad("description: text after a tag", "D503", "description", "outside of any tag", description="<p>a</p> b"),
    bad("description: nested p", "D503", "description", "<p> in <p>", description="<p>a<p>b</p></p>"),
    bad("description: b in a heading", "D503", "description", "<b> in <h1>", description="<h1><b>a</b></h1>"),
    bad("description: b in b", "D503", "description", "<b> in <b>", description="<p><b>a<b>b</b></b></p>"),
    bad("description: b alone", "D503", "description", "<b> outside", description="<b>a</b>"),
    bad("description: li alone", "D503", "description", "<li> outside", description="<li>a</li>"),
    bad("description: p in ul", "D503", "description", "<p> in <ul>", description="<ul><p>a</p></ul>"),
    bad("description: not closed", "D503", "description", "does not close <p>", description="<p>a"),
    bad("description: b not closed", "D503", "description", "does not close <b>", description="<p>a<b>b</p>"),
    bad("description: closed twice", "D503", "description", "not open", description="<p>a</p></p>"),
    bad("description: crossed", "D503", "description", "does not close <b>", Said("D503", "description", "not open"), description="<p>a<b>b</p></b>"),
    bad("description: a bare &", "D503", "description", "write &amp;", description="<p>kawa & herbata</p>"),
    bad("description: a bare <", "D503", "description", "write &lt;", description="<p>5 < 6</p>"),
    bad("description: a bare >", "D503", "description", "write &gt;", description="<p>6 > 5</p>"),
    bad("description: br", "D503", "description", "<br>", Said("D503", "description", "does not close <br>"), description="<p>a<br>b</p>"),
    bad("description: a table", "D503", "description", "<table>", description="<table></table>"),
    bad("description: a link", "D503", "description", "<a>", description="<p><a href='x'>a</a></p>"),
    bad("description: attributes", "D503", "description", "attributes", description="<p class='x'>a</p>"),
    bad("description: a comment", "D503", "description", "bare <", Said("D503", "description", "bare >"), description="<p>a</p><!-- b -->"),
    bad("description: i", "D503", "description", "<i>", description="<p><i>a</i></p>"),
    good("description: known entities", description="<p>a&nbsp;b &quot;c&quot; &euro; &#8364;</p>"),
    bad("description: an unknown entity", "D503", "description", "bare &", description="<p>&nie ma</p>"),
    good("description: capitals", description="<P>a</P>"),
    bad("description: empty", "D208", "description", "", description='""'),
    bad("description: no sections", "D208", "description", "", description="[]"),
    bad("description: an empty section", "D208", "description", "", description="[[]]"),
    bad("description: three items", "D208", "description", "at most 2", description="[[{text: <p>a</p>}, {text: <p>b</p>}, {text: <p>c</p>}]]"),
    bad("description: both in one item", "D208", "description", "exactly one", description="[{text: <p>a</p>, image: a.jpg}]"),
    good("description: 100 sections", description="[" + ", ".join(["{text: <p>a</p>}"] * 100) + "]"),
    bad("description: 101 sections", "D503", "description", "at most 100", description="[" + ", ".join(["{text: <p>a</p>}"] * 101) + "]"),
    good("description: 40,000 bytes", description=f"<p>{'ą' * 19_996}a</p>"),
    bad("description: 40,001 bytes", "D503", "description", "40001 bytes", description=f"<p>{'ą' * 19_997}</p>"),
    bad("description: the second of two sections", "D503", 12, "outside", description="\n    - text: <p>a</p>\n    - text: b"),
    bad("description: the second item", "D503", 12, "outside", description="\n    - - text: <p>a</p>\n      - text: b"),
    good("description: a zero-width space", Said("D533", "description", "U+200B"), description='"<p>a\\u200bb</p>"'),
    good("description: decomposed", description='"<p>z\\u0307o\\u0301ć</p>"'),
]  # fmt: skip

_SETTINGS = "{{return_policy: 14 dni, location: {{city: Poznań, province: wielkopolskie, post_code: 60-166, country: PL}}, safety: {}}}"
SAFETY = [
    good("safety: tabs and hard spaces", settings=_SETTINGS.format('"Nie dla\\tdzieci\\u00a0poniżej 3 lat."')),
    good("safety: lines", settings=_SETTINGS.format('"Nie dla dzieci.\\nUwaga, gorące."')),
    bad("safety: empty", "D208", "settings", "empty", settings=_SETTINGS.format('""')),
    good("safety: 5,000 characters", settings=_SETTINGS.format("x" * 5000)),
    bad("safety: 5,001 characters", "D208", "settings", "5001", settings=_SETTINGS.format("x" * 5001)),
    good("safety: a zero-width space", Said("D533", "settings", "U+200B"), settings=_SETTINGS.format('"Nie dla\\u200b dzieci."')),
]  # fmt: skip
