package import Time

/// What a permit allows.
package struct PermitTerms: Equatable, Codable, Sendable {
    package var operation: String
    /// Test entries a second, of all connections together.
    package var perSecond: UInt32
    /// The first moment at which test entries are accepted.
    package var starts: Timestamp
    /// The first moment at which they are refused.
    package var ends: Timestamp
    /// Networks that they may come from, as `10.0.0.0/8` or one address; none stands for all.
    package var addresses: [String]
    /// What the run is for.
    package var note: String?

    package init(
        operation: String, perSecond: UInt32, starts: Timestamp, ends: Timestamp,
        addresses: [String] = [], note: String? = nil
    ) {
        self.operation = operation
        self.perSecond = perSecond
        self.starts = starts
        self.ends = ends
        self.addresses = addresses
        self.note = note
    }

    private enum CodingKeys: String, CodingKey {
        case operation, starts, ends, addresses, note
        case perSecond = "per_second"
    }

    /// - Throws: ``CommandRefusal``: the operation aside, what does not hold.
    func validate(at time: Timestamp) throws(CommandRefusal) {
        guard (1...LedgerLimits.pace).contains(perSecond) else {
            throw .invalid(
                pointer: "/per_second", detail: "must be from 1 to \(LedgerLimits.pace)")
        }
        guard ends > time else {
            throw .invalid(pointer: "/ends", detail: "must be in the future")
        }
        let latest = starts.advanced(byMilliseconds: LedgerLimits.permitMilliseconds)
        guard ends > starts, ends <= latest else {
            throw .invalid(
                pointer: "/ends", detail: "must be later than `starts`, by 31 days at most")
        }
        guard addresses.count <= LedgerLimits.permitNetworks else {
            throw .invalid(
                pointer: "/addresses",
                detail: "must have \(LedgerLimits.permitNetworks) networks at most")
        }
        for (index, network) in addresses.enumerated() {
            try Field.requireText(
                network, 1...LedgerLimits.networkBytes, at: "/addresses/\(index)")
        }
        try Field.requireNote(note)
    }
}
