"""One run: what is started, the rounds, and what there is to judge when they are over."""

import collections
import contextlib
import dataclasses
import os
import random
import time

from bench import etcd, figures, fronts, network, nodes
from bench.processes import Unusable

from . import evidence, faults, judge, measures, planted, watch

#: Seconds of a round that the filling reckons with.
ROUND_SECONDS = 5
#: The longest time without an acknowledgement, whatever the fault, on a machine that does other
#: work: its own bounds are those of a quiet one.
LOADED_SECONDS = 45
PATIENCE_SECONDS = 180


def say(text):
    print(text, flush=True)


class Run:
    """Everything that is started, and the rounds."""

    def __init__(self, options, directory, plan=faults.plan):
        self.options, self.directory = options, directory
        self.program = os.path.abspath(options.gateway or nodes.default_program())
        self.is_single = options.nodes == 1
        self.is_loaded = getattr(options, "loaded", False)
        self.seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        self.plan = plan(options.rounds, self.seed, self.is_single, options.faults)
        self.network = self.etcd = self.cluster = self.fronts = None
        self.silences = collections.defaultdict(list)
        self.broken = []
        #: What goes on, for whoever notes something down.
        self.current = "start"

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self):
        options = self.options
        kind = network.Namespaces if network.HUB in os.environ else network.Loopback
        self.network = kind(options.nodes)
        urls = []
        if not self.is_single:
            self.etcd = etcd.Etcd(options.nodes, self.network, self.directory)
            urls = self.etcd.urls
        names = "abcde"[: options.nodes]
        self.cluster = nodes.Cluster(names, self.network, self.directory, self.program, urls)
        self.prepare()
        if self.etcd:
            self.etcd.start()
        leader = self.cluster.start(PATIENCE_SECONDS)
        addresses = {node.name: node.public for node in self.cluster.nodes}
        self.fronts = fronts.FrontEnds(addresses, options.front_ends, options.rate, self.seed)
        chance = random.Random(f"{self.seed}/operator")
        self.operator = measures.Operator(self.cluster, self.fronts, chance)
        self.fronts.keys.update(nodes.open_operations(leader, fronts.OPERATIONS))
        # A node that has not followed to an operation yet does not know it: 404.
        self.cluster.wait_for_one_position()
        self.watch = watch.Watch(self)

    def __exit__(self, *_):
        for started in (self.cluster, self.etcd):
            with contextlib.suppress(Unusable, OSError):
                if started:
                    started.stop()
        if self.network:
            self.network.close()

    def prepare(self):
        """What has to be there before anything starts."""

    def progress(self, count):
        """Waits for so many more acknowledgements."""
        wanted = self.fronts.ledger.acknowledged + count
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.fronts.ledger.wait_for(wanted, 0.1):
            self.cluster.supervise()
            if self.fronts.failure is not None:
                raise Unusable(f"the front ends failed: {self.fronts.failure!r}")
            if time.monotonic() > deadline:
                raise Unusable(f"no progress in {PATIENCE_SECONDS} s during {self.current}")

    def fill(self):
        """Participants, so that the cover is crossed in the first half of the rounds."""
        # What the front ends bring of new participants of `once`, as `draw` has it.
        by_themselves = self.options.rate * 2 / 9 * 0.85 * ROUND_SECONDS * len(self.plan)
        self.fronts.filling = max(0, int(judge.COVER - 0.4 * by_themselves))
        self.current = "filling"
        while self.fronts.filling > 0:
            self.progress(1)
            time.sleep(0.1)

    def round(self, kind):
        chance = random.Random(f"{self.seed}/{len(self.silences)}/{kind.name}")
        fault = kind(self, chance)
        self.current = kind.name
        began = time.monotonic()
        fault.begin()
        self.progress(faults.PROGRESS)
        fault.end()
        self.cluster.wait_for_one_position(PATIENCE_SECONDS)
        # A second as it is without faults, which the next round begins from.
        self.progress(max(faults.PROGRESS, self.options.rate))
        ended = time.monotonic()
        silence = self.fronts.ledger.longest_silence(began, ended)
        self.silences[kind.name].append(silence)
        return silence, ended - began

    def rounds(self):
        """All rounds; what stops them is noted, and judged with the rest."""
        self.fronts.start()
        number = 0
        try:
            self.progress(faults.PROGRESS)
            self.fill()
            self.watch.start()
            self.operator.start()
            for number, kind in enumerate(self.plan, 1):
                silence, seconds = self.round(kind)
                say(
                    f"{number:4} {kind.name}: {silence * 1e3:,.0f} ms without an acknowledgement, "
                    f"{seconds:.1f} s, {self.fronts.ledger.acknowledged:,} acknowledged"
                )
        except (Unusable, OSError) as reason:
            self.broken.append(f"round {number}, {self.current}: {reason}")
        self.end()

    def end(self):
        """Goes on until the cover is crossed, then lets everything come to rest."""
        self.current = "end"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.broken and self.fronts.numbers["once"] < judge.COVER + 100:
            self.fronts.filling = 200
            self.progress(faults.PROGRESS)
            if time.monotonic() > deadline:
                break
        for started in (self.watch, self.operator, self.fronts):
            started.stop()

    def case(self):
        """What there is to judge, when everything has ended."""
        exports = {name: [] for name in fronts.OPERATIONS}
        try:
            leader = self.cluster.wait_for_leader(PATIENCE_SECONDS)
            for name in exports:
                exports[name] = evidence.export(leader, name)
            self.cluster.wait_for_one_position(PATIENCE_SECONDS)
        except Unusable as reason:
            self.broken.append(f"at the end: {reason}")
        self.cluster.stop()
        return judge.Case(
            ledger=self.fronts.ledger,
            rules=fronts.OPERATIONS,
            exports=exports,
            journals=[evidence.Journal(node) for node in self.cluster.nodes],
            declared=self.operator.declared,
            wrong_answers=self.operator.wrong,
            silences=self.silences,
            bounds={
                kind.name: LOADED_SECONDS if self.is_loaded else kind.bound_seconds
                for kind in self.plan
            },
            not_calm=self.watch.not_calm,
            scrapes=self.watch.scrapes,
            broken=self.broken,
            by_gateway=[
                fault
                for node in self.cluster.nodes
                for fault in evidence.verified_by_the_gateway(self.program, node)
            ],
            can_cut=self.network.can_cut and not self.is_single,
            is_loaded=self.is_loaded,
        )

    def show(self):
        """Figures that have no bound."""
        ledger, seen = self.fronts.ledger, self.watch
        rows = [[f"answers {status}", f"{count:,}"] for status, count in
                sorted(ledger.statuses.items())]
        rows += [[f"appends, {name}", f"{seen.count(name):,}"] for name in watch.COUNTERS]
        rows += [[f"ended by themselves with status {status}", count]
                 for status, count in sorted(self.cluster.ended.items())]
        rows += [[f"memory of {name}, MiB", f"{size / 2**20:,.0f}"]
                 for name, size in sorted(seen.memory.items())]
        if seen.used:
            rows.append(["engine's store in use, most MiB", f"{max(seen.used) / 2**20:,.1f}"])
            rows.append(["engine's file, most MiB", f"{max(seen.file) / 2**20:,.1f}"])
        for before, after in seen.trims[-3:]:
            rows.append(["a trim, MiB", f"{before / 2**20:,.1f} → {after / 2**20:,.1f}"])
        figures.table(["figure", "found"], rows)


def finds(case, flaw, before):
    """Whether the judge finds a flaw, planted by a child of this process into its copy of all."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    planted.plant(case, flaw)
    broken = [bar for bar in judge.bars(case, lambda _: None) if not bar.holds]
    new = [bar.sentence for bar in broken if bar.sentence not in before]
    say(f"planted {flaw}: " + ("; ".join(new) or "NOT FOUND"))
    os._exit(0 if new else 1)


def try_flaws(case, name):
    """Plants each flaw; whether the judge found all of them."""
    # Some break bars that a loaded machine is not held to: they are judged here all the same.
    case.is_loaded = False
    before = [bar.sentence for bar in judge.bars(case, lambda _: None) if not bar.holds]
    names = [
        flaw
        for flaw in (planted.FLAWS if name == "all" else [name])
        if flaw not in planted.OF_SEVERAL or len(case.journals) > 1
    ]
    return all([finds(case, flaw, before) for flaw in names])


def keep(run, held):
    """Keeps the figures of three nodes under the whole plan, on a machine of their own."""
    options = run.options
    if options.loaded or options.faults or options.planted or options.nodes != 3:
        return
    figures.keep("rounds", {
        "rounds": options.rounds, "seed": run.seed, "rate": options.rate,
        "network": run.network.what, "bars": [dataclasses.asdict(bar) for bar in held],
    }, run.directory)  # fmt: skip


def judged(run):
    """The verdict on a run that has come to its end: whether all bars are held, the judge too."""
    case = run.case()
    run.show()
    held = judge.bars(case, say)
    figures.show_bars(held)
    keep(run, held)
    is_good = all(bar.holds for bar in held)
    if run.options.planted:
        is_good = try_flaws(case, run.options.planted) and is_good
    say(f"seed {run.seed}: {'all bars are held' if is_good else 'NOT ALL BARS ARE HELD'}")
    return is_good
