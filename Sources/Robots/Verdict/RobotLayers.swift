/// Which layers to ask. All of them for a request; a `User-Agent` alone, as labelled lists have it,
/// can only be asked for signatures.
package struct RobotLayers: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static var signature: RobotLayers { RobotLayers(rawValue: 1) }
    package static var consistency: RobotLayers { RobotLayers(rawValue: 2) }
    package static var all: RobotLayers { RobotLayers(rawValue: 3) }
}
