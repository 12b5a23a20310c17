import Foundation
import Wire

/// People who stand in the demonstration's queue, so that there is one to see.
///
/// Each enters once, is given a place, and does not come back for the turn: at a pace of one a
/// second as many go as come.
struct Crowd: Sendable {
    /// Of the public listener, with a front-end key for its token.
    let entries: GatewayClient
    let operation: String
    let count: Int

    static var sizes: ClosedRange<Int> { 1...1_000 }

    /// Fills the queue, and keeps it as long from a thread of its own.
    func gather(until isOver: @escaping @Sendable () -> Bool) {
        let thread = Thread {
            for person in 1... {
                if isOver() { return }
                enter(person)
                if person > count { Thread.sleep(forTimeInterval: 1) }
            }
        }
        thread.name = "crowd"
        thread.start()
    }

    private func enter(_ person: Int) {
        let participant = "crowd \(ProcessInfo.processInfo.processIdentifier) \(person)"
        // Refused for the time being is what a queue does, and a gateway that ends needs no crowd.
        _ = try? entries.call(
            "POST", ["v1", "operations", operation, "entries"],
            ["participant": .string(participant)])
    }
}
