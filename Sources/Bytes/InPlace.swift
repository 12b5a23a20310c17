internal import Synchronization

/// Keeps a large value where it is: a type that has one stored is always used at its address.
///
/// Swift 6.3 copies a large value to the stack for each call that borrows it out of a field, even
/// one that is noncopyable: 800 bytes of a parser for each header field that is asked for. A type
/// that holds an atomic cannot be moved so, and what is borrowed is its address. It takes one byte.
package struct InPlace: ~Copyable, Sendable {
    private let unused = Atomic<Bool>(false)

    package init() {}
}
