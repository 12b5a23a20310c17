import Cluster
import Sockets

/// Nodes that a test has answer as it likes, without a socket.
final class ScriptedSource: BatchSource {
    /// What a node answers to a question.
    struct Answer {
        var batches: [[UInt8]] = []
        /// Nil where the link dies behind the batches.
        var ending: BatchesEnd?
    }

    /// By address; a node that is not there takes no links.
    var nodes: [String: (BatchRequest) -> Answer] = [:]
    /// What was asked, in order.
    private(set) var asked: [(address: String, request: BatchRequest)] = []
    private(set) var isOpen = false
    /// How often a node was told where this one is.
    private(set) var told = 0
    private var answer = Answer()
    /// Addresses that batches must not come from.
    var forbidden: Set<String> = []

    func mayAsk(_ address: SocketAddress) -> Bool { !forbidden.contains("\(address)") }

    func open(to address: SocketAddress, _ request: BatchRequest) throws(LinkFailure) {
        close()
        guard let node = nodes["\(address)"] else { throw .refused }
        asked.append(("\(address)", request))
        answer = node(request)
        isOpen = true
    }

    func close() { isOpen = false }

    func tell(_ frame: LinkFrame) { told += 1 }

    /// Two batches at a time.
    func receive(seconds: Double) -> ReceivedBatches {
        var received = ReceivedBatches()
        received.batches = Array(answer.batches.prefix(2))
        answer.batches.removeFirst(received.batches.count)
        guard answer.batches.isEmpty else { return received }
        received.ending = answer.ending
        if answer.ending == nil {
            received.lost = "the other node closed it"
            close()
        }
        return received
    }
}
