import Foundation
import Synchronization

/// Ctrl-C, or SIGTERM, ends the traffic, and what there is is reported; a second one ends the
/// process.
enum Interruption {
    private static let isWanted = Atomic(false)

    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interruption.isWanted.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    static var isAsked: Bool { isWanted.load(ordering: .relaxed) }
}
