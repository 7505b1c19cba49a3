"""Descriptions of offers: a few hundred to six thousand characters in the tags that the marketplace allows."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from random import Random
from typing import Final, TypeVar

from reconciler.demo.categories import Category

T = TypeVar("T")
Columns = tuple[Mapping[str, str], ...]

_OPENINGS: Final = (
    (
        "Rzecz na co dzień, którą chce się brać do ręki. Zamawiamy ją w małych partiach u producenta, więc każda "
        "sztuka przechodzi przez nasze ręce, zanim trafi do paczki."
    ),
    (
        "Mamy ją w ofercie od początku istnienia sklepu i wciąż należy do najczęściej kupowanych. Prosta forma, "
        "dobre wykonanie i cena, która nie wymaga tłumaczenia."
    ),
    (
        "Sprawdzi się w domu, w biurze i jako prezent. Pakujemy tak, żeby dojechała cała: w karton z wkładką, "
        "bez folii bąbelkowej."
    ),
    "Produkt polskiej firmy, z materiałów kupowanych w Europie. Wysyłamy z Poznania, zwykle tego samego dnia.",
)
_SERVICE: Final = (
    "Zamówienia opłacone do godziny 12 wysyłamy tego samego dnia roboczego.",
    "Do każdej paczki dołączamy paragon albo fakturę VAT.",
    "Na życzenie pakujemy na prezent: papier, sznurek i bilecik.",
    "Zwroty przyjmujemy bez podawania przyczyny, wystarczy wypełnić formularz.",
    "Przy większych zamówieniach prosimy o wiadomość, przygotujemy wycenę.",
)
_QUESTIONS: Final = (
    (
        "Czy kolor zgadza się ze zdjęciem?",
        "Zdjęcia robimy w świetle dziennym. Odcień na ekranie może się jednak różnić, zwłaszcza w telefonie.",
    ),
    (
        "Czy mogę dokupić kolejne sztuki później?",
        "Tak. Serię utrzymujemy co najmniej dwa lata, a o jej zakończeniu uprzedzamy w opisie.",
    ),
    (
        "Co, jeśli paczka przyjdzie uszkodzona?",
        "Proszę o zdjęcie kartonu i zawartości. Nową sztukę wysyłamy od razu, bez czekania na kuriera.",
    ),
    (
        "Czy wystawiacie faktury?",
        "Tak, na dane podane w zamówieniu. Faktura przychodzi e-mailem w dniu wysyłki.",
    ),
    (
        "Czy można odebrać osobiście?",
        "Tak, w magazynie w Poznaniu, od poniedziałku do piątku między 9 a 16, po wcześniejszej wiadomości.",
    ),
)
_STORIES: Final = (
    (
        "Pierwszą serię zamówiliśmy osiem lat temu, po targach rzemiosła. Miało być czterdzieści sztuk na próbę. "
        "Rozeszły się w weekend, a my zostaliśmy z listą osób, które prosiły o kolejne."
    ),
    (
        "Przy odbiorze sprawdzamy każdą sztukę pod lampą. To, co ma skazę, trafia do outletu albo zostaje u nas "
        "w kuchni. Dlatego zwrotów z powodu wad mamy mniej niż pół procenta."
    ),
    (
        "Producent pracuje na własnej energii ze słońca, a ścinki i odpady wracają do produkcji. Karton, w którym "
        "wysyłamy, pochodzi z odzysku, a wkładki wycinamy z makulatury."
    ),
    (
        "Zdarza się, że klienci przysyłają zdjęcia po latach używania. Lubimy je najbardziej, bo pokazują to, "
        "czego nie widać na zdjęciach w ofercie: jak rzecz się starzeje i że nadal jest w użyciu."
    ),
)


def describe(random: Random, category: Category, title: str, image: Callable[[], str]) -> tuple[Columns, ...]:
    """Write a description of three to seven sections."""
    opening = f"<h1>{escape(title, quote=False)}</h1>\n{_paragraph(random.choice(_OPENINGS))}"
    sections: list[Columns] = [({"text": opening}, {"image": image()} if random.random() < 0.3 else {})]
    sections.append(({"text": _list("Dlaczego warto", _some(random, category.merits, 2))},))
    chosen = random.sample(range(5), random.randrange(1, 6))
    sections.extend(({"text": _part(part, random, category)},) for part in chosen)
    return tuple(tuple(item for item in section if item) for section in sections)


def _part(number: int, random: Random, category: Category) -> str:
    match number:
        case 0:
            return _list("Jak dbać", category.care)
        case 1:
            return _list("Wysyłka i obsługa", _some(random, _SERVICE, 3))
        case 2:
            stories = _some(random, _STORIES, 1)
            return "<h2>Skąd to mamy</h2>\n" + "\n".join(_paragraph(story) for story in stories)
        case 3:
            asked = _some(random, _QUESTIONS, 2)
            return "<h2>Pytania</h2>\n" + "\n".join(
                f"<p><b>{question}</b></p>\n{_paragraph(answer)}" for question, answer in asked
            )
    brands = ", ".join(escape(brand, quote=False) for brand in category.brands)
    return f"<h2>Zobacz też</h2>\n<p>W dziale {category.name.lower()} mamy marki: {brands}.</p>"


def _some(random: Random, texts: Sequence[T], least: int) -> list[T]:
    return random.sample(texts, random.randint(min(least, len(texts)), len(texts)))


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def _list(heading: str, rows: Sequence[str]) -> str:
    inner = "\n".join(f"  <li>{row}</li>" for row in rows)
    return f"<h2>{heading}</h2>\n<ul>\n{inner}\n</ul>"
