"""The reading routes give what the shop gives, in the one wire form."""

import base64
import io

import pytest
from PIL import Image

from tastemaker.core.wire import plain
from tests.server.small_workspace import ids, picture


def test_recommend_is_the_shops_answer(reader, read_shop):
    answer = reader.get("/recommend", params={"user": "person-00", "k": 5}).json()
    assert answer == plain(read_shop.recommend("person-00", k=5))
    assert len(answer["items"]) == 5
    assert set(answer) == {"items", "understood", "notes", "plan", "token"}
    assert set(answer["items"][0]) == {"id", "score", "title", "price", "picture", "reasons", "scores"}


def test_get_and_post_are_one(reader):
    asked = {"user": "person-01", "k": 3, "where": "price < 21", "exclude": ["green-circle-0"]}
    assert reader.get("/recommend", params=asked).json() == reader.post("/recommend", json=asked).json()
    like = {"item": "red-circle-0", "k": 4}
    assert reader.get("/similar", params=like).json() == reader.post("/similar", json=like).json()
    why = {"item": "red-circle-0", "user": "person-00"}
    assert reader.get("/explain", params=why).json() == reader.post("/explain", json=why).json()
    words = {"text": "red circle", "k": 4}
    assert reader.get("/search", params=words).json() == reader.post("/search", json=words).json()


def test_complete_is_the_shops_answer(reader, read_shop):
    asked = {"items": ["red-circle-0", "red-square-1"], "k": 4}
    answer = reader.post("/complete", json=asked)
    assert answer.json() == plain(read_shop.complete(asked["items"], k=4))
    assert answer.json() == reader.get("/complete", params=asked).json()
    assert not set(asked["items"]) & set(ids(answer))
    assert sum(id.startswith("red") for id in ids(answer)) >= 2
    assert all(item["reasons"] for item in answer.json()["items"])
    narrow = {"items": ["red-circle-0"], "k": 24, "where": "shape = stripes", "exclude": ["red-stripes-0"]}
    found = ids(reader.post("/complete", json=narrow))
    assert found
    assert all("stripes" in id and id != "red-stripes-0" for id in found)


def test_scores_of_every_source_when_they_are_asked_for(reader):
    for path, asked in (("/recommend", {"user": "person-00"}), ("/complete", {"items": ["red-circle-0"]})):
        told = reader.post(path, json={**asked, "k": 3, "explain": True}).json()["items"]
        assert len(told) == 3
        for item in told:
            assert sum(item["scores"].values()) == pytest.approx(item["score"], abs=1e-3)
        assert all(item["scores"] == {} for item in reader.get(path, params=asked).json()["items"])


def test_filters_and_exclusions_hold(reader):
    found = reader.get("/recommend", params={"user": "person-00", "k": 24, "where": "colour = red and price < 21"})
    assert ids(found)
    assert all(id.startswith("red") and id.endswith("0") for id in ids(found))
    without = reader.post("/recommend", json={"k": 24, "exclude": ["blue-circle-0", "blue-circle-1"]})
    assert not {"blue-circle-0", "blue-circle-1"} & set(ids(without))


def test_somebody_unknown_gets_the_fallback_and_is_told(reader):
    answer = reader.get("/recommend", params={"user": "nobody-knows-me", "k": 5}).json()
    assert len(answer["items"]) == 5
    assert any("nobody-knows-me" in note or "popular" in note for note in answer["notes"])


def test_a_history_is_enough(reader):
    by_history = ids(reader.post("/recommend", json={"history": ["red-circle-0", "red-square-0"], "k": 4}))
    assert sum(id.startswith("red") for id in by_history) >= 2
    assert not {"red-circle-0", "red-square-0"} & set(by_history)


def test_more_places_than_items(reader):
    assert len(ids(reader.get("/search", params={"text": "circle", "k": 1000}))) <= 24


def test_words_find_and_what_was_understood_can_be_left_out(reader):
    answer = reader.get("/search", params={"text": "red circle", "k": 2})
    assert all(id.startswith("red-circle") for id in ids(answer))
    labels = [facet["label"] for facet in answer.json()["understood"]]
    assert "colour: red" in labels
    left_out = reader.get("/search", params={"text": "red circle", "k": 2, "ignore": labels}).json()
    assert not set(labels) & {facet["label"] for facet in left_out["understood"]}


def test_a_picture_as_a_file_and_as_base64_are_one(reader):
    data = picture()
    as_file = reader.post("/search", data={"k": "3"}, files={"image": ("me.png", data)})
    as_json = reader.post("/search", json={"k": 3, "image": base64.b64encode(data).decode()})
    assert len(ids(as_file)) == 3
    assert as_file.json() == as_json.json()


def test_a_picture_and_a_change(reader, read_shop):
    answer = reader.post("/search", data={"change": "but in blue", "k": "4"}, files={"image": ("me.png", picture())})
    assert answer.json() == plain(read_shop.search(image=picture(), change="but in blue", k=4))
    assert ids(answer)[0].startswith("blue")


def test_lists_in_a_form(reader):
    form = {"text": "circle", "k": "24", "exclude": ["red-circle-0", "blue-circle-0"]}
    found = ids(reader.post("/search", data=form, files={"image": ("", b"")}))
    assert found
    assert not {"red-circle-0", "blue-circle-0"} & set(found)


def test_explain_names_its_sources(reader):
    answer = reader.get("/explain", params={"item": "red-circle-0", "user": "person-00"}).json()
    assert answer["item"] == "red-circle-0"
    assert answer["reasons"] or answer["notes"]
    assert isinstance(answer["sources"], dict)
    assert answer["looks"] is None


def test_an_item_is_shown_by_its_id(reader, read_shop):
    asked = {"item": "red-circle-0", "change": "but in blue", "k": 4}
    answer = plain(read_shop.search(image="red-circle-0", change="but in blue", k=4))
    assert reader.get("/search", params=asked).json() == answer
    assert reader.post("/search", json=asked).json() == answer
    assert reader.post("/search", data=asked, files={"image": ("", b"")}).json() == answer
    two = {"item": "red-circle-0", "images": [{"item": "blue-circle-1"}], "k": 4}
    assert reader.post("/search", json=two).json() == plain(
        read_shop.search(image="red-circle-0", images=[("blue-circle-1", 1.0)], k=4)
    )


def test_what_is_no_item_is_not_looked_for_among_the_servers_files(reader, tmp_path):
    there = tmp_path / "there.png"
    there.write_bytes(picture())
    data = base64.b64encode(picture()).decode()
    for body in ({"item": str(there)}, {"images": [{"item": str(there)}]}):
        assert reader.post("/search", json=body).status_code == 404
    assert reader.post("/search", json={"item": "red-circle-0", "image": data}).status_code == 400
    assert reader.post("/search", json={"images": [{}]}).status_code == 422


def test_explain_tells_which_part_of_the_picture_counts(reader, read_shop):
    asked = {"item": "red-circle-0", "text": "red circle"}
    told = reader.get("/explain", params=asked).json()
    assert told == reader.post("/explain", json=asked).json()
    assert (len(told["looks"]["falls"]), {len(line) for line in told["looks"]["falls"]}) == (8, {8})
    other = read_shop.picture("blue-circle-1.png")
    shown = reader.post("/explain", json={"item": "red-circle-0", "image": base64.b64encode(other).decode()}).json()
    assert shown["looks"]["to"] == "your picture"
    assert shown["looks"]["likeness"] < 1


def test_one_item(reader):
    item = reader.get("/items/red-circle-1").json()
    assert (item["id"], item["price"], item["images"]) == ("red-circle-1", 21.0, ["red-circle-1.png"])
    assert item["attributes"] == {"colour": "red", "shape": "circle"}


def test_pictures_are_scaled_and_cached(reader):
    whole = reader.get("/pictures/red-circle-0.png")
    assert whole.headers["content-type"] == "image/png"
    small = reader.get("/pictures/red-circle-0.png", params={"width": 16})
    assert Image.open(io.BytesIO(small.content)).width == 16
    assert small.headers["content-type"] in ("image/webp", "image/jpeg")
    tag = small.headers["etag"]
    assert tag != whole.headers["etag"]
    assert "max-age" in small.headers["cache-control"]
    again = reader.get("/pictures/red-circle-0.png", params={"width": 16}, headers={"if-none-match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["none.png", "../items.csv", "%2e%2e/items.csv", "/etc/passwd", "..%2f..%2fetc%2fpasswd"]
)
def test_other_files_are_no_pictures(reader, name):
    response = reader.get(f"/pictures/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_care(reader):
    check = reader.get("/check").json()
    assert check
    doctor = reader.get("/doctor").json()
    assert doctor["database"] == "ok"
    methods = reader.get("/methods").json()
    assert {"kind", "name", "figure", "source"} == set(methods[0])
    assert "ease" in {method["name"] for method in methods}
    assert reader.get("/healthz").json() == {"status": "ok"}
    assert reader.get("/readyz").json() == {"status": "ready", "items": 24, "fitted": True}


def test_several_pictures_are_one_question(reader):
    one, other = picture("red"), picture("blue")
    as_files = reader.post(
        "/search",
        data={"explain": "true", "k": "3"},
        files=[("image", ("a.png", one)), ("image", ("b.png", other))],
    )
    both = {"image": base64.b64encode(one).decode(), "images": [base64.b64encode(other).decode()]}
    as_json = reader.post("/search", json=both | {"explain": True, "k": 3, "weigh": {"picture 2": 2}})
    assert [(part["name"], part["weight"]) for part in as_files.json()["plan"]["parts"]] == [
        ("picture", 0.5), ("picture 2", 0.5)
    ]  # fmt: skip
    assert [part["weight"] for part in as_json.json()["plan"]["parts"]] == [0.5, 1.0]
    refused = reader.post("/search", files=[("image", (f"{n}.png", one)) for n in range(9)])
    assert refused.status_code == 400
    assert "9 pictures were sent" in refused.text
