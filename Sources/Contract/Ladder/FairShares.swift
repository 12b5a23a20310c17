/// Max-min fair shares: whoever wants less than its share gets what it wants, and what it leaves is
/// divided among the others, by their weights (Bertsekas and Gallager, Data Networks, 6.5.2).
package enum FairShares {
    package struct Claim: Equatable, Sendable, BitwiseCopyable {
        /// Entries a second.
        package var demand: Int
        package var weight: UInt32

        package init(demand: Int, weight: UInt32) {
            self.demand = demand
            self.weight = weight
        }
    }

    /// The highest rate that is divided: with any weight, products stay within 64 bits.
    private static var maximum: Int { 1_000_000_000 }

    /// Divides a rate, in entries a second. Takes as many passes over the claims as there are, at
    /// most.
    /// - Returns: the share of each claim: its demand, or its part of what the others leave.
    package static func divide(_ total: Int, among claims: [Claim]) -> [Int] {
        var shares = [Int](repeating: 0, count: claims.count)
        var open = Array(claims.indices)
        var left = min(max(total, 0), maximum)
        while !open.isEmpty {
            let weights = open.reduce(0) { $0 + Int(max(claims[$1].weight, 1)) }
            func part(_ index: Int) -> Int { left * Int(max(claims[index].weight, 1)) / weights }
            let satisfied = open.filter { max(claims[$0].demand, 0) <= part($0) }
            guard !satisfied.isEmpty else {
                for index in open { shares[index] = part(index) }
                break
            }
            for index in satisfied { shares[index] = max(claims[index].demand, 0) }
            left -= satisfied.reduce(0) { $0 + shares[$1] }
            open.removeAll { satisfied.contains($0) }
        }
        return shares
    }
}
