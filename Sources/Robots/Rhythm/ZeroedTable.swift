internal import CLinux
internal import Glibc

/// Memory for a power of two of elements, zero at first, on whole cache lines and large pages.
///
/// The system gives a page when it is first written, so a table takes what is used of it. Any index
/// is good: only its lowest bits count.
///
/// The elements' type is said at each access and not of the table: Swift 6.3 cannot build a generic
/// type with a `deinit` file by file.
@safe
struct ZeroedTable: ~Copyable {
    /// Elements, a power of two.
    let count: Int
    /// Mapped by `init`, unmapped by `deinit`.
    private let mapping: UnsafeMutableRawPointer
    private let mappingBytes: Int
    /// The first element, at the first multiple of a large page in the mapping.
    private let elements: UnsafeMutableRawPointer
    /// Bytes from one element to the next.
    private let stride: Int

    private static var lineBytes: Int { 64 }
    /// Of x86 and of most others: a random access then misses one cache, not two.
    private static var largePageBytes: Int { 2 << 20 }

    /// - Precondition: `count` is a power of two, the element's size one of at most 64, all bits of
    ///   an element may be zero, and the system has the memory.
    init<Element: BitwiseCopyable>(of type: Element.Type, count: Int) {
        let stride = MemoryLayout<Element>.stride
        precondition(count > 0 && count & (count - 1) == 0, "a power of two of elements")
        precondition(stride <= Self.lineBytes && stride & (stride - 1) == 0, "whole lines")
        let bytes = count * stride
        let alignment = bytes < Self.largePageBytes ? Self.lineBytes : Self.largePageBytes
        let length = bytes + alignment
        let mapped = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start = unsafe mapped, unsafe start != MAP_FAILED else {
            preconditionFailure("no memory for a table of \(bytes) bytes")
        }
        self.count = count
        self.stride = stride
        unsafe mapping = start
        mappingBytes = length
        let aligned = unsafe start.alignedUp(toMultipleOf: alignment)
        // Advice: without large pages it is slower, and nothing else.
        if alignment == Self.largePageBytes { _ = unsafe madvise(aligned, bytes, MADV_HUGEPAGE) }
        unsafe elements = aligned
        _ = unsafe aligned.bindMemory(to: Element.self, capacity: count)
    }

    deinit {
        unsafe munmap(mapping, mappingBytes)
    }

    /// Bytes of the whole table, once all of it has been used.
    var memoryBytes: Int { count * stride + Self.lineBytes }

    /// - Precondition: the type is the one that the table was made of; so for ``update(_:of:_:)``.
    @inline(__always)
    subscript<Element: BitwiseCopyable>(index: Int, of type: Element.Type) -> Element {
        unsafe pointer(to: index, of: type).pointee
    }

    /// Asks for an element's memory, and does not wait for it.
    @inline(__always)
    func prefetch<Element: BitwiseCopyable>(_ index: Int, of type: Element.Type) {
        unsafe linux_prefetch(pointer(to: index, of: type))
    }

    /// Changes one element where it lies.
    @inline(__always)
    mutating func update<Element: BitwiseCopyable, Result>(
        _ index: Int, of type: Element.Type, _ body: (inout Element) -> Result
    ) -> Result {
        unsafe body(&pointer(to: index, of: type).pointee)
    }

    @inline(__always)
    private func pointer<Element: BitwiseCopyable>(
        to index: Int, of type: Element.Type
    ) -> UnsafeMutablePointer<Element> {
        precondition(MemoryLayout<Element>.stride == stride, "the table's own type")
        return unsafe elements.assumingMemoryBound(to: type) + (index & (count - 1))
    }
}

// The pointers inside are the table's alone: it cannot be copied, and nothing it returns refers to
// them.
extension ZeroedTable: @unchecked Sendable {}
