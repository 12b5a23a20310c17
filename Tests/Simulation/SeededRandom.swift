import Cryptography
import Synchronization
import TestSupport

/// Random words that can be had again.
final class SeededRandom: RandomSource {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    func word() -> UInt64 { generator.withLock { $0.next() } }

    /// A number below the bound.
    func below(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }

    /// True once in so many times.
    func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    func element<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
