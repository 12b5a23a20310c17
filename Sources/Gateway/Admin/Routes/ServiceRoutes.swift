internal import Ledger
internal import Wire

/// The routes of business hours, force majeure (C14) and corrections of minutes (C15).
enum ServiceRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "PUT", "/v1/calendar", .calendar, .admin,
            "Sets the operator's business hours; what was promised before stays (C11, C14).",
            body: BusinessHoursView.body, answers: [.json(.ok, BusinessHoursView.shape)]
        ) { (control, call) throws(Problem) in
            try await ServiceHandlers(control).setCalendar(call)
        },
        AdminRoute(
            "GET", "/v1/force-majeure", .forceMajeure, .readersOfAll, shedding: .statistics,
            query: PageRequest.parameters, "The periods of force majeure, page by page.",
            answers: [.json(.ok, ListView<ForceMajeureView>.shape)]
        ) { (control, call) throws(Problem) in
            try ServiceHandlers(control).listForceMajeure(call)
        },
        AdminRoute(
            "POST", "/v1/force-majeure", .forceMajeure, .admin,
            "A period of force majeure has begun (A 14.3); it changes no figure.",
            body: ForceMajeureView.body, answers: [.json(.created, ForceMajeureView.shape)],
            refusals: [.conflict]
        ) { (control, call) throws(Problem) in
            try await ServiceHandlers(control).beginForceMajeure(call)
        },
        AdminRoute(
            "POST", "/v1/force-majeure/{force_majeure}/end", .forceMajeure, .admin,
            "A period of force majeure has ended.", body: Shape.note,
            answers: [.json(.ok, ForceMajeureView.shape)], refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in
            try await ServiceHandlers(control).endForceMajeure(call)
        },
        AdminRoute(
            "GET", "/v1/corrections", .corrections, .readersOfAll, shedding: .statistics,
            query: PageRequest.parameters,
            "Corrections of minutes, page by page; a client's token: those of its own minutes.",
            answers: [.json(.ok, ListView<CorrectionView>.shape)]
        ) { (control, call) throws(Problem) in
            try ServiceHandlers(control).listCorrections(call)
        },
        AdminRoute(
            "POST", "/v1/corrections", .corrections, .admin,
            "Says what minutes really were, where a probe was wrong; what was measured stays.",
            body: CorrectionView.body, answers: [.json(.created, CorrectionView.shape)]
        ) { (control, call) throws(Problem) in try await ServiceHandlers(control).correct(call) },
    ]
}
