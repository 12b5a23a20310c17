/// A parameter of a route's query, as the OpenAPI document describes it.
struct QueryParameter: Sendable {
    let name: String
    let shape: Shape
    let summary: String
}
