internal import CLinux

/// Which cores a thread may run on: for measurements that want no company.
package enum Cores {
    /// The cores that the calling thread may use now, in order.
    package static var allowed: [Int] {
        var cores: [Int] = []
        var next = linux_allowed_core(0)
        while next >= 0 {
            cores.append(Int(next))
            next = linux_allowed_core(next + 1)
        }
        return cores
    }

    /// Keeps the calling thread, and what it starts from now on, on one core.
    /// - Returns: whether the kernel let it; if not, a measurement is noisier, not wrong.
    @discardableResult
    package static func use(_ core: Int) -> Bool {
        linux_pin_to_core(Int32(core)) == 0
    }
}
