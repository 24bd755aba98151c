"""Quantities and dates in other languages than English: values as the language writes them, words, and what is no count."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.entities.calendars import find_calendar_dates
from services.entities.counted import find_counted
from services.entities.numbers import numbers
from services.entities.numerals import FOLDER, numerals

PUBLISHED = datetime(2022, 3, 24, 12, tzinfo=UTC)

QUANTITIES = [
    ("de", "Bei dem Angriff sind 14 Menschen getötet worden.", "14 Menschen", 14, "Menschen"),
    ("de", "Rund 1.500 verletzte Soldaten kehrten zurück.", "Rund 1.500 verletzte Soldaten", 1500, "verletzte Soldaten"),
    ("de", "Das kostet 2,5 Milliarden Euro.", "2,5 Milliarden Euro", 2.5e9, "EUR"),
    ("de", "Es waren dreiunddreißig Geiseln.", "dreiunddreißig Geiseln", 33, "Geiseln"),
    ("fr", "Au moins 14 personnes ont été tuées.", "Au moins 14 personnes", 14, "personnes"),
    ("fr", "Quelque 1 500 soldats ukrainiens arrivent.", "Quelque 1 500 soldats ukrainiens", 1500, "soldats ukrainiens"),
    ("fr", "Il y a 3,5 millions de réfugiés.", "3,5 millions de réfugiés", 3.5e6, "réfugiés"),
    ("fr", "On compte quatre-vingt-dix-sept morts.", "quatre-vingt-dix-sept morts", 97, "morts"),
    ("fr", "Les prix ont augmenté de 4,3 % en un an.", "4,3 %", 4.3, "%"),
    ("es", "Cuesta 2,5 mil millones de euros.", "2,5 mil millones de euros", 2.5e9, "EUR"),
    ("es", "Hay 3.5 millones de refugiados.", "3.5 millones de refugiados", 3.5e6, "refugiados"),
    ("es", "Son 2 millones y medio de personas.", "2 millones y medio de personas", 2.5e6, "personas"),
    ("es", "Piden tres mil quinientos millones de dólares.", "tres mil quinientos millones de dólares", 3.5e9, "USD"),
    ("es", "Murieron treinta y cinco civiles.", "treinta y cinco civiles", 35, "civiles"),
    ("it", "Sono stati liberati duecento ostaggi.", "duecento ostaggi", 200, "ostaggi"),
    ("it", "Il calo dell'8 per cento pesa.", "8 per cento", 8, "%"),
    ("pt", "Gastaram 2 bilhões de reais.", "2 bilhões de reais", 2e9, "BRL"),
    ("pt", "Há vinte e dois mortos.", "vinte e dois mortos", 22, "mortos"),
    ("ru", "Погибли 14 мирных жителей.", "14 мирных жителей", 14, "мирных жителей"),
    ("ru", "Это сто двадцать пять тысяч человек.", "сто двадцать пять тысяч человек", 125_000, "человек"),
    ("ru", "Не менее пяти солдат ранены.", "Не менее пяти солдат", 5, "солдат"),
    ("uk", "Виділили 2,5 млрд гривень.", "2,5 млрд гривень", 2.5e9, "UAH"),
    ("uk", "Поранено п’ять солдатів.", "п’ять солдатів", 5, "солдатів"),
    ("ar", "قتل 14 شخصا على الأقل", "14 شخصا", 14, "شخصا"),
    ("ar", "وصل ٣٫٥ مليون لاجئ", "٣٫٥ مليون لاجئ", 3.5e6, "لاجئ"),
    ("ar", "أرسلت و1500 جندي", "1500 جندي", 1500, "جندي"),
    ("ar", "مقتل خمسة جنود", "خمسة جنود", 5, "جنود"),
    ("da", "Det koster 200 € mere.", "200 €", 200, "EUR"),
]  # fmt: skip

NONE = [
    ("de", "Artikel 5 gilt für die 14. Brigade um 14:30 Uhr."),
    ("de", "Tausende Menschen flohen."),
    ("fr", "Des milliers de personnes ont lu l'article 5 dans le Boeing 737 à 14 heures."),
    ("fr", "Anna, 34 ans, parle."),
    ("es", "Miles de personas vieron el 14.º partido, que acabó 2:1."),
    ("it", "Tu sei stato bravo."),
    ("ru", "Тысячи людей и 14-летний мальчик, статья 5."),
    ("ar", "القرار 1701"),
    ("da", "14 mennesker blev dræbt."),
]  # fmt: skip

PIECES = (
    "14", "1.500", "2,5", "1 500", "1,234.5", "٣٫٥", "٢٠٢٢", "2022", "20٢٢", "$", "€", "%", "US$5", "5-", "(1999)",
    "12:30", "0,125", "dos", "mil", "millones", "y", "medio", "de", "zwei", "Millionen", "Menschen", "März", "14.",
    "mars", "1er", "vingt", "et", "un", "сто", "двадцать", "тысяч", "человек", "марта", "года", "п’ять", "خمسة",
    "وعشرين", "ألف", "مليون", "و5", "الـ15", "مارس", "آذار/مارس", "lunedì", "domingo", "heute", "вчера", "ſeptiembre",
    "doſ", "mil ſeis", "Kilometer", "K", "İ", "ß", "dreißig", "9" * 400,
)  # fmt: skip

DATES = [
    ("de", "Am 14. März 2022 begann es.", "14. März 2022", "2022-03-14"),
    ("de", "Gestern, am frühen Morgen.", "Gestern", "2022-03-23"),
    ("de", "Die Brücke wurde 1995 gebaut.", "1995", "1995"),
    ("fr", "Le mardi 1er mars, il parle.", "mardi 1er mars", "2022-03-01"),
    ("fr", "En mars 2015, il parle.", "mars 2015", "2015-03"),
    ("es", "El 14 de marzo de 2022.", "14 de marzo de 2022", "2022-03-14"),
    ("es", "Habló el lunes.", "lunes", "2022-03-21"),
    ("it", "L'11 settembre 2001.", "11 settembre 2001", "2001-09-11"),
    ("pt", "Hoje não.", "Hoje", "2022-03-24"),
    ("ru", "С 24 февраля 2022 года.", "24 февраля 2022 года", "2022-02-24"),
    ("uk", "Це було у березні 2015 року.", "березні 2015 року", "2015-03"),
    ("ar", "في 14 مارس 2022", "14 مارس 2022", "2022-03-14"),
    ("ar", "في 14 مارس ٢٠٢٢", "14 مارس ٢٠٢٢", "2022-03-14"),
    ("ar", "في آذار/مارس 2022", "آذار/مارس 2022", "2022-03"),
    ("da", "Den 14.03.2022 i Oslo.", "14.03.2022", "2022-03-14"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "words", "amount", "what"), QUANTITIES)
def test_quantity(language: str, text: str, words: str, amount: float, what: str) -> None:
    (found,) = find_counted(text, [(0, len(text))], language)
    assert (found.span.exact, found.value, found.unit or found.of_what) == (words, amount, what)


def test_a_modifier_is_given_as_written() -> None:
    text = "قتل أكثر من 40 شخصا"
    (found,) = find_counted(text, [(0, len(text))], "ar")
    assert (found.modifier, found.value) == ("أكثر من", 40)


@pytest.mark.parametrize(
    ("language", "text", "words", "modifier"),
    [
        ("ru", "Налог снизили до 21 процента.", "21 процента", None),
        ("ru", "Цены выросли с 15 до 21 процента.", "21 процента", None),
        ("ru", "Погибли до 40 человек.", "до 40 человек", "до"),
        ("ru", "С утра погибли до 40 человек.", "до 40 человек", "до"),
        ("ru", "Россия потеряла до 40 танков.", "до 40 танков", "до"),
        ("ru", "Штраф снизили до $21.", "$21", None),
        ("uk", "Ставку знизили до 21 відсотка.", "21 відсотка", None),
        ("uk", "Загинуло до 40 людей.", "до 40 людей", "до"),
    ],
)
def test_where_a_change_led_is_no_limit(language: str, text: str, words: str, modifier: str | None) -> None:
    found = find_counted(text, [(0, len(text))], language)[-1]
    assert (found.span.exact, found.modifier) == (words, modifier)


@pytest.mark.parametrize(("language", "text"), NONE)
def test_no_quantity(language: str, text: str) -> None:
    assert find_counted(text, [(0, len(text))], language) == []


@pytest.mark.parametrize(("language", "text", "words", "value"), DATES)
def test_date(language: str, text: str, words: str, value: str) -> None:
    (found,) = find_calendar_dates(text, [(0, len(text))], PUBLISHED, language)
    assert (found.span.exact, found.value) == (words, value)


def test_a_weekday_lies_ahead_where_the_sentence_looks_ahead() -> None:
    text = "Am Montag wird das Parlament abstimmen."
    (found,) = find_calendar_dates(text, [(0, len(text))], PUBLISHED, "de")
    assert found.value == "2022-03-28"


def test_what_a_date_or_a_name_holds_is_no_quantity() -> None:
    text = "Le 14 mars 2022, 20 soldats"
    assert [found.value for found in find_counted(text, [(0, len(text))], "fr", [(3, 15)])] == [20]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("ar", "de", "es", "fr", "it", "pt", "ru", "uk", "da")),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map(" ".join),
)
def test_any_text(language: str, text: str) -> None:
    """Spans are exact, values finite numbers and ISO dates."""
    quantities, dates = numbers(text, [(0, len(text))], PUBLISHED, language)
    for each in (*quantities, *dates):
        assert text[each.span.start : each.span.end] == each.span.exact != ""
    assert all(math.isfinite(each.value) for each in quantities)
    assert all(re.fullmatch(r"\d{4}(-\d\d){0,2}", each.value or "2022", re.ASCII) for each in dates)


def test_a_number_that_no_float_holds() -> None:
    text = f"{'9' * 400} Menschen, {'9' * 400} people."
    assert [numbers(text, [(0, len(text))], None, language)[0] for language in ("de", "en")] == [[], []]


@pytest.mark.parametrize("language", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_tables(language: str) -> None:
    table = numerals(language)
    assert len(table.calendar["months"]) == 12
    assert len(table.calendar["weekdays"]) == 7
    assert {float(n) for n in (*range(2, 12), *range(20, 100, 10))} <= set(table.values.values())
    assert {1e3, 1e6, 1e9} <= set(table.scales.values())
    assert {"%", "EUR", "USD", "km", "h", "d", "year"} <= set(table.units.values())
    assert not table.stop & table.people
