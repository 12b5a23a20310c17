"""The room of a node that leads a cluster: its nodes, and one that falls silent."""

import os
import shutil
import sys
import tempfile

from scenario import expect, finish, scenario
from visits import sign_in

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "loadtests"))

from bench import etcd, network, nodes  # noqa: E402
from bench.processes import Unusable  # noqa: E402

ROWS = "[...document.querySelectorAll('#nodes tbody tr')].map(row => row.innerText.replace(/\\s+/g, ' '))"


@scenario("a gateway alone shows no nodes; a cluster's leader shows all, and which is silent")
def shows_nodes(world):
    page = world.room()
    expect(page.evaluate("document.querySelector('#nodes-panel').hidden"), "alone: no nodes")
    page.close()
    if not shutil.which("etcd"):
        print("SKIPPED: the cluster's nodes: etcd is not installed")
        return
    folder = tempfile.mkdtemp(prefix="portillon-room-cluster-")
    engine = cluster = None
    try:
        place = network.Loopback(3)
        engine = etcd.Etcd(3, place, folder)
        cluster = nodes.Cluster("ab", place, folder, os.path.abspath(world.gateway.program), engine.urls)
        engine.start()
        leader = cluster.start()
        (follower,) = [node for node in cluster.nodes if node is not leader]
        nodes.open_operations(leader, {"ete": "once"})
        page = world.page()
        page.open(f"http://{leader.admin}/")
        sign_in(page, leader.token)
        page.wait(f"{ROWS}.length === 2 && {ROWS}.some(row => row.includes('follows'))")
        rows = page.evaluate(ROWS)
        expect(any("leads" in row for row in rows), rows)
        world.look(page, "nodes")
        follower.kill()
        page.wait(f"{ROWS}.some(row => row.includes('silent'))")
        needs = "document.querySelector('#attention').innerText"
        page.wait(f"{needs}.includes('does not hear {follower.name}')")
        page.evaluate("document.querySelector('#language').click()")
        page.wait(f"{ROWS}.some(row => row.includes('muet'))")
        page.evaluate("document.querySelector('#language').click()")
        finish(page)
    except Unusable as reason:
        expect(False, "the cluster does not start:", reason)
    finally:
        for started in (cluster, engine):
            if started:
                started.stop()
        shutil.rmtree(folder, ignore_errors=True)
