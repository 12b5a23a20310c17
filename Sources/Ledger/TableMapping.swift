import CLinux
import Glibc

/// Memory of the system, by the page, for the slots of one ``SubTable``.
///
/// A plain value without an owner, as the part is: ``ParticipantTable`` releases it.
@safe
struct TableMapping: BitwiseCopyable {
    /// `nil` if there is none.
    private var start: UnsafeMutableRawPointer?
    private(set) var bytes = 0

    init() {
        unsafe start = nil
    }

    /// Zeros; `nil` if the system gives none.
    init?(bytes: Int) {
        let mapping = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
        guard unsafe mapping != MAP_FAILED else { return nil }
        unsafe start = mapping
        self.bytes = bytes
    }

    var isEmpty: Bool { bytes == 0 }

    /// The first byte.
    /// - Precondition: it is not empty.
    var base: UnsafeMutableRawPointer {
        @inline(__always) get {
            guard let start = unsafe start else { preconditionFailure("a part has slots") }
            return unsafe start
        }
    }

    /// The first bytes of it.
    /// - Precondition: it is at least so long.
    @_lifetime(borrow self)
    func prefix(_ length: Int) -> RawSpan {
        precondition(length <= bytes, "no more than it holds")
        // `unsafe`: within the mapping, which its owner keeps while this is used.
        let span = unsafe RawSpan(_unsafeStart: base, byteCount: length)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// As ``prefix(_:)``, to be filled.
    @_lifetime(&self)
    mutating func mutablePrefix(_ length: Int) -> MutableRawSpan {
        precondition(length <= bytes, "no more than it holds")
        let span = unsafe MutableRawSpan(_unsafeStart: base, byteCount: length)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// Makes it so long, with what it holds up to there.
    /// - Returns: `false` if the system gives no more; it is as it was then.
    mutating func resize(to newBytes: Int) -> Bool {
        if newBytes == bytes { return true }
        guard let moved = unsafe linux_remap(base, bytes, newBytes) else { return false }
        unsafe start = moved
        bytes = newBytes
        return true
    }

    mutating func release() {
        if let start = unsafe start { unsafe munmap(start, bytes) }
        self = TableMapping()
    }
}
