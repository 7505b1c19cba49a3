"""Content templates: what they write, how their faults read, and that no template can hold the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.documents.layers import effective
from reconciler.documents.specs import load_spec
from reconciler.documents.template_fault import TemplateFault
from reconciler.documents.templates import Renderer
from reconciler.engine.limits import check_limits
from reconciler.engine.resolve import resolve
from tests.documents.projects import offers, project

BIG = "x" * 199_000
OFFER = """\
kind: Offer
name: kubek
labels: {brand: acme}
content:
  title: {template: t.txt}
  parameters: {Marka: A&B, Kolor: [biały, niebieski]}
  description: [{text: {template: d.html}}, [{image: a.jpg}, {text: <p>x</p>}]]
price: 49.99 PLN
stock: 3
"""


def render(text, variables=None, *, html=True, **more):
    files = {"t": text, **more}
    return Renderer(files.__getitem__).render("t", {"big": BIG, **(variables or {})}, html=html)


def fault(text, **more):
    with pytest.raises(TemplateFault) as caught:
        render(text, **more)
    return caught.value


def test_texts_of_an_offer():
    templates = {
        "t.txt": "{{ parameters.Marka }}\n  kubek {{ name }}\n",
        "d.html": "<h1>{{ title }}</h1>{% for one in parameters.Kolor %}<p>{{ one }}, {{ labels.brand }}, {{ price.base }}</p>{% endfor %}\n",
    }
    content = offers(project(x=OFFER), templates)["kubek"].body["content"]
    assert content["title"] == "A&B kubek kubek"
    assert content["description"] == [
        [{"text": "<h1>A&amp;B kubek kubek</h1><p>biały, acme, 49.99 PLN</p><p>niebieski, acme, 49.99 PLN</p>"}],
        [{"image": "a.jpg"}, {"text": "<p>x</p>"}],
    ]


def test_nothing_is_rendered_without_a_renderer():
    content = offers(project(x=OFFER))["kubek"].body["content"]
    assert content["title"] == {"template": "t.txt"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{{ 'a' ~ 1 ~ 'b' }}", "a1b"),
        ("{{ '<' ~ a }}", "&lt;&amp;"),
        ("{{ a|safe }}", "&"),
        ("{{ [a, 'b']|join(', ') }}", "&amp;, b"),
        ("{{ 'abc'|replace('b', '-') }}", "a-c"),
        ("{{ '%.2f'|format(1.005 + 2) }}", "3.00"),
        ("{{ 0.1 + 0.2 }}", "0.3"),
        ("{{ 7 / 2 }} {{ 7 // 2 }} {{ 7 % 2 }} {{ 2 ** 10 }} {{ 'ab' * 2 }}", "3.5 3 1 1024 abab"),
        ("{{ 2.345|round(2) }}", "2.35"),
        ("{% for n in range(3) if n != 1 %}{{ n }}{{ '.' if loop.last }}{% endfor %}", "02."),
        ("{% set x = namespace(n=0) %}{% for n in [1, 2] %}{% set x.n = x.n + n %}{% endfor %}{{ x.n }}", "3"),
        ("{% macro m(n) %}<{{ n }}>{% endmacro %}{{ m(1) }}", "<1>"),
        ("{% if nope is defined %}a{% else %}b{% endif %}", "b"),
        ("{{ nope|default('c') }}", "c"),
        ("{{ m.items }} {{ m.get('k', 'z') }} {% for k, v in m|dictsort %}{{ k }}={{ v }}{% endfor %}", "5 z items=5"),
        ("{% include 'other' %}{% import 'lib' as lib %}{{ lib.f('x') }}", "other &amp;[x]"),
        ("{{ 'x'.upper() }}{{ ' y '|trim }}{{ 'z'|title }}", "XyZ"),
    ],
)  # fmt: skip
def test_what_templates_can_do(text, written):
    more = {"other": "other {{ a }}", "lib": "{% macro f(n) %}[{{ n }}]{% endmacro %}"}
    found = render(text, {"a": "&", "m": {"items": 5}}, **more)
    assert found == written


FAULTS = [
    ("D123", 2, "both sides", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n"),
    ("D402", 2, "is not valid", "a\n{% if %}"),
    ("D402", 1, "is not valid", "{{ 'a'|center(10) }}"),
    ("D403", 3, "'nope' is undefined", "a\n\n{{ nope }}"),
    ("D404", 2, "may not", "\n{{ ''.__class__ }}"),
    ("D404", 1, "cannot be used", "{% autoescape false %}{% endautoescape %}"),
    ("D404", 1, "written out in quotes", "{% include big %}"),
    ("D405", 2, "longer than 200,000", "\n{{ 'a' * 10000000 }}"),
    ("D407", 2, "a list cannot be written", "\n{{ l }}"),
    ("D407", 1, "divided by zero", "{{ 1 / 0 }}"),
    ("D407", 1, "null cannot be written", "{{ n }}"),
    ("D407", 1, "half of a character (U+D800)", "{{ '\\ud800' }}"),
    ("D407", 2, "half of a character (U+DFFF)", "a\n{{ 'a' ~ '\\udfff' }}\nb"),
    ("D407", 2, "a control character (U+001B)", "a\n{% if true %}{{ '\\x1b[2J' }}{% endif %}"),
]


@pytest.mark.parametrize(("code", "line", "words", "text"), FAULTS)
def test_fault(code, line, words, text):
    with pytest.raises(TemplateFault) as caught:
        render(text, {"l": [1], "n": None})
    found = caught.value
    assert (found.code, found.path, found.line) == (code, "t", line)
    assert words in f"{found.summary} {found.detail}"


def test_d401_a_template_that_is_not_there():
    found = fault("a\n{% include 'gone' %}")
    assert (found.code, found.path, found.line) == ("D401", "t", 2)
    with pytest.raises(TemplateFault) as caught:
        Renderer({}.__getitem__).render("gone", {})
    assert caught.value.code == "D401"


def test_d406_templates_that_include_each_other():
    found = fault("a\n{% include 'b' %}", b="\n\n{% include 'c' %}", c="{% include 't' %}")
    assert (found.code, found.path, found.line) == ("D406", "c", 1)
    assert "t -> b -> c -> t" in found.detail
    assert fault("{% if false %}{% include 't' %}{% endif %}").code == "D406"


def test_a_fault_in_an_included_template_is_told_there():
    found = fault("a\n{% include 'b' %}", b="\n\n{{ nope }}")
    assert (found.path, found.line) == ("b", 3)


def test_a_fault_becomes_a_diagnostic_that_names_the_documents():
    found = project(x=OFFER, y=OFFER.replace("name: kubek", "name: talerz"))
    templates = {"t.txt": "a", "d.html": "b\n{{ nope }}"}
    out, (fault,) = effective(found, render=Renderer(templates.__getitem__))
    assert [(each.document.name, bool(each.lacks)) for each in out] == [("kubek", True), ("talerz", True)]
    assert (fault.code, str(fault.mark)) == ("D403", "d.html:2:1")
    assert "Offer `kubek` (x.yaml:7:24) and 1 more" in fault.detail
    assert "parameters" in fault.hint


def test_a_missing_template_is_told_where_it_is_named():
    _, (fault,) = effective(project(x=OFFER), render=Renderer({"t.txt": "a"}.__getitem__))
    assert (fault.code, str(fault.mark)) == ("D401", "x.yaml:7:24")


LOOP = "{% for i in range(9999) %}"
END = "{% endfor %}"
HOSTILE = {
    "power": "{{ 10**10000000 }}",
    "tower": "{% set x = 9**9 %}{{ x**x**x }}",
    "negative power": "{{ 2**-500000 }}",
    "long text": "{{ 'a' * 1000000000 }}",
    "long list": "{{ ([1] * 1000000000)|length }}",
    "width": "{{ '%1000000000s' % 'a' }}",
    "width in a filter": "{{ '%1000000000s'|format('a') }}",
    "precision": "{{ '%.1000000000f'|format(1) }}",
    "starred width": "{{ '%*s' % (1000000000, 'a') }}",
    "repeated argument": "{{ '%(a)s' * 9000 % {'a': big} }}",
    "format method": "{{ '{:>1000000000}'.format('a') }}",
    "format_map": "{{ '{a:>1000000000}'.format_map({'a': 1}) }}",
    "center": "{{ 'a'.center(1000000000) }}",
    "center filter": "{{ 'a'|center(1000000000) }}",
    "ljust": "{{ 'a'.ljust(1000000000) }}",
    "zfill": "{{ 'a'.zfill(1000000000) }}",
    "expandtabs": "{{ '\t'.expandtabs(1000000000) }}",
    "bytes": "{{ (5).to_bytes(1000000000) }}",
    "indent": "{{ 'a'|indent(1000000000) }}",
    "tojson": "{{ [1]|tojson(1000000000) }}",
    "batch": "{{ [1]|batch(1000000000, 0)|list }}",
    "slice": "{{ [1]|slice(1000000000)|list }}",
    "wordwrap": "{{ big|wordwrap(1) }}",
    "round": "{{ 1|round(1000000000) }}",
    "range": "{% for i in range(1000000000) %}{% endfor %}",
    "endless range": "{% for i in range(10**100) %}{% endfor %}",
    "nested loops": f"{LOOP}{LOOP}{LOOP}x{END}{END}{END}",
    "nested loops that do nothing": f"{LOOP}{{% for j in range(9999) if false %}}{END}{END}",
    "shadowed names": f"{{% set burn = 1 %}}{{% set environment = 1 %}}{LOOP}{LOOP}{END}{END}",
    "doubling by ~": f"{{% set n = namespace(x='a') %}}{LOOP}{{% set n.x = n.x ~ n.x %}}{END}",
    "doubling by +": f"{{% set n = namespace(x='a') %}}{LOOP}{{% set n.x = n.x + n.x %}}{END}",
    "doubling lists": f"{{% set n = namespace(x=[1]) %}}{LOOP}{{% set n.x = [n.x, n.x] %}}{END}",
    "comparing": "{% set a = range(9998) %}{% set b = range(9998) %}" + LOOP + "{% if a == b %}{% endif %}" + END,
    "searching": "{% set l = range(5000) %}{{ l|select('in', l)|list|length }}",
    "membership": LOOP + "{{ 'a' if i in range(9998) else 'b' }}" + END,
    "macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "macro that doubles": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "block": "{% block a %}{{ self.a() }}{% endblock %}",
    "recursive loop": "{% for i in [[1]] recursive %}{{ loop(i) }}{% endfor %}",
    "output": LOOP + "y" * 1000 + END,
    "set block": LOOP + "{% set x %}" + "z" * 5000 + "{% endset %}" + END,
    "filter block": LOOP + "{% filter upper %}" + "z" * 9000 + "{% endfilter %}" + END,
    "upper case": LOOP + "{% set x = big.upper() %}" + END,
    "cutting": LOOP + "{% set x = big[1:] %}" + END,
    "replace": "{{ big|replace('x', big) }}",
    "replace nothing": "{{ big|replace('', big) }}",
    "join": "{{ range(9000)|join(big) }}",
    "split": "{{ big.split('x')|length }}",
    "collecting": "{% set n = namespace(l=[]) %}" + LOOP + "{% set n.l = n.l + [big ~ i] %}" + END,
    "lipsum": "{{ lipsum(100000) }}",
    "parentheses": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "not not not": "{{ " + "not " * 15_000 + "1 }}",
    "ifs": "{% if 1 %}" * 3000,
    "deep ifs": "{% if 1 %}" * 150 + "{% endif %}" * 150,
    "deep fors": "{% for i in [1] %}" * 60 + END * 60,
    "long sum": "{{ " + "+".join(["1"] * 9000) + " }}",
    "many expressions": "{{ nope }}" * 6000,
    "long template": "x" * 70_000,
    "open comments": "{#" * 30_000,
    "long number": "{{ " + "9" * 5000 + " }}",
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "classes by key": "{{ big['__class__'] }}",
    "classes by filter": "{{ ''|attr('__class__') }}",
    "globals": "{{ range.__globals__ }}",
    "self": "{{ self.__init__.__globals__ }}",
    "absolute path": "{% include '/etc/passwd' %}",
    "changing variables": "{{ l.append(1) }}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_template(text):
    with pytest.raises(TemplateFault) as caught:
        render(text, {"l": [1]})
    assert caught.value.line >= 1
    assert caught.value.code in {"D401", "D402", "D403", "D404", "D405", "D407"}


def test_one_rendering_leaves_nothing_to_the_next():
    files = {
        "lib": "{% set n = namespace(x=0) %}{% macro count() %}{% set n.x = n.x + 1 %}{{ n.x }}{% endmacro %}",
        "t": "{% import 'lib' as lib %}{{ lib.count() }}{{ lib.count() }}",
    }
    renderer = Renderer(files.__getitem__)
    assert [renderer.render("t", {}), renderer.render("t", {})] == ["12", "12"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_hostile_templates_stay_small():
    """All of them in one fresh process; its own high-water mark, as getrusage would count the parent's too."""
    script = (
        "from pathlib import Path\n"
        "from tests.documents.test_templates import HOSTILE, render\n"
        "from reconciler.documents.template_fault import TemplateFault\n"
        "for text in HOSTILE.values():\n"
        "    try: render(text, {'l': [1]})\n"
        "    except TemplateFault: pass\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 250_000  # kB


def test_a_template_is_compiled_once_and_each_rendering_has_its_own_budget():
    reads = []

    def read(path):
        reads.append(path)
        return "{% for i in range(5000) %}{% set x = i %}{% endfor %}{{ n }}"

    renderer = Renderer(read)
    assert [renderer.render("t", {"n": n}) for n in range(50)] == [str(n) for n in range(50)]
    assert len(reads) <= 2


LINES = {
    "a name": ("a\nb\n{{ nix }}", 3),
    "an expression over lines": ("a\n{{ [\n1,\nnix.x\n]|join }}", 2),
    "with": ("\n{% with a = nix.b %}\n{{ a }}\n{% endwith %}", 2),
    "with, deep": ("\n{% if 1 %}\n{% if 1 %}\n{% with a = nix.b %}{% endwith %}{% endif %}{% endif %}", 4),
    "elif": ("\n{% if 0 %}\n{% elif nix == 1 %}\n{% endif %}", 3),
    "else of a loop": ("a\n{% for i in [] %}\n{% else %}\n{{ nix }}{% endfor %}", 4),
    "the test of a loop": ("\n\n{% for i in [1] if nix %}\n{% endfor %}", 3),
    "a macro": ("{% macro m(x) %}\n{{ x.y }}\n{% endmacro %}\nq\n{{ m('z') }}", 2),
    "the body of a call": (
        "{% macro m() %}{{ caller() }}{% endmacro %}\n\n{% call m() %}\n\n{{ nix }}{% endcall %}",
        5,
    ),
    "a block": ("a\n{% block q %}\nb\n{{ nix }}\n{% endblock %}", 4),
    "a filter block": ("\n{% filter upper %}\n{{ nix }}\n{% endfilter %}", 3),
    "a namespace": ("a\n{% set n = namespace(x=1) %}\n\n{% set n.x = nix.c %}", 4),
    "too long a text": ("a\nb\n{% for i in range(9999) %}\n{{ 'x' * 100 }}\n{% endfor %}", 4),
    "a control character": ("a\n\nb {{ 1 }}\n\n\x07", 5),
    "a filter": ("a\nb\n{{ 1|nope }}", 3),
    "what is not closed": ("a\nb\n{% if 1 %}\nc\n", 4),
}


@pytest.mark.parametrize("case", LINES)
def test_a_fault_is_told_with_the_template_s_own_line(case):
    text, line = LINES[case]
    found = fault(text)
    assert (found.path, found.line) == ("t", line)


def test_a_fault_names_the_document_that_uses_the_template_and_where():
    texts = {"t.txt": "Kubek do kawy", "d.html": "<p>a</p>\n<p>{{ nix }}</p>"}
    _, (found,) = effective(project(x=OFFER), render=Renderer(texts.__getitem__))
    assert str(found.mark) == "d.html:2:1"
    assert "Offer `kubek` (x.yaml:7:24)" in found.detail


def test_what_a_template_writes_is_composed():
    assert render("Z\u0307uk") == "Żuk"


def test_a_text_knows_the_template_that_wrote_it():
    """What is wrong with such a text is wrong in the template; the document only names it."""
    found = offers(project(x=OFFER), {"t.txt": "Kubek do kawy", "d.html": "b"})["kubek"]
    assert found.origin("content.title").written_by == "t.txt"
    assert found.origin("content.description.0.0.text").written_by == "d.html"
    assert found.origin("content.description.1.1.text").written_by == ""
    (desired,), _ = resolve([found], load_spec("allegro"), str)
    (bare,) = (
        each for each in check_limits([desired], load_spec("allegro")) if "outside of any tag" in each.summary
    )
    assert "d.html" in bare.detail
    assert str(bare.mark) == "x.yaml:7:24"
