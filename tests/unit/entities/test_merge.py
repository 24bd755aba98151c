"""One entity for all the names of one thing; two for two."""

from __future__ import annotations

from services.entities.merge import Cluster, Reading, canonical, cluster


def clusters(kind: str, *surfaces: str) -> list[Cluster]:
    return cluster([Reading(10 * n, 10 * n + 5, surface, kind, n, 0.9) for n, surface in enumerate(surfaces)])


def groups(kind: str, *surfaces: str) -> list[list[str]]:
    return [[reading.surface for reading in each.readings] for each in clusters(kind, *surfaces)]


def test_surname_and_full_name_in_any_order() -> None:
    assert groups("person", "Petrenko", "Olena Petrenko", "O. Petrenko") == [
        ["Petrenko", "Olena Petrenko", "O. Petrenko"]
    ]


def test_transliterations_share_an_entity_and_take_the_plain_spelling() -> None:
    (only,) = clusters("person", "Irina Mijáilova", "Mikhailova")
    assert canonical(only) == "Irina Mikhailova"


def test_a_name_keeps_to_one_script() -> None:
    (only,) = clusters("person", "Юрген Фалькенау", "Jürgen Falkenau")
    assert canonical(only) == "Юрген Фалькенау"


def test_family_name_first() -> None:
    assert groups("person", "Kim Jong Un", "Kim") == [["Kim Jong Un", "Kim"]]


def test_two_people_of_one_surname_stay_two() -> None:
    assert groups("person", "Anna Novak", "Pavel Novak") == [["Anna Novak"], ["Pavel Novak"]]


def test_man_and_woman_of_one_surname_stay_two() -> None:
    assert groups("person", "Karimov", "Gulnara Karimova") == [["Karimov"], ["Gulnara Karimova"]]


def test_surname_of_two_goes_to_the_one_named_before() -> None:
    assert groups("person", "Anna Novak", "Novak", "Pavel Novak") == [["Anna Novak", "Novak"], ["Pavel Novak"]]


def test_organisations() -> None:
    names = ("Northern River Authority", "NRA", "Wagner Group", "Wagner", "Wagner Museum")
    assert groups("organisation", *names) == [
        ["Northern River Authority", "NRA"],
        ["Wagner Group", "Wagner"],
        ["Wagner Museum"],
    ]


def test_places_one_letter_apart() -> None:
    assert groups("place", "Donbass", "Donbas", "Danube") == [["Donbass", "Donbas"], ["Danube"]]


def test_types_do_not_mix() -> None:
    assert len(cluster([Reading(0, 5, "Paris", "place", 0, 1.0), Reading(9, 14, "Paris", "person", 0, 1.0)])) == 2


def test_a_middle_surname_is_a_name_too() -> None:
    assert groups("person", "Rosa Quispe Mamani", "Quispe") == [["Rosa Quispe Mamani", "Quispe"]]


def test_a_first_name_and_a_longer_description() -> None:
    assert groups("person", "Violinist Nora Lind", "Nora Lind", "Nora") == [
        ["Violinist Nora Lind", "Nora Lind", "Nora"]
    ]


def test_a_body_without_its_state() -> None:
    assert groups("organisation", "Indonesian Navy", "Navy", "Old Navy") == [["Indonesian Navy", "Navy"], ["Old Navy"]]


def test_endings_of_inflected_languages() -> None:
    def russian(kind: str, *surfaces: str) -> list[list[str]]:
        readings = [Reading(30 * n, 30 * n + 5, surface, kind, n, 0.9) for n, surface in enumerate(surfaces)]
        return [[reading.surface for reading in each.readings] for each in cluster(readings, "ru")]

    assert russian("person", "Олег Дробыш", "Дробыша", "Олегом Дробышем") == [
        ["Олег Дробыш", "Дробыша", "Олегом Дробышем"]
    ]
    assert russian("person", "Анна Лунёва", "Лунёвой") == [["Анна Лунёва", "Лунёвой"]]
    assert russian("place", "Заречье", "Малиновка", "Малиновке") == [["Заречье"], ["Малиновка", "Малиновке"]]
    assert len(russian("person", "Дробыш", "Дроздов")) == 2


def test_a_surname_taken_for_a_place_is_its_persons() -> None:
    readings = [Reading(0, 9, "Nora Lindqvist", "person", 0, 0.9), Reading(20, 24, "Lindqvist", "place", 1, 0.6)]
    assert len(cluster(readings)) == 1
    readings.append(Reading(40, 49, "Olof Lindqvist", "person", 2, 0.9))
    assert len(cluster(readings)) == 3
