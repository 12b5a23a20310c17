internal import Glibc

/// A file descriptor that is closed when its owner goes.
package struct Descriptor: ~Copyable {
    /// The number, for calls; owned here.
    package let number: Int32

    /// Takes ownership of an open descriptor.
    package init(owning number: Int32) {
        precondition(number >= 0, "a descriptor is not negative")
        self.number = number
    }

    deinit {
        // Linux frees the number even when close reports an error; there is nothing to retry.
        _ = close(number)
    }
}
