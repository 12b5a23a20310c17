/// A header field that a route reads beside those that every route has, as the OpenAPI document
/// describes it.
struct FieldParameter: Sendable {
    let name: String
    /// What its value must match (ECMA-262).
    let pattern: String
    let summary: String
}

/// A parameter of a route's query, as the OpenAPI document describes it.
struct QueryParameter: Sendable {
    let name: String
    let shape: Shape
    let summary: String
    /// A parameter without a value counts as absent.
    var allowsEmpty = false
}
