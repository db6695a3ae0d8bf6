import re
from dataclasses import replace
from html import escape

from tastemaker.catalog.shown import labelled, price_text, value_text
from tastemaker.core.ranking import Facet, Ranked, Reason
from tastemaker.page.bar import Held
from tastemaker.page.card import Frame, card
from tastemaker.page.chips import filters, suggestions, turns, understood
from tastemaker.page.facts import Facts, facts_for, facts_of
from tastemaker.page.frame import Around, Content, body
from tastemaker.page.home import home
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.product import product
from tastemaker.page.search import results
from tastemaker.page.state import State
from tests.page.stand_in import ATTACK, Stand

EVIL = "\"'><script>alert(1)</script>&amp;"
LINKS = re.compile(r'(?:href|src|action)="([^"]*)"')


def nothing(key):
    return None


def test_text_and_attributes_are_escaped_and_built_html_is_not():
    assert tag("p", None, "a < b") == "<p>a &lt; b</p>"
    assert tag("p", None, tag("b", None, "x")) == "<p><b>x</b></p>"
    assert (
        tag("a", {"title": '"&<', "hidden": True, "id": None, "open": False})
        == '<a title="&quot;&amp;&lt;" hidden></a>'
    )
    assert tag("img", {"alt": ""}) == '<img alt="">'
    assert join(["<", None, Safe("<br>")]) == "&lt;<br>"


def test_prices():
    assert price_text(None, "€") == ""
    assert price_text(float("nan"), "€") == ""
    assert price_text(49.0, "€") == "€49"
    assert price_text(1249.5, "") == "1,249.50"
    assert price_text(49.0, "CHF") == "CHF\N{NO-BREAK SPACE}49"


def test_values_as_people_write_them():
    assert value_text(True) == "Yes"
    assert value_text(("a", "b")) == "a, b"
    assert value_text(2.0) == "2"
    assert value_text(12000.0) == "12,000"
    assert value_text("linen") == "linen"


def test_units_stand_behind_their_number():
    assert labelled("width_cm", 179.0) == ("Width", "179\N{NO-BREAK SPACE}cm")
    assert labelled("cm", 3.0) == ("Cm", "3")
    assert labelled("size_m", "large") == ("Size m", "large")
    assert labelled("main_colour", ("red", "blue")) == ("Main colour", "red, blue")


def test_what_has_no_colour_is_not_offered_in_another():
    shop = Stand()
    coloured, plain = shop.item("item-3"), replace(shop.item("item-3"), attributes={}, price=None)
    assert facts_for(shop.catalog, coloured) == facts_of(shop.catalog)
    assert suggestions(State(like="item-3"), facts_for(shop.catalog, plain)) is None


def test_nothing_that_comes_from_outside_becomes_markup():
    shop = Stand()
    item = Ranked(EVIL, 1.0, EVIL, 3.0, EVIL, (Reason("x", EVIL),))
    state = State(EVIL, EVIL, EVIL, "item-7", EVIL, (EVIL,), EVIL, 5.0)
    drawn = [
        card(item, Frame(state, EVIL)),
        understood(state, [Facet(EVIL, "=", EVIL), Facet("price", "<", EVIL, hard=True)], EVIL),
        filters(state, facts_of(shop.catalog), EVIL),
        suggestions(state, facts_of(shop.catalog)),
        body(state, Content(EVIL, Safe("")), Around(Held("picture", EVIL, EVIL, "/page/pictures/x"))),
        product(shop, State(person=EVIL), "item-7").main,
        product(shop, State(person=EVIL), EVIL).main,
        results(shop, State(words="bold", person=EVIL), nothing).main,
        results(shop, State(words=EVIL), nothing).main,
        home(shop, State(person=EVIL, under=200.0)).main,
    ]
    for html in drawn:
        assert "<script" not in html
        assert "<b>" not in html
        assert not re.search(r'\son\w+="', html)
        assert all(link.startswith("/") for link in LINKS.findall(html) if link != "#main")
    assert escape(ATTACK) in drawn[5]  # shown as text


def test_a_card_has_everything_a_card_must_have():
    item = Ranked("id 1", 1.0, "Linen shirt", 49.0, "shirts/1.jpg", (Reason("words", "matches your words"),))
    html = card(item, Frame(State(person="anna"), "€"))
    assert "Linen shirt" in html
    assert "€49" in html
    assert "Matches your words" in html
    assert 'src="/pictures/shirts/1.jpg?width=360"' in html
    assert 'loading="lazy"' in html
    assert 'href="/item/id%201?person=anna"' in html
    assert 'href="/?like=id+1&amp;person=anna"' in html
    assert 'data-act="dislike" aria-label="Not for me: Linen shirt"' in html


def test_an_item_without_a_picture_gets_its_title_as_a_cover():
    html = card(Ranked("x", 1.0, "Old film"), Frame(State()))
    assert "<img" not in html
    assert html.count("Old film") >= 3  # cover, title, labels


def test_chips_lead_to_the_search_without_them_and_back():
    state = State(words="red sofa", ignore=("not: leather",))
    html = understood(state, [Facet("colour", "=", "red"), Facet("price", "<", "60", hard=True)], "€")
    assert "/?q=red+sofa&amp;ignore=not%3A+leather&amp;ignore=colour%3A+red" in html
    assert "under €60" in html
    assert 'href="/?q=red+sofa" class="chip gone" aria-label="Put back not: leather"' in html
    assert understood(State(), []) is None


def test_turns_can_be_taken_back_and_suggestions_go_on():
    state = State(words="lamp", earlier=("in red",), change="cheaper")
    html = turns(state)
    assert ">in red<" in html
    assert f'href="{State(words="lamp", change="cheaper").url()}"'.replace("&", "&amp;") in html
    assert turns(State(words="lamp", change="in red")) is None
    assert "earlier=in+red&amp;earlier=cheaper" in suggestions(state, Facts((), (), 0, (), ("red", "blue"), 0))


def test_departments_and_limits_are_offered_and_can_be_taken_back():
    facts = facts_of(Stand().catalog)
    assert set(facts.departments) == {"wardrobe", "home"}
    assert facts.untouched + len(facts.touched) == 40
    assert len(facts.limits) >= 2
    html = filters(State(department="home", under=facts.limits[0]), facts, "€")
    assert 'href="/?department=home"' in html  # the limit, taken back
    assert f'href="/?under={facts.limits[0]:g}"' in html  # the department, taken back


def test_an_empty_answer_offers_a_way_on_that_leads_somewhere():
    html = results(Stand(), State(words="chair under 5", department="wardrobe", under=30.0), nothing).main
    assert "5 without any limit" in html  # giving up one wish is not enough here
    html = results(Stand(), State(words="chair under 5"), nothing).main
    assert "5 without “price under 5”" in html
    assert "ignore=price+under+5" in html


def test_a_person_gets_rows_with_reasons_and_new_items_and_nobody_gets_popular_ones():
    shop = Stand()
    mine = home(shop, State(person="person-1")).main
    assert "For you" in mine
    assert "Because you liked" in mine
    assert "New and close to your taste" in mine
    assert "Because of " in mine
    nobody = home(shop, State()).main
    assert "Popular now" in nobody
    assert "Popular in home" in nobody
    assert "for you" not in nobody.casefold()


def test_new_items_are_those_that_nobody_has_touched():
    shop = Stand()
    touched = {event.item for event in shop.events}
    section = home(shop, State(person="person-1")).main.split("New and close to your taste")[1].split("</section>")[0]
    shown = set(re.findall(r'data-item="([^"]+)"', section))
    assert shown
    assert not shown & touched


def test_shopper_pages_use_a_shoppers_words():
    shop = Stand()
    pages = [
        home(shop, State(person="person-1")).main,
        results(shop, State(words="red chair"), nothing).main,
        product(shop, State(person="person-1"), "item-3").main,
    ]
    for html in pages:
        shown = re.sub(r"<[^>]+>", " ", html).casefold()
        assert not re.search(r"\b(embedding|score|k|vector|ranking)\b", shown)


def test_a_lost_picture_is_said_and_the_words_still_count():
    html = results(Stand(), State(words="chair", picture="gone"), nothing).main
    assert "no longer kept" in html
    assert "Oak chair" in html


def test_more_like_this_with_a_change_leaves_the_item_itself_out():
    html = results(Stand(), State(like="item-3", change="in blue"), nothing).main
    assert "More like Linen shirt in sand, but in blue" in html
    assert 'data-item="item-1"' in html  # the blue one
    assert 'data-item="item-3"' not in html


def test_an_item_that_is_gone_is_not_an_error_page():
    content = product(Stand(), State(), "item-99")
    assert content.status == 404
    assert "not here any more" in content.main


def test_why_this_has_sentences_and_bars():
    html = product(Stand(), State(person="person-1"), "item-30").main
    assert "Why this?" in html
    assert "Because you liked" in html
    assert "inline-size:70%" in html
    assert "70\N{NO-BREAK SPACE}%" in html
