/// What is on record of the service beside its minutes.
package struct ServiceRecords: Equatable, Codable, Sendable {
    package var incidents = IncidentRegister()
    package var maintenance = MaintenanceRegister()
    package var changes = ServiceChanges()
    package var forceMajeure = ForceMajeurePeriods()

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case incidents, maintenance, changes
        case forceMajeure = "force_majeure"
    }
}
