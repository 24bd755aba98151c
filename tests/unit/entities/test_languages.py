"""Names of states, capitals, bodies and leaders in other languages, inflected ones too."""

from __future__ import annotations

import pytest

from services.entities.endings import bare, nominatives, prefix_length
from services.entities.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def items(gazetteer: Gazetteer, language: str, *names: str) -> list[str | None]:
    table = gazetteer.in_language(language)
    return [entry.wikidata if (entry := table.find(name)) else None for name in names]


RUSSIA, UKRAINE, GERMANY, STATES, UNITED_NATIONS, NATO = "Q159", "Q212", "Q183", "Q30", "Q1065", "Q7184"


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("es", ["Rusia", "Ucrania", "Alemania", "EE. UU.", "ONU", "OTAN"]),
        ("fr", ["Russie", "Ukraine", "Allemagne", "États-Unis", "Nations unies", "OTAN"]),
        ("de", ["Russlands", "Ukraine", "Deutschland", "USA", "Vereinte Nationen", "Nato"]),
        ("pt", ["Rússia", "Ucrânia", "Alemanha", "Estados Unidos", "ONU", "OTAN"]),
        ("ru", ["Россией", "Украину", "Германии", "США", "ООН", "НАТО"]),
        ("uk", ["Росії", "Україною", "Німеччині", "Сполучених Штатів", "ООН", "НАТО"]),
        ("pl", ["Rosją", "Ukrainie", "Niemczech", "Stanów Zjednoczonych", "ONZ", "NATO"]),
        ("hr", ["Rusijom", "Ukrajini", "Njemačkoj", "SAD", "Ujedinjenih naroda", "NATO"]),
        ("fi", ["Venäjän", "Ukrainassa", "Saksaan", "Yhdysvaltojen", "YK:n", "Naton"]),
        ("hu", ["Oroszországban", "Ukrajnával", "Németországnak", "USA", "ENSZ", "NATO"]),
        ("tr", ["Rusya'nın", "Ukrayna'da", "Almanya", "ABD'nin", "BM", "NATO'ya"]),
        ("ar", ["وروسيا", "أوكرانيا", "ألمانيا", "للولايات المتحدة", "الأمم المتحدة", "الناتو"]),
        ("zh", ["俄罗斯", "乌克兰", "德国", "美国", "联合国", "北约"]),
        ("ja", ["ロシア", "ウクライナ", "ドイツ", "米国", "国連", "NATO"]),
    ],
)
def test_states_and_bodies(gazetteer: Gazetteer, language: str, names: list[str]) -> None:
    assert items(gazetteer, language, *names) == [RUSSIA, UKRAINE, GERMANY, STATES, UNITED_NATIONS, NATO]


def test_capitals_and_leaders(gazetteer: Gazetteer) -> None:
    assert items(gazetteer, "ru", "Киеве", "Москвой", "Владимира Путина") == ["Q1899", "Q649", "Q7747"]
    assert items(gazetteer, "es", "Moscú", "Londres", "Nueva York") == ["Q649", "Q84", "Q60"]
    assert items(gazetteer, "ar", "القاهرة", "بموسكو") == ["Q85", "Q649"]


def test_endings_do_not_mix_up_names(gazetteer: Gazetteer) -> None:
    assert items(gazetteer, "ru", "Нигера", "Нигерии", "Риме", "Риге") == ["Q1032", "Q1033", "Q220", "Q1773"]
    assert items(gazetteer, "ru", "Иванова", "Солнце", "Город") == [None, None, None]
    assert items(gazetteer, "ar", "عمان") == [None]  # Oman and Amman


def test_a_language_keeps_to_its_own_names(gazetteer: Gazetteer) -> None:
    assert items(gazetteer, "de", "Island") == ["Q189"] and gazetteer.find("Island") is None
    assert gazetteer.find("Россия") is None and gazetteer.in_language("en") is gazetteer


def test_scan_finds_names_without_capitals(gazetteer: Gazetteer) -> None:
    text = "قال الاتحاد الأوروبي في بيان"
    (match,) = gazetteer.in_language("ar").scan(text, 0, len(text))
    assert text[match.start : match.end] == "الاتحاد الأوروبي" and match.entry.wikidata == "Q458"


def test_forms() -> None:
    assert "rossiya" in nominatives("rossii", "ru") and nominatives("russie", "fr") == ()
    assert len(nominatives("soedinennye shtaty ameriki", "ru")) < 200
    assert bare("Rusya’nın", "tr") == "Rusya" and bare("EU:n", "fi") == "EU" and bare("O'Neil", "tr") == "O'Neil"


@pytest.mark.parametrize(
    ("written", "language", "letters"),
    [
        ("وموسكو", "ar", 1),
        ("ولموسكو", "ar", 2),
        ("موسكو", "ar", 0),
        ("كموسكا", "ar", 0),
        ("ובמוסקבה", "he", 2),
        ("омоскве", "ru", 0),
    ],
)
def test_and_to_by_are_no_part_of_a_name(written: str, language: str, letters: int) -> None:
    assert prefix_length(written, language, {"موسكو", "מוסקבה", "москве"}.__contains__) == letters
