import ArgumentParser
import Contract

/// The contract's enumerations as arguments: help and errors list their values.
extension Ground: ExpressibleByArgument {}
extension Channel: ExpressibleByArgument {}
