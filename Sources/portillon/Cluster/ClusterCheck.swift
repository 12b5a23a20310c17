import AdminClient
import Bytes
import Cluster
import Cryptography
import Foundation
import Sockets
import Wire

/// Asks the members of an etcd what ``ClusterFacts`` holds, one after the other.
struct ClusterCheck {
    private let trust: EtcdTrust
    private let seconds: Double
    private let pages: [HTTPClient]
    private var facts: ClusterFacts

    /// Seconds in which the members that lag have to sync the probe.
    private static var syncSeconds: Double { 3 }

    /// - Throws: ``CommandFailure`` 78 for a file that is not as it must be.
    init(
        _ urls: [BaseURL], _ trust: EtcdTrust, _ files: HTTPClient.Trust, seconds: Double
    ) throws(CommandFailure) {
        self.trust = trust
        self.seconds = seconds
        facts = ClusterFacts(members: urls.map { ClusterFacts.Member(url: $0) })
        var pages: [HTTPClient] = []
        for url in urls {
            do throws(TLSFileError) {
                let limits = ResponseLimits(bodyBytes: 4 << 20)
                pages.append(try HTTPClient(url, trust: files, limits: limits))
            } catch {
                throw CommandFailure(.configuration, printable("\(error)"))
            }
        }
        self.pages = pages
    }

    mutating func run() -> ClusterFacts {
        for place in facts.members.indices { ask(place) }
        guard facts.list != nil else { return facts }
        let before = facts.members.map { $0.page?.syncs }
        facts.probe = probe()
        compareSyncs(with: before)
        return facts
    }

    // MARK: A member

    private mutating func ask(_ place: Int) {
        let url = facts.members[place].url
        var client = EtcdClient(Self.endpoint(url), trust)
        do throws(GRPCError) {
            facts.members[place].status = try client.status(Waiting(seconds: seconds))
            if facts.list == nil {
                facts.list = try client.members(Waiting(seconds: seconds))
            }
        } catch {
            facts.members[place].status = nil
            facts.members[place].failure = "\(error)"
            return
        }
        let started = Date()
        let metrics = get(place, ["metrics"])
        facts.members[place].clock = metrics?.date.flatMap {
            Self.offset($0, asked: started, answered: Date())
        }
        let variables = get(place, ["debug", "vars"])
        facts.members[place].page = EtcdPage(metrics: metrics?.body, variables: variables?.body)
    }

    static func endpoint(_ url: BaseURL) -> EtcdEndpoint {
        EtcdEndpoint(isSecure: url.isSecure, host: url.host, port: url.port)
    }

    /// - Returns: nil where there is no whole answer with status 200: the page then says nothing.
    private func get(_ place: Int, _ path: [String]) -> (date: String?, body: [UInt8])? {
        let deadline = Deadline(seconds: seconds)
        do throws(HTTPClientError) {
            var exchange = try HTTPExchange(pages[place], HTTPRequest("GET", path), by: deadline)
            let head = try exchange.head(by: deadline)
            guard head.status == 200 else { return nil }
            var body = ByteBuffer(capacity: 64 << 10)
            while try exchange.read(into: &body, by: deadline) {}
            return (head.date, body.bytes.array)
        } catch {
            return nil
        }
    }

    /// The field is in whole seconds, and may have been written at any moment of the request.
    private static func offset(
        _ date: String, asked: Date, answered: Date
    ) -> ClusterFacts.ClockOffset? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let theirs = format.date(from: date) else { return nil }
        let width = answered.timeIntervalSince(asked)
        let ours = asked.addingTimeInterval(width / 2)
        return ClusterFacts.ClockOffset(
            seconds: theirs.timeIntervalSince(ours) + 0.5, uncertainty: 0.5 + width / 2)
    }

    // MARK: The probe

    /// Claims a log of its own, appends one batch, and deletes the log.
    private func probe() -> ClusterFacts.Probe {
        var options = EtcdLog.Options()
        options.prefix = "portillon-check/\(String(Random.word(), radix: 16))/"
        options.trySeconds = seconds
        let answering = facts.members.filter { $0.status != nil }.map { Self.endpoint($0.url) }
        var log = EtcdLog(answering, trust, options)
        var probe = ClusterFacts.Probe()
        do throws(ReplicatedLogError) {
            guard let me = LogOwner(node: "check", term: 1, address: "none"),
                try log.claim(me, after: nil)
            else {
                probe.failure = "another program claims what this command has just made"
                return probe
            }
            let limit = Waiting(seconds: seconds)
            let batch = Array("written by portillon cluster check".utf8)
            let started = ContinuousClock.now
            let outcome = try Self.append(batch, me, to: &log) { limit.isOver }
            let took = ContinuousClock.now - started
            probe.milliseconds = took / .milliseconds(1)
            if outcome != .stored { probe.failure = "the batch was not stored" }
            try log.deleteAll()
        } catch {
            probe.failure = "\(error)"
        }
        return probe
    }

    private static func append(
        _ batch: [UInt8], _ me: LogOwner, to log: inout EtcdLog, givesUp: () -> Bool
    ) throws(ReplicatedLogError) -> AppendOutcome {
        // A span of an array's elements, lent for the call.
        unsafe try log.appendUntilKnown(batch.span.bytes, first: 1, as: me, givesUp: givesUp)
    }

    /// Asks until each member that shows its syncs has more of them than before, or time is over.
    private mutating func compareSyncs(with before: [Double?]) {
        guard facts.probe?.failure == nil else { return }
        let limit = Waiting(seconds: Self.syncSeconds)
        while true {
            for place in facts.members.indices where facts.members[place].hasSynced != true {
                guard let earlier = before[place], let metrics = get(place, ["metrics"]),
                    let now = EtcdPage(metrics: metrics.body, variables: nil).syncs
                else { continue }
                facts.members[place].hasSynced = now > earlier
            }
            if limit.isOver || !facts.members.contains(where: { $0.hasSynced == false }) { return }
            Waiting(seconds: 0.1).pass()
        }
    }
}
