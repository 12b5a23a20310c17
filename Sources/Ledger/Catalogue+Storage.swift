import Bytes
import Contract
import Time

extension Catalogue {
    /// An equal catalogue that shares no growing storage with this one: a change of either copies
    /// nothing of the other. Linear in the catalogue's size; for a start, not for a request.
    package func withOwnStorage() -> Catalogue {
        var copy = self
        // Reserving is what makes a container's storage unique without changing it.
        copy.clients.reserveCapacity(clients.count + 1)
        copy.operations.reserveCapacity(operations.count + 1)
        copy.keys.reserveCapacity(keys.count + 1)
        copy.tokens.reserveCapacity(tokens.count + 1)
        copy.clientIndices.reserveCapacity(clientIndices.count + 1)
        copy.operationIndices.reserveCapacity(operationIndices.count + 1)
        copy.keyIndices.reserveCapacity(keyIndices.count + 1)
        copy.digestIndices.reserveCapacity(digestIndices.count + 1)
        return copy
    }
}
