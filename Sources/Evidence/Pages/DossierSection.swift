/// A part of a dossier: some elements, each made when it is asked for.
struct DossierSection<Element>: Sendable {
    let count: Int
    /// The element at a place.
    let element: @Sendable (Int) throws -> Element

    init(_ count: Int, _ element: @escaping @Sendable (Int) throws -> Element) {
        self.count = count
        self.element = element
    }

    /// One element.
    init(_ element: @escaping @Sendable () throws -> Element) {
        self.init(1) { _ in try element() }
    }

    func map<Other>(
        _ transform: @escaping @Sendable (Element) throws -> Other
    ) -> DossierSection<Other> {
        let element = element
        return DossierSection<Other>(count) { try transform(element($0)) }
    }
}
