#!/usr/bin/env python3
"""Several tenants in one cloud, strictly apart: tried by a tenant who wants another's orders at the API, in the database and at the
broker, on SQLite and on PostgreSQL; usage, quotas, suspending, kills and backups."""

import contextlib
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import postgres, sample  # noqa: E402
from rig.api import Client  # noqa: E402
from rig.cloud import PASSWORD, TENANTS, Cloud  # noqa: E402
from rig.guest import Guest  # noqa: E402
from rig.house import House  # noqa: E402
from rig.office import BOX, SITE, equal, event_line  # noqa: E402
from rig.process import Program, RigError, free_port, listens, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

EVENTS = [event_line(seq, "label.printed", {"order": "SO-00001", "waybill": "SF1"}) for seq in (1, 2)] + [
    event_line(3, "order.received", {"order": "SO-00001"})]


# ---------------------------------------------------------------- apart


def same_numbers_are_two_orders(cloud):
    """Each sees its own order of the number, and changes it alone."""
    for tenant in TENANTS:
        client = cloud.client(tenant)
        status, page = client.get("/api/v1/orders?order=SO-00001")
        equal((status, [row["platform"] for row in page["rows"]]), (200, [tenant]))
        equal(client.get("/api/v1/orders/SO-00001")[0], 200)
        equal(len(client.get("/api/v1/orders")[1]["rows"]), 3)
    cloud.of("acme", "cancel", "--order", "SO-00003")
    equal(cloud.rows("acme", "SELECT state FROM orders WHERE number = 'SO-00003'"), [("closed",)])
    equal(cloud.rows("b-co", "SELECT state FROM orders WHERE number = 'SO-00003'"), [("audit",)])


def a_key_is_good_in_its_own_house(cloud):
    """Every kind and every verb of B, with A's key."""
    theirs, key = cloud.client("b-co"), cloud.key("acme")
    stranger = Client(theirs.port, key)
    kinds = [kind["kind"] for kind in theirs.get("/api/v1/kinds")[1]]
    verbs = [verb["verb"] for verb in theirs.get("/api/v1/verbs")[1]]
    assert len(kinds) > 50 and len(verbs) > 100, (len(kinds), len(verbs))
    before = cloud.rows("b-co", "SELECT count(*) FROM order_history")
    tried = [("GET", f"/api/v1/{path}", None) for path in ("kinds", "verbs", "words", "changes?kinds=orders")]
    tried += [("GET", f"/api/v1/{kind}", None) for kind in kinds] + [("GET", f"/api/v1/{kind}/SO-00001", None) for kind in kinds]
    tried += [("POST", f"/api/v1/do/{verb}", {"order": "SO-00001"}) for verb in verbs]
    passed = [(what, path) for what, path, body in tried if stranger.ask(what, path, body)[0] != 401]
    equal(passed, [])
    equal(stranger.ask("POST", "/api/v1/import/orders", "order\nX\n", kind="text/csv")[0], 401)
    equal(cloud.rows("b-co", "SELECT count(*) FROM order_history"), before)
    equal(Client(cloud.tenant("acme")["port"], key).get("/api/v1/orders")[0], 200)


def the_broker_keeps_topics_apart(cloud):
    """A's names at the broker hear nothing of B, say nothing to B, and take nothing away from B."""
    filters = ("t/b-co/#", "#", "+/+/#", "t/+/fh1/hq/st", "$share/hub/t/b-co/fh1/+/+/up/+", "$share/x/#")
    shard = cloud.text("acl").split("topic write t/b-co/fh1/")[1][:2]
    up, down = f"t/b-co/fh1/{shard}/{BOX}/up/ctl", f"t/b-co/fh1/{shard}/{BOX}/dn/ctl"
    cloud.run("suspend", "acme")  # whose name the thief takes
    wait_until(lambda: cloud.server_of("acme") is None, "its server has ended", seconds=20)
    for name in ("acme.hq", f"acme.{BOX}"):
        with Guest(cloud.broker.port, name, PASSWORD) as thief, cloud.box("b-co") as box:
            equal(thief.refused, 0)
            for one in filters:
                thief.subscribe(one)
            for topic in (up, down, "t/b-co/fh1/hq/st", f"t/b-co/fh1/{shard}/{BOX}/st"):
                equal((topic, thief.publish(topic, b"{}")), (topic, 135))
            for _ in range(6):  # of a group that the thief could join, half would be lost
                box.hello()
                equal(box.welcome()["site"], SITE)
            leaked = [topic for topic, _ in thief.listen(0.5) if topic.startswith("t/b-co/")]
            equal(leaked, [])
        with cloud.box("b-co") as box:
            with Guest(cloud.broker.port, name, PASSWORD, client=f"b-co.{BOX}", keep=True):  # the name alone counts
                box.hello()
                equal(box.welcome()["site"], SITE)
    with Guest(cloud.broker.port, "b-co.hq", "wrong") as nobody:
        equal(nobody.refused, 135)
    with Guest(cloud.broker.port, f"acme.{BOX}", PASSWORD) as own:
        equal(own.publish(f"t/acme/fh1/{shard}/another-box/up/ctl", b"{}"), 135)
    cloud.run("resume", "acme")
    cloud.await_served("acme")


def open_files(pid):
    """What a program has open; what it closes while it is looked at is left out."""
    files = []
    for path in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            files.append(os.readlink(path))
    return files


def the_database_refuses_others(cloud):
    """PostgreSQL: every table of B, by every verb, as A; and by what one tries then. SQLite: folders."""
    if not isinstance(cloud.place, str):
        for folder in (cloud.place, *(cloud.place / tenant for tenant in TENANTS)):
            equal((folder.name, stat.S_IMODE(folder.stat().st_mode)), (folder.name, 0o700))
        for tenant in TENANTS:
            other = next(name for name in TENANTS if name != tenant)
            files = open_files(cloud.server_of(tenant))
            assert any(f"/{tenant}/head-office.db" in path for path in files), files
            equal([path for path in files if f"/{other}/" in path or "cloud.db" in path], [])
        return
    url = cloud.tenant("acme")["database"]
    tables = [row[0] for row in postgres.query(cloud.place, "SELECT tablename FROM pg_tables WHERE schemaname = 'tenant_b_co'")]
    assert len(tables) > 100, len(tables)
    tries = [sql.format(table) for table in tables for sql in (
        "SELECT count(*) FROM tenant_b_co.{}", "INSERT INTO tenant_b_co.{} DEFAULT VALUES", "DELETE FROM tenant_b_co.{}",
        "UPDATE tenant_b_co.{} SET ctid = ctid", "TRUNCATE tenant_b_co.{}", "DROP TABLE tenant_b_co.{}", "COPY tenant_b_co.{} TO STDOUT",
        "SET search_path = tenant_b_co, public; SELECT count(*) FROM {} WHERE false")]
    tries += ["SET ROLE tenant_b_co", "SET SESSION AUTHORIZATION tenant_b_co", "SET ROLE floorhand", "GRANT tenant_b_co TO tenant_acme",
              "CREATE TABLE tenant_b_co.x (a int)", "CREATE TABLE public.x (a int)", "CREATE SCHEMA x", "CREATE ROLE x",
              "ALTER SCHEMA tenant_b_co OWNER TO tenant_acme", "ALTER ROLE tenant_b_co PASSWORD 'x'", "SELECT count(*) FROM floorhand_cloud.tenant",
              "SELECT secret FROM floorhand_cloud.tenant", "SELECT rolpassword FROM pg_authid", "COPY tenant_acme.hub TO '/tmp/x'",
              "SELECT pg_read_file('/etc/passwd')", "CREATE VIEW v AS SELECT * FROM tenant_b_co.orders",
              "CREATE EXTENSION dblink", "SELECT lo_import('/etc/passwd')"]
    script = cloud.folder / "tries.sql"
    script.write_text("".join(f"\\echo {number}\n{sql};\nRESET ALL;\nRESET ROLE;\n" for number, sql in enumerate(tries)))
    done = subprocess.run([postgres.tools() / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=0",
                           "--file", script, url], env=cloud.as_tenant("acme"), capture_output=True, text=True, check=False)
    refused = {int(line.split(":")[2]) for line in done.stderr.splitlines() if "ERROR" in line}
    passed = [sql for number, sql in enumerate(tries) if 4 * number + 2 not in refused]
    # Without a table of that name in sight the search path is no way in: it says "does not exist".
    equal(passed, [])
    words = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert sum("permission denied" in line for line in words) > len(tables) * 6, words[:3]
    for who, wanted in (("acme", 0), ("b-co", 2)):  # with the other's password
        done = subprocess.run([postgres.tools() / "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", "SELECT count(*) FROM orders",
                               url], env=cloud.as_tenant(who), capture_output=True, text=True, check=False)
        equal((who, done.returncode, done.stdout.strip()), (who, wanted, "" if wanted else "3"))


# ---------------------------------------------------------------- sites


def receivers_are_sealed(cloud):
    """With the tenant's own key beside its database, or the one that the keeper's environment names for all."""
    for tenant in TENANTS:
        names = [name for (name,) in cloud.rows(tenant, "SELECT receiver_name FROM orders")]
        equal((len(names), [name for name in names if not name.startswith("~")]), (3, []))
        equal(cloud.of(tenant, "get", "orders", "SO-00001")[0]["order"]["receiver"], "刘*")


def sites_of_one_name_reach_their_own(cloud):
    """The same site and the same box twice, each with its own head office."""
    gens = []
    with cloud.box("acme") as ours, cloud.box("b-co") as theirs:
        for box in (ours, theirs):
            box.hello()
            gens.append(box.welcome()["gen"])
        ours.send(EVENTS)
        ours.acked(3)
    assert gens[0] != gens[1], gens
    equal([cloud.rows(tenant, "SELECT count(*) FROM event")[0][0] for tenant in TENANTS], [3, 0])
    used = cloud.usage("acme")
    equal((used["events"], used["labels"]), (3, 2))
    equal("events" in cloud.usage("b-co"), False)


def a_real_box_comes_with_its_prefix(cloud):
    """floorhandd and floorhand-link, with topic_prefix."""
    cloud.of("b-co", "site", "claim", SITE)
    with House(cloud.folder / "house") as house:
        path = house.folder / "link.ini"
        path.write_text(path.read_text().replace(f"port = {house.broker.port}", f"port = {cloud.broker.port}")
                        .replace("box-hz07", BOX) + f"topic_prefix = t/b-co\nusername = b-co.{BOX}\npassword = {PASSWORD}\n")
        path = house.folder / "floorhandd.ini"
        path.write_text(path.read_text().replace("box-hz07", BOX))
        house.start_daemon()
        house.link.start()
        wait_until(lambda: cloud.rows("b-co", "SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"),
                   "the site has the master data of its own head office", seconds=20)


# ---------------------------------------------------------------- coming and going


def a_killed_server_comes_back_alone(cloud):
    """The other one is not even asked."""
    mine, theirs = cloud.server_of("acme"), cloud.server_of("b-co")
    os.kill(mine, signal.SIGKILL)
    wait_until(lambda: cloud.server_of("acme") not in (None, mine), "it is run anew", seconds=10)
    cloud.await_served("acme")
    equal(cloud.server_of("b-co"), theirs)
    equal(len(cloud.client("acme").get("/api/v1/orders")[1]["rows"]), 3)


def a_suspended_tenant_loses_nothing(cloud):
    port, key = cloud.tenant("acme")["port"], cloud.key("acme")
    before = cloud.rows("acme", "SELECT number, state FROM orders ORDER BY number")
    cloud.run("suspend", "acme", "--who", "王")
    wait_until(lambda: not listens(port) and cloud.server_of("acme") is None, "its server has ended", seconds=20)
    equal(cloud.refused("suspend", "acme"), 'tenant "acme" is suspended already')
    equal("t/acme/" in cloud.text("acl"), False)
    equal(cloud.client("b-co").get("/api/v1/orders")[0], 200)
    cloud.run("resume", "acme")
    cloud.await_served("acme")
    equal(cloud.rows("acme", "SELECT number, state FROM orders ORDER BY number"), before)
    equal(Client(port, key).get("/api/v1/orders")[0], 200)
    equal([(row["act"], row["who"]) for row in cloud.run("history", "acme")][-2:], [("suspended", "王"), ("active", "command line")])


def the_keeper_takes_all_along(cloud):
    """Asked, and killed: nothing of it goes on by itself."""
    cloud.keeper.kill()
    wait_until(lambda: all(cloud.server_of(tenant) is None for tenant in TENANTS), "its programs end with it", seconds=20)
    cloud.keeper.start()
    for tenant in TENANTS:
        cloud.await_served(tenant)
    equal(cloud.keeper.stop(), 0)
    equal([cloud.server_of(tenant) for tenant in TENANTS], [None, None])
    cloud.keeper.start()
    for tenant in TENANTS:
        cloud.await_served(tenant)


def a_tenant_is_backed_up_and_restored(cloud):
    """As any head office is, and without the other."""
    path, port = cloud.folder / "acme.backup", cloud.tenant("acme")["port"]
    cloud.of("acme", "backup", path)
    if isinstance(cloud.place, str):
        equal("b_co" in must([postgres.tools() / "pg_restore", "--file=-", path]), False)
    before, others = cloud.rows("acme", "SELECT gen FROM hub"), cloud.rows("b-co", "SELECT gen FROM hub")
    cloud.of("acme", "import", "orders", sample.write_orders(cloud.folder / "later.csv", sample.orders(1, first=50)))
    assert "suspend it first" in cloud.refused("restore", "acme", path)
    cloud.run("suspend", "acme")
    wait_until(lambda: not listens(port), "its server has ended", seconds=20)
    time.sleep(0.5)
    cloud.run("restore", "acme", path)
    cloud.run("resume", "acme")
    cloud.await_served("acme")
    equal([row[0] for row in cloud.rows("acme", "SELECT number FROM orders ORDER BY number")], ["SO-00001", "SO-00002", "SO-00003"])
    assert cloud.rows("acme", "SELECT gen FROM hub") != before, "it is another database now, and its sites must hear that"
    equal(cloud.rows("b-co", "SELECT gen FROM hub"), others)
    if isinstance(cloud.place, str):
        equal(postgres.query(cloud.place, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'tenant_acme'"), [("tenant_acme",)])


# ---------------------------------------------------------------- quotas


def quotas_hold(cloud):
    key = cloud.key("b-co")
    client = Client(cloud.tenant("b-co")["port"], key)
    cloud.run("quota", "b-co", "orders_per_day=4", "sites=1", "--who", "王")
    equal(cloud.usage("b-co")["orders"], 3)
    equal([(row["quota"], row["value"]) for row in client.get("/api/v1/quotas")[1]["rows"]], [("orders_per_day", 4), ("sites", 1)])
    files = cloud.folder / "files-b-co"
    path = sample.write_orders(files / "more.csv", sample.orders(2, first=10))
    said = cloud.refused("run", "b-co", "--", "import", "orders", path)
    assert "orders_per_day" in said and "ask who runs this cloud" in said, said
    equal(cloud.rows("b-co", "SELECT count(*) FROM orders"), [(3,)])
    cloud.of("b-co", "import", "orders", sample.write_orders(files / "one.csv", sample.orders(1, first=10)))
    equal(cloud.usage("b-co")["orders"], 4)
    said = cloud.refused("run", "b-co", "--", "site", "add", "bj-01", "--box", "box-bj01")
    assert "quota sites is 1" in said, said
    cloud.run("quota", "b-co", "orders_per_day=none", "sites=2")
    cloud.of("b-co", "site", "add", "bj-01", "--box", "box-bj01")
    equal(cloud.rows("acme", "SELECT count(*) FROM quota"), [(0,)])
    for wrong in ("sites=x", "sites=-2", "cats=3", "sites"):
        cloud.refused("quota", "b-co", wrong)


def calls_are_counted_and_held(cloud):
    client = cloud.client("b-co")
    cloud.run("quota", "b-co", "api_calls_per_min=5")
    time.sleep(6)  # a server reads its quotas every five seconds
    seen = [client.get("/api/v1/quotas")[0] for _ in range(8)]
    assert 429 in seen and seen[-1] == 429, seen
    status, retry = raw_retry(client)
    assert status == 429 and 1 <= int(retry) <= 60, (status, retry)
    equal(cloud.client("acme").get("/api/v1/orders")[0], 200)
    cloud.run("quota", "b-co", "api_calls_per_min=none")
    wait_until(lambda: client.get("/api/v1/orders")[0] == 200, "the quota is gone", seconds=15, interval=0.2)
    wait_until(lambda: cloud.usage("b-co").get("api_calls", 0) >= 5, "calls are counted", seconds=15, interval=0.5)
    assert cloud.usage("b-co")["storage_bytes"] > 100000, cloud.usage("b-co")
    equal([row["amount"] for row in client.get("/api/v1/usage?measure=orders")[1]["rows"]], [4])


def raw_retry(client):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    connection.request("GET", "/api/v1/orders", headers={"Authorization": f"Bearer {client.key}"})
    answer = connection.getresponse()
    said = answer.status, answer.getheader("Retry-After")
    connection.close()
    return said


# ---------------------------------------------------------------- the proxy


def nginx_knows_whose_is_whose(cloud):
    """The real one, with what tenant proxy says."""
    port, folder = free_port(), cloud.folder / "nginx"
    folder.mkdir(exist_ok=True)
    cloud.run("suspend", "b-co")
    (folder / "tenants.conf").write_text(cloud.text("proxy", "--host", "cloud.example", "--listen", f"127.0.0.1:{port}"))
    user = "user root;\n" if os.getuid() == 0 else ""
    temporary = "".join(f"{what}_temp_path {folder}/{what}; " for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
                                       f"http {{ access_log off; {temporary}\ninclude {folder}/tenants.conf; }}\n")
    nginx = Program("nginx", ["/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf"], cloud.folder).start()
    try:
        wait_until(lambda: listens(port) or not nginx.running, "nginx answers")
        key = cloud.key("acme")

        def ask(host, path="/api/v1/orders"):
            try:
                return Client(port, key).ask("GET", path, None, **{"Host": host})[0]
            except (ConnectionError, OSError):
                return 0
            except Exception as fault:  # http.client says RemoteDisconnected as it likes
                return type(fault).__name__
        equal(ask("acme.cloud.example"), 200)
        equal(ask("acme.cloud.example", "/"), 200)
        equal(ask("b-co.cloud.example"), 503)
        equal(ask("cloud.example"), 0)
    finally:
        nginx.stop()
    cloud.run("resume", "b-co")
    cloud.await_served("b-co")


def a_removed_tenant_is_moved_aside(cloud):
    assert "suspend it first" in cloud.refused("remove", "acme", "--yes")
    port = cloud.tenant("acme")["port"]
    cloud.run("suspend", "acme")
    wait_until(lambda: not listens(port), "its server has ended", seconds=20)
    time.sleep(0.5)
    assert "--yes" in cloud.refused("remove", "acme")
    aside = cloud.run("remove", "acme", "--yes")[0]["aside"]
    if isinstance(cloud.place, str):
        equal(postgres.query(cloud.place, f"SELECT count(*) FROM {aside}.orders"), [(3,)])
        done = subprocess.run([postgres.tools() / "psql", "--command", "SELECT 1", cloud.tenant("acme")["database"]],
                              env=cloud.as_tenant("acme"), capture_output=True, text=True, check=False)
        assert done.returncode and "not permitted to log in" in done.stderr, done.stderr
    else:
        assert (pathlib.Path(aside) / "head-office.db").exists(), aside
    assert "choose another name" in cloud.refused("add", "acme")
    assert "was removed" in cloud.refused("resume", "acme")
    equal(cloud.client("b-co").get("/api/v1/orders")[0], 200)


STORIES = (same_numbers_are_two_orders, a_key_is_good_in_its_own_house, receivers_are_sealed, sites_of_one_name_reach_their_own,
           the_broker_keeps_topics_apart, the_database_refuses_others, a_killed_server_comes_back_alone,
           a_suspended_tenant_loses_nothing, the_keeper_takes_all_along, a_real_box_comes_with_its_prefix, quotas_hold,
           calls_are_counted_and_held, a_tenant_is_backed_up_and_restored, nginx_knows_whose_is_whose,
           a_removed_tenant_is_moved_aside)


def tell(tap, engine, place):
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, Cloud(pathlib.Path(folder).resolve(), place) as cloud:
        if place:
            os.environ["FLOORHAND_RECEIVER_KEY"] = f"{folder}/receiver.key"
        try:
            cloud.furnish()
            cloud.start()
        except (AssertionError, RigError, OSError) as fault:
            tap.check(f"{engine}: the cloud starts", [str(fault), cloud.keeper.tail(), cloud.broker.program.tail()])
            return
        for story in STORIES:
            if wanted and not any(word in story.__name__ for word in wanted):
                continue
            faults = []
            try:
                story(cloud)
            except (AssertionError, RigError, OSError, ValueError, KeyError, IndexError, EOFError, TypeError) as fault:
                faults = [f"{type(fault).__name__}: {line}" for line in (str(fault) or repr(fault)).splitlines()]
                faults += cloud.keeper.tail(8).splitlines()
            tap.check(f"{engine}: {story.__name__.replace('_', ' ')}", faults)


def main():
    tap = Tap()
    tell(tap, "SQLite", None)
    with postgres.Postgres(durable=False, connections=60) as server:
        server.ask_passwords()
        tell(tap, "PostgreSQL", server.url)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
