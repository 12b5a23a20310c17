/// What entries that came over links between nodes are held against before they are decided. Owned
/// by the sequencer's thread.
struct LinkChecks {
    var settings = SettingsMarks()
    var lastOfDay = LastOfDay()
    var permits = PermitPaces()
}
