/// The heads of requests that browsers send, by how often they are met: system, version, language
/// and, in in-app browsers, the device.
///
/// Shares are rounded from StatCounter's for France in 2025; Chrome and Safari say so little of the
/// device (reduced and frozen User-Agents) that a tenth or more of a crowd shares one head.
package struct Browser: Sendable, Hashable {
    package var family: String
    package var version: Int
    package var language: String
    package var device: Int

    package struct Family: Sendable {
        package var name: String
        package var share: Double
        /// Shares of the versions in use, the newest first.
        package var versions: [Double]
        /// Devices that the head tells apart; 1 where it says nothing.
        package var devices: Int

        package init(_ name: String, _ share: Double, _ versions: [Double], devices: Int = 1) {
            self.name = name
            self.share = share
            self.versions = versions
            self.devices = devices
        }
    }

    package static func all(
        _ families: [Family], languages: [(String, Double)]
    ) -> Weighted<Browser> {
        var pairs: [(Browser, Double)] = []
        for family in families {
            for (version, share) in family.versions.enumerated() {
                for (language, spoken) in languages {
                    for device in 0..<family.devices {
                        // Devices are as uneven as names are.
                        let weight = 1 / Double(device + 3)
                        let browser = Browser(
                            family: family.name, version: version, language: language,
                            device: device)
                        let total = (0..<family.devices).reduce(0.0) { $0 + 1 / Double($1 + 3) }
                        pairs.append((browser, family.share * share * spoken * weight / total))
                    }
                }
            }
        }
        return Weighted(pairs)
    }

    /// As ``EntryTraits/head``.
    package var head: UInt32 {
        Traits.hash("\(family) \(version) \(language) \(device)")
    }

    /// The stack's: one for each family.
    package var clientHello: UInt32 { Traits.hash(family) }
}
