"""The pages of the merchandiser and the engineer, and what a person may look at and forget, on a real small shop."""

import time

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.core.progress import track
from tastemaker.core.storage import Artefacts
from tastemaker.page.desk import Desk
from tastemaker.page.engine import engine
from tastemaker.page.evaluation import evaluation
from tastemaker.page.health import health
from tastemaker.page.history import history
from tastemaker.page.latency import latency
from tastemaker.page.models import models
from tastemaker.page.nav import ROLES, navigation
from tastemaker.page.pages import PAGES
from tastemaker.page.rules import rule_of, rules
from tastemaker.page.running import job_list, running
from tastemaker.page.saved import saved
from tastemaker.page.state import State
from tastemaker.server.jobs import Jobs
from tastemaker.server.metrics import Metrics
from tastemaker.server.tenants import Tenant
from tastemaker.shop import Shop
from tests.server.small_workspace import write_workspace

EVIL = "\"'><script>alert(1)</script>"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Shop(write_workspace(tmp_path_factory.mktemp("page-work") / "shop")) as opened:
        yield opened


@pytest.fixture
def desk(shop):
    return Desk.of(Tenant(shop, Jobs()))


def test_every_way_is_a_page_and_keeps_the_person(shop):
    paths = {page.path for page in PAGES} | {"/", "/draw"}
    assert {path for pages in ROLES.values() for _, path in pages} == paths
    ways = navigation(State(person="a b"), "/rules")
    assert '<a href="/rules?person=a+b" aria-current="page">Rules</a>' in ways
    assert ways.count('aria-current="true"') == 1
    assert "/draw" not in navigation(State(), "/", draws=False)
    assert 'aria-current="page"' not in navigation(State(words="sofa"), "/")


def test_a_list_of_what_was_saved_says_what_it_costs(shop):
    first, second = shop.catalog.item(0), shop.catalog.item(1)
    page = saved(shop, State(), [first.id, "gone", second.id]).main
    assert page.count('class="card"') == 2
    assert "2 things" in page
    assert f"{first.price + second.price:g}".split(".")[0] in page
    assert "Your list is empty" in saved(shop, State(), []).main
    assert "data-list" in saved(shop, State()).main
    assert "Your list is empty" in saved(shop, State(person="person-00")).main


def test_a_history_by_days_and_none_for_nobody(shop):
    page = history(shop, State(person="person-02")).main
    assert page.count('data-send="tm_forget"') == 4  # three things, and everything
    assert page.count("<h2>") == 3
    assert "Bought, " in page
    assert "Nobody is chosen" in history(shop, State()).main
    assert "Nothing is kept of you" in history(shop, State(person=EVIL)).main


def test_catalog_health_names_what_is_wrong(tmp_path):
    folder = write_workspace(tmp_path / "shop")
    lines = (folder / "items.csv").read_text().splitlines()
    lines[1] = lines[1].replace(".png", "-gone.png").replace(".jpg", "-gone.jpg")
    lines.append("bare,A bare thing,,12,red,circle")
    (folder / "items.csv").write_text("\n".join(lines) + "\nrow,with,far,too,many,columns,in,it\n")
    with Shop(folder) as damaged:
        page = health(damaged, State()).main
    assert "No picture is named" in page
    assert "-gone." in page
    assert "Known once the shop is fitted" in page


def test_rules_are_tried_before_they_hold(shop):
    state, last = State(), shop.recommend(k=24).items[-1].id
    page = rules(shop, state, {"kind": "pin", "what": last, "place": "2"}).main
    assert page.count("<ol>") == 2
    assert "Put it in force" in page
    assert "↑ 22, was 24" in page
    assert "There are none" in page
    shop.rules.add(rule_of({"kind": "boost", "what": "colour = red", "by": "0.5", "until": "2099-01-31"}))
    page = rules(shop, state, {"without": "0"}).main
    assert "Until 31 Jan 2099" in page
    assert "Without: lift colour = red by 0.5" in page
    assert "Put it in force" not in page
    shop.rules.drop(shop.rules.now()[0][0])


@pytest.mark.parametrize("given", [{"kind": "boost", "what": EVIL}, {"kind": "boost", "what": "a = 1", "by": "-1"}])
def test_what_is_no_rule_says_so(shop, given):
    page = rules(shop, State(), given).main
    assert 'role="alert"' in page
    assert "Put it in force" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("given", [{}, {"kind": "boost"}, {"kind": "x", "what": "a"}, {"kind": "pin", "what": "a",
                                                                                       "place": "0"}])  # fmt: skip
def test_a_form_that_says_no_rule_is_refused(given):
    with pytest.raises(InputError):
        rule_of(given)


@pytest.mark.parametrize("given", [{"kind": "boost", "what": "nosuch = 1"}, {"kind": "pin", "what": "colour = blue"}])
def test_a_rule_that_this_catalog_cannot_follow_is_not_offered(shop, given):
    page = rules(shop, State(), given).main
    assert 'role="alert"' in page
    assert "Put it in force" not in page
    shop.rules.add(rule_of(given))
    page = rules(shop, State(), {}).main
    assert "For nothing" in page
    assert "<td>Yes</td>" not in page
    shop.rules.drop(shop.rules.now()[0][0])


def test_a_rule_for_items_to_come_says_that_it_is_for_none_now(shop):
    page = rules(shop, State(), {"kind": "boost", "what": "price > 100000"}).main
    assert "it holds for nothing until there is one" in page
    assert "Put it in force" in page


def test_times_of_what_was_learned_are_dates(tmp_path):
    with Shop(write_workspace(tmp_path / "shop")) as fitted:
        artefacts = Artefacts(fitted.workspace.state)
        known = {"items": 24, "made": 1_795_323_661.5, "newest": 1_759_265_924.0}
        artefacts.publish({"other": artefacts.write("other", config={}, tensors={"a": np.ones(1)}, manifest=known)})
        page = models(fitted).main
    assert "30 Sep 2025, 20:58 UTC" in page
    assert "e+09" not in page


def test_an_unfitted_shop_has_a_page_of_models(shop):
    page = models(shop).main
    assert "Nothing is fitted yet" in page
    assert "contrastive" in page
    assert "Doctor" in engine(shop).main
    assert "True" not in engine(shop).main


def test_a_report_is_drawn_the_best_first(shop):
    assert "Nobody has evaluated" in evaluation(shop, State()).main
    row = {"low": 0.1, "high": 0.3, "n": 40, "seconds": 1.0}
    figures = [("shop", "recall@5", 0.2), ("random", "recall@5", 0.05), (EVIL, "recall@5", 0.25), ("shop", "mrr@5", 1)]
    rows = [{"method": method, "metric": metric, "value": value, **row} for method, metric, value in figures]
    shop.reports.keep({"protocol": {"source": "split time"}, "rows": rows})
    page = evaluation(shop, State(person="anna")).main
    plot = page[page.index('class="plot"') : page.index('class="axis"')]
    assert plot.index("script") < plot.index("what is served") < plot.index("plain baseline")
    assert "inset-inline-start:66.67%" in plot
    assert "<script>" not in page
    assert "1.0000 [" in evaluation(shop, State(), "", "mrr@5").main


def test_latency_is_read_off_the_buckets():
    metrics = Metrics()
    assert "Nobody has asked yet" in latency(metrics).main
    for seconds, status in [(0.02,) * 2, (0.02, 200), (0.2, 500)] * 5:
        metrics.request("GET", "/search", 200 if status == 0.02 else status, seconds)
    metrics.stage("score", 0.003)
    (route,) = metrics.routes()
    assert (route.count, route.failed) == (15, 5)
    assert route.spread.quantile(0.5) == pytest.approx(0.01 + 0.015 * 7.5 / 10)
    assert route.spread.quantile(0.99) == pytest.approx(0.1 + 0.15 * (0.99 * 15 - 10) / 5)
    assert [stage.name for stage in metrics.stages()] == ["score"]
    assert "score" in latency(metrics).main


def test_jobs_are_shown_as_they_go_and_stop(desk):
    assert "Nothing is running" in running(desk).main
    jobs = desk.tenant.jobs

    def work(observer):
        with track(observer, "counting", 1000) as task:
            for _ in range(1000):
                task.advance(1)
                time.sleep(0.01)

    job = jobs.start("evaluate", work)
    while not jobs.find(job.id).steps:
        time.sleep(0.01)
    page = job_list(jobs)
    assert "of 1,000" in page
    assert 'role="progressbar"' in page
    assert f'data-job="{job.id}"' in page
    assert 'data-send="tm_stop"' in page
    jobs.cancel(job.id)
    jobs.wait(job.id, 10)
    assert "Stopped" in job_list(jobs)
    assert "tm_stop" not in job_list(jobs)


def test_a_job_that_failed_says_why(desk):
    def work(_observer):
        raise InputError(f"it was {EVIL}", hint="do otherwise")

    desk.tenant.jobs.wait(desk.tenant.jobs.start("fit", work).id, 10)
    page = job_list(desk.tenant.jobs)
    assert "do otherwise" in page
    assert "<script>" not in page
