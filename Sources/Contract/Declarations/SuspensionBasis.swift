/// What entitles the operator to a suspension beside its ground (C8, C9).
package struct SuspensionBasis: Equatable, Codable, Sendable {
    /// The notice that the ground needs.
    package var notice: SuspensionNotice?
    /// An administrator says that it is urgent: it waits for no notice.
    package var isUrgent: Bool
    /// Whose fault alone the cause is, where the operator says so (B 3.7).
    package var fault: Party?

    package enum Party: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case `operator`
    }

    package init(
        notice: SuspensionNotice? = nil, isUrgent: Bool = false, fault: Party? = nil
    ) {
        self.notice = notice
        self.isUrgent = isUrgent
        self.fault = fault
    }
}
