internal import Glibc

/// Zeroed memory straight from the kernel: page-aligned, and a page costs nothing until it is
/// touched. So a table may be laid out for the largest configuration.
@safe
@usableFromInline
struct Mapping: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the address and the length never change. What is read and written
    // there, and by whom, is the business of the two types built on this one.

    /// Start of the memory; owned, unmapped by `deinit`.
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Bytes asked for; the kernel rounds up to whole pages.
    @usableFromInline let lengthBytes: Int

    /// - Precondition: `lengthBytes` is positive. Traps where the kernel has no address space left,
    ///   as any allocation does; tables are made at start, so that is when it would happen.
    init(lengthBytes: Int) {
        precondition(lengthBytes > 0, "a mapping has at least one byte")
        let start = unsafe mmap(
            nil, lengthBytes, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            preconditionFailure("no address space for \(lengthBytes) bytes: errno \(errno)")
        }
        unsafe base = start
        self.lengthBytes = lengthBytes
    }

    deinit {
        _ = unsafe munmap(base, lengthBytes)
    }
}
