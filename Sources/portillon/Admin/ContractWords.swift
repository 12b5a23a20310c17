import ArgumentParser
import Contract

/// The contract's enumerations as arguments: help and errors list their values.
extension SuspensionGround: ExpressibleByArgument {}
extension Channel: ExpressibleByArgument {}
