/// The limit on entries that share a second key, such as a household or a device (C25).
///
/// Entries are counted, and not participants: of an operation with the rule `daily` those of one
/// local day, of others all. So a limit of 1 means "one entry a household" under `once`, and "one
/// entry a household and day" under `daily`.
package struct SecondKeyRule: Equatable, Codable, Sendable {
    /// What the key is, an identifier: for people and front ends.
    package var name: String
    /// Accepted entries a key, from 1.
    package var limit: UInt32

    package init(name: String, limit: UInt32) {
        self.name = name
        self.limit = limit
    }

    func validate() throws(CommandRefusal) {
        guard Identifier.isValid(name) else {
            throw .invalid(pointer: "/second_key/name", detail: "must be an identifier")
        }
        guard (1...LedgerLimits.secondKeyEntries).contains(limit) else {
            throw .invalid(
                pointer: "/second_key/limit",
                detail: "must be from 1 to \(LedgerLimits.secondKeyEntries)")
        }
    }
}
