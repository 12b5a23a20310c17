/// The level of pressure on the gateway.
package enum PressureLevel: Int, Sendable, CaseIterable, Comparable {
    case calm, strained, critical

    /// Its name in the interface.
    package var name: StaticString {
        switch self {
        case .calm: "calm"
        case .strained: "strained"
        case .critical: "critical"
        }
    }

    package static func < (left: PressureLevel, right: PressureLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// In JSON a level is its name.
extension PressureLevel: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let level = Self.allCases.first(where: { "\($0.name)" == text }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a level is calm, strained or critical")
        }
        self = level
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(name)")
    }
}
