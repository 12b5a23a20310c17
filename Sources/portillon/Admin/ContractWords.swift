import ArgumentParser
import Contract

/// The contract's words as arguments: a wrong one is answered with those that there are.
extension SuspensionGround: ExpressibleByArgument {}
extension Channel: ExpressibleByArgument {}
