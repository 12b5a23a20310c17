import Foundation
import Synchronization

/// Ctrl-C ends the traffic, and what there is is reported; a second one ends the process.
enum Interruption {
    private static let isWanted = Atomic(false)

    static func watch() {
        signal(SIGINT) { number in
            Interruption.isWanted.store(true, ordering: .relaxed)
            signal(number, SIG_DFL)
        }
    }

    static var isAsked: Bool { isWanted.load(ordering: .relaxed) }
}
