"""Tables -> items and events: what is read, and the documented answer to every bad input."""

import json

import polars as pl
import pytest

from tastemaker.catalog.readers import read_events, read_items
from tastemaker.core.errors import InputError


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def items(folder, content, name="items.csv"):
    return read_items(write(folder, name, content))


def events(folder, content, name="events.csv"):
    return read_events(write(folder, name, content))


def test_every_column_lands_where_it_belongs(tmp_path):
    found, refusals = items(
        tmp_path,
        "id,title,text,image,price,available,department,colour,sizes\n"
        'a1,Dress,"Long, airy",a/1.jpg|a/2.jpg,49.50,no,wardrobe,red,"[""S"",""M""]"\n',
    )
    (item,) = found
    assert not refusals
    assert (item.id, item.title, item.text, item.images) == ("a1", "Dress", "Long, airy", ("a/1.jpg", "a/2.jpg"))
    assert (item.price, item.available, item.department) == (49.5, False, "wardrobe")
    assert item.attributes == {"colour": "red", "sizes": ("S", "M")}


def test_the_three_formats_say_the_same(tmp_path):
    rows = [
        {"id": "7", "title": "Chair", "price": 12.5, "tags": ["oak", "small"]},
        {"id": "8", "title": "مقعد 🪑", "price": None, "tags": []},
    ]
    csv = 'id,title,price,tags\n7,Chair,12.5,"[""oak"",""small""]"\n8,مقعد 🪑,,\n'
    pl.DataFrame(rows).write_parquet(tmp_path / "items.parquet")
    lines = "\n".join(json.dumps(row) for row in rows)
    readings = [
        items(tmp_path, csv),
        items(tmp_path, lines, "items.jsonl"),
        read_items(tmp_path / "items.parquet"),
    ]
    assert readings[0] == readings[1] == readings[2]
    assert readings[0][0][1].title == "مقعد 🪑"


def test_nothing_but_ids_is_enough(tmp_path):
    found, refusals = items(tmp_path, "id\n1\n2\n")
    assert [item.id for item in found] == ["1", "2"]
    assert not refusals


def test_byte_order_mark_and_windows_line_ends_do_not_show(tmp_path):
    found, refusals = items(tmp_path, b"\xef\xbb\xbfid,title\r\n1,Caf\xc3\xa9\r\n")
    assert (found[0].id, found[0].title, refusals) == ("1", "Café", [])


def test_numeric_ids_are_strings_without_a_fraction(tmp_path):
    found, _ = items(tmp_path, '{"id": 12}\n{"id": 13.0}\n', "items.jsonl")
    assert [item.id for item in found] == ["12", "13"]


UNREADABLE = {
    "empty file": ("items.csv", b"", "is empty", "name the columns"),
    "blank file": ("items.csv", b"\n \n", "is empty", "name the columns"),
    "latin-1": ("items.csv", b"id,title\n1,Cafe\n2,Caf\xe9\n", "line 3", "UTF-8"),
    "utf-16": ("items.csv", "id,title\n1,x\n".encode("utf-16"), "UTF-16", "UTF-8"),
    "no id column": ("items.csv", b"sku,title\n1,x\n", "'sku', 'title'", "rename 'sku' to 'id'"),
    "id in capitals": ("items.csv", b"ID,title\n1,x\n", "no column 'id'", "rename 'ID' to 'id'"),
    "semicolons": ("items.csv", b"id;title\n1;x\n", "separated by ';'", "commas"),
    "tabs": ("items.csv", b"id\ttitle\n1\tx\n", "separated by '\\t'", "commas"),
    "column twice": ("items.csv", b"id,title,title\n1,x,y\n", "'title' stands twice", "rename"),
    "one JSON array": ("items.jsonl", b'[{"id": 1}]', "no object", "one {...} a line"),
    "text as parquet": ("items.parquet", b"id,title\n", "not a readable Parquet", "write it again"),
    "spreadsheet": ("items.xlsx", b"PK\x03\x04", "not a table", ".csv"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why_and_how_to_mend(tmp_path, case):
    name, content, said, hint = UNREADABLE[case]
    with pytest.raises(InputError) as caught:
        items(tmp_path, content, name)
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert name in caught.value.message


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv cannot be read"):
        read_items(tmp_path / "nowhere.csv")


ROWS = {  # case: (a row of items.csv, field refused, what is said, scope)
    "no id": (",Dress,,,", "id", "is empty", "row"),
    "blank id": ("  ,Dress,,,", "id", "is empty", "row"),
    "endless id": (f"{'x' * 300},Dress,,,", "id", "300 characters", "row"),
    "NUL in id": ("a\0b,Dress,,,", "id", "control characters", "row"),
    "duplicate": ("first,Again,,,", "id", "stands on line 2 already", "duplicate"),
    "price NaN": ("n,Dress,NaN,,", "price", "not a finite number", "field"),
    "price infinite": ("n,Dress,inf,,", "price", "not a finite number", "field"),
    "price below zero": ("n,Dress,-3,,", "price", "below zero", "field"),
    "price beyond counting": ("n,Dress,1e308,,", "price", "too large", "field"),
    "price in words": ("n,Dress,twelve,,", "price", "not a number", "field"),
    "price with currency": ("n,Dress,$12,,", "price", "not a number", "field"),
    "available perhaps": ("n,Dress,,perhaps,", "available", "neither yes nor no", "field"),
    "path upwards": ("n,Dress,,,../../etc/passwd", "image", "outside the folder", "field"),
    "absolute path": ("n,Dress,,,/etc/passwd", "image", "outside the folder", "field"),
    "drive letter": ("n,Dress,,,C:\\x.jpg", "image", "outside the folder", "field"),
    "address": ("n,Dress,,,http://host/x.jpg", "image", "an address", "field"),
    "10 MB title": (f"n,{'x' * 10_000_000},,,", "title", "10,000,000 characters", "field"),
    "too many fields": ("n,Dress,1,yes,a.jpg,more", "", "6 fields under 5 columns", "row"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_costs_itself_at_most(tmp_path, case):
    row, field, said, scope = ROWS[case]
    header = "id,title,price,available,image"
    found, refusals = items(tmp_path, f"{header}\nfirst,One,1,yes,1.jpg\n{row}\nlast,Two,2,yes,2.jpg\n")
    (refusal,) = refusals
    assert (refusal.file, refusal.line, refusal.field, refusal.scope) == ("items.csv", 3, field, scope)
    assert said in refusal.why
    assert refusal.mend
    kept = [item.id for item in found]
    assert kept == (["first", "n", "last"] if scope == "field" else ["first", "last"])
    assert found[0].title == "One"  # the first of two stays
    assert all(len(item.title) <= 1000 and (item.price is None or item.price >= 0) for item in found)


def test_a_quote_that_never_closes_costs_its_own_line(tmp_path):
    found, refusals = items(tmp_path, 'id,title\n1,"fine, this"\n2,"never closed\n3,after\n4,"said ""so"""\n5,"x\n')
    assert [(item.id, item.title) for item in found] == [("1", "fine, this"), ("3", "after"), ("4", 'said "so"')]
    assert [(refusal.line, refusal.scope) for refusal in refusals] == [(3, "row"), (6, "row")]
    assert "not closed" in refusals[0].why


def test_inch_marks_are_text(tmp_path):
    found, refusals = items(tmp_path, 'id,title\n1,5" screen\n2,6" by 7" screen\n3,"10"" screen"\n')
    assert [item.title for item in found] == ['5" screen', '6" by 7" screen', '10" screen']
    assert not refusals


def test_a_heading_without_rows_is_no_items(tmp_path):
    assert items(tmp_path, "id,title\n") == ([], [])


def test_blank_lines_count_as_lines_and_as_nothing_else(tmp_path):
    for first in ("1,a", '1,"a"'):
        found, refusals = items(tmp_path, f"id,title,price\n\n{first},1\n\n2,b,bad\n\n")
        assert [item.id for item in found] == ["1", "2"]
        assert [refusal.line for refusal in refusals] == [5]


def test_line_numbers_count_lines_inside_fields(tmp_path):
    _, refusals = items(tmp_path, 'id,title,price\n1,"two\nlines",5\n2,x,bad\n')
    assert [refusal.line for refusal in refusals] == [4]


def test_short_rows_are_filled_with_nothing(tmp_path):
    found, refusals = items(tmp_path, "id,title,price\n1\n2,x\n")
    assert [(item.id, item.title, item.price) for item in found] == [("1", "", None), ("2", "x", None)]
    assert not refusals


def test_control_characters_leave_texts(tmp_path):
    found, _ = items(tmp_path, "id,title\n1,a\0b\x07c\n")
    assert found[0].title == "abc"


def test_half_a_character_in_json_does_no_harm(tmp_path):
    found, _ = items(tmp_path, b'{"id": "1", "title": "a\\ud800b"}\n', "items.jsonl")
    assert found[0].title == "ab"


def test_bad_json_lines_cost_themselves(tmp_path):
    found, refusals = items(tmp_path, '{"id": 1}\n{broken\n[1]\n{"id": 2, "size": {"w": 1}}\n', "items.jsonl")
    assert [item.id for item in found] == ["1", "2"]
    assert [(refusal.line, refusal.field) for refusal in refusals] == [(2, ""), (3, ""), (4, "size")]


def test_injected_sql_is_a_title_like_any_other(tmp_path):
    title = "'); DROP TABLE items; --"
    assert items(tmp_path, f"id,title\n1,{title}\n")[0][0].title == title


def test_events_in_every_notation_of_time(tmp_path):
    found, refusals = events(
        tmp_path,
        "user,item,kind,value,time\n"
        "u,1,BUY,2,1970-01-01T00:01:00Z\nu,1,,,60\nu,2,glance,,1970-01-01 01:01:00+01:00\nu,3,rate,4.5,\n",
    )
    assert not refusals
    assert [event.time for event in found] == [60.0, 60.0, 60.0, None]
    assert [event.kind for event in found] == ["buy", "view", "glance", "rate"]
    assert [event.value for event in found] == [2.0, None, None, 4.5]


EVENT_ROWS = {  # case: (row, field, said, kept)
    "no user": (",1,,", "user", "is empty", False),
    "no item": ("u,,,", "item", "is empty", False),
    "value in words": ("u,1,many,", "value", "not a number", True),
    "time in words": ("u,1,,yesterday", "time", "not a time", True),
    "milliseconds": ("u,1,,1700000000000", "time", "year 5000", True),
    "before the year 1": ("u,1,,-99999999999", "time", "before the year 1", True),
    "before the year 1 somewhere": ("u,1,,0001-01-01T00:00:00+14:00", "time", "before the year 1", True),
    "after the year 9999 somewhere": ("u,1,,9999-12-31T23:59:59-10:00", "time", "after the year 9999", True),
    "time NaN": ("u,1,,nan", "time", "not a time", True),
}


@pytest.mark.parametrize("case", EVENT_ROWS)
def test_a_bad_event_costs_itself_at_most(tmp_path, case):
    row, field, said, kept = EVENT_ROWS[case]
    found, refusals = events(tmp_path, f"user,item,value,time\nu,0,,5\n{row}\nu,9,,6\n")
    assert [(refusal.line, refusal.field) for refusal in refusals] == [(3, field)]
    assert said in refusals[0].why
    assert len(found) == 2 + kept


def test_events_name_the_column_they_lack(tmp_path):
    with pytest.raises(InputError) as caught:
        events(tmp_path, "user,item_id\nu,1\n")
    assert "no column 'item'" in caught.value.message
    assert "rename 'item_id' to 'item'" in caught.value.hint


def test_the_same_file_gives_the_same_ids_and_a_row_that_stands_twice_gives_two(tmp_path):
    text = "user,item\nu,1\nu,1\nv,1\n"
    first, second = events(tmp_path, text)[0], events(tmp_path, text)[0]
    assert [event.id for event in first] == [event.id for event in second]
    assert len({event.id for event in first}) == 3
