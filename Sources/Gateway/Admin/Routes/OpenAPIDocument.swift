internal import Foundation
internal import Ledger
internal import Wire

/// What the listeners answer, as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), made from
/// the route tables.
enum OpenAPIDocument {
    /// Both listeners; each path says by its `servers` which one has it.
    static let ofBoth = json(PublicRouteTable.routes, AdminRouteTable.routes)
    /// The public listener alone.
    static let ofPublic = json(PublicRouteTable.routes, [])

    private static func json(_ front: [PublicRoute], _ admin: [AdminRoute]) -> [UInt8] {
        var paths: [String: [String: Any]] = [:]
        for route in front { add(operation(route), route.method, route.pattern, to: &paths) }
        for route in admin { add(operation(route), route.method, route.pattern, to: &paths) }
        var document: [String: Any] = [
            "openapi": "3.1.0",
            "info": [
                "title": "Portillon", "version": Gateway.version,
                "description":
                    "A participation gateway: durable, exact, and fair to its neighbours.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "tags": tags(hasAdmin: !admin.isEmpty), "paths": paths,
            "components": components(hasAdmin: !admin.isEmpty),
        ]
        if !admin.isEmpty { document["webhooks"] = webhooks }
        do {
            return [UInt8](
                try JSONSerialization.data(
                    withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes]))
        } catch {
            preconditionFailure("texts, numbers and lists of them are JSON: \(error)")
        }
    }

    private static func tags(hasAdmin: Bool) -> [[String: String]] {
        let front = ["name": "public", "description": "The listener for front ends."]
        let admin = ["name": "admin", "description": "The listener for operators."]
        return hasAdmin ? [front, admin] : [front]
    }

    // MARK: Operations

    private static func add(
        _ operation: [String: Any], _ method: String, _ pattern: PathPattern,
        to paths: inout [String: [String: Any]]
    ) {
        var item = paths[pattern.text] ?? ["parameters": parameters(pattern)]
        let name = method.lowercased()
        if var both = item[name] as? [String: Any] {
            // The same path of both listeners: either answers.
            both["tags"] = ["public", "admin"]
            both["responses"] = merged(both["responses"], operation["responses"])
            both["security"] = [[:], ["token": []]] as [[String: [String]]]
            item[name] = both
        } else {
            item[name] = operation
        }
        paths[pattern.text] = item
    }

    private static func parameters(_ pattern: PathPattern) -> [[String: Any]] {
        pattern.parameters.map { name in
            [
                "name": name, "in": "path", "required": true,
                "schema": ["type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"],
            ]
        }
    }

    private static func parameters(_ query: [QueryParameter]) -> [[String: Any]] {
        query.map { parameter in
            [
                "name": parameter.name, "in": "query", "required": false,
                "description": parameter.summary, "schema": schema(of: parameter),
            ]
        }
    }

    private static func schema(of parameter: QueryParameter) -> [String: Any] {
        let schema = parameter.shape.schema
        guard parameter.allowsEmpty else { return schema }
        return ["anyOf": [schema, ["type": "string", "maxLength": 0]]]
    }

    private static func parameters(_ fields: [FieldParameter]) -> [[String: Any]] {
        fields.map { field in
            [
                "name": field.name, "in": "header", "required": false,
                "description": field.summary,
                "schema": ["type": "string", "pattern": field.pattern],
            ]
        }
    }

    private static func operation(_ route: PublicRoute) -> [String: Any] {
        var responses = [String: Any](
            uniqueKeysWithValues: edgeStatuses.map { ("\($0.rawValue)", problem($0)) })
        for status in route.refusals { responses["\(status.rawValue)"] = problem(status) }
        for answer in route.answers { responses["\(answer.status.rawValue)"] = response(answer) }
        var operation: [String: Any] = [
            "summary": route.summary,
            "operationId": identifier(route.method, route.pattern, "public"),
            "tags": route.isOfBoth ? ["public", "admin"] : ["public"], "responses": responses,
            "security": route.needsKey ? [["key": [String]()]] : [],
        ]
        if let body = route.body { operation["requestBody"] = requestBody(body, isRequired: true) }
        return operation
    }

    private static func operation(_ route: AdminRoute) -> [String: Any] {
        let statuses =
            edgeStatuses + [.unauthorized, .forbidden, .misdirectedRequest, .tooManyRequests]
            + route.refusals
            + (route.body == nil ? [] : bodyStatuses)
            + (route.query.isEmpty && route.fields.isEmpty ? [] : [.unprocessableContent])
        var responses: [String: Any] = [:]
        for status in statuses { responses["\(status.rawValue)"] = problem(status) }
        if route.permission.clients != .nothing || route.pattern.parameters.isEmpty == false {
            responses["404"] = problem(.notFound)
        }
        for answer in route.answers { responses["\(answer.status.rawValue)"] = response(answer) }
        // OpenAPI 3.1: of a scheme other than OAuth's the list names roles. One of them is enough.
        var security: [[String: [String]]] = Author.Role.allCases
            .filter { route.permission.roles.contains($0) }.map { ["token": [$0.rawValue]] }
        // On a loopback address nobody needs a token for metrics.
        if route.permission.scrapes { security.append([:]) }
        var operation: [String: Any] = [
            "summary": route.summary,
            "operationId": identifier(route.method, route.pattern, "admin"),
            "tags": ["admin"], "responses": responses, "security": security,
        ]
        let own = parameters(route.query) + parameters(route.fields)
        if !own.isEmpty { operation["parameters"] = own }
        if let body = route.body {
            operation["requestBody"] = requestBody(
                body, isRequired: body.hasRequiredMembers || route.method == "PATCH",
                types: route.bodyTypes)
        }
        return operation
    }

    /// `get_v1_operations_operation`: stable, and unlike every other's.
    private static func identifier(_ method: String, _ pattern: PathPattern, _ tag: String)
        -> String
    {
        let words = pattern.text.split { !$0.isLetter && !$0.isNumber }
        return ([tag, method.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static func merged(_ first: Any?, _ second: Any?) -> [String: Any] {
        let (first, second) = (first as? [String: Any] ?? [:], second as? [String: Any] ?? [:])
        return first.merging(second) { one, other in
            guard let one = one as? [String: Any], let other = other as? [String: Any],
                let schema = schema(of: one), let otherSchema = self.schema(of: other)
            else { return one }
            return [
                "description": one["description"] ?? "",
                "content": ["application/json": ["schema": ["anyOf": [schema, otherSchema]]]],
            ]
        }
    }

    private static func schema(of response: [String: Any]) -> Any? {
        let content = response["content"] as? [String: Any]
        return (content?["application/json"] as? [String: Any])?["schema"]
    }

    // MARK: Bodies

    private static func requestBody(
        _ shape: Shape, isRequired: Bool, types: [String] = ["application/json"]
    ) -> [String: Any] {
        var content: [String: Any] = [:]
        for type in types { content[type] = ["schema": shape.schema] }
        return ["required": isRequired, "content": content]
    }

    private static func response(_ answer: AdminRoute.Answer) -> [String: Any] {
        var content: [String: Any] = [:]
        for (type, shape) in answer.content {
            content[type] = ["schema": shape?.schema ?? ["type": "string"]]
        }
        var response: [String: Any] = ["description": answer.status.phrase]
        if !content.isEmpty { response["content"] = content }
        return response
    }

    private static func problem(_ status: HTTPStatus) -> [String: Any] {
        [
            "description": status.phrase,
            "content": [
                "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
            ],
        ]
    }

    /// What any request can be answered before it has a route, or under load.
    private static let edgeStatuses: [HTTPStatus] = [
        .badRequest, .requestTimeout, .contentTooLarge, .uriTooLong, .requestHeaderFieldsTooLarge,
        .notImplemented, .serviceUnavailable, .httpVersionNotSupported,
    ]
    /// What a body can be answered, and a command that the ledger refuses.
    private static let bodyStatuses: [HTTPStatus] = [
        .unsupportedMediaType, .unprocessableContent, .insufficientStorage,
    ]

    // MARK: Webhooks

    /// What receivers are sent, by the type of event.
    private static var webhooks: [String: Any] {
        Dictionary(
            uniqueKeysWithValues: WebhookEventType.allCases.map { type in
                (type.rawValue, ["post": webhook(type)] as [String: Any])
            })
    }

    private static func webhook(_ type: WebhookEventType) -> [String: Any] {
        let fields = [
            ("webhook-id", "The same at each attempt."),
            ("webhook-timestamp", "Of the attempt: seconds since 1970."),
            ("webhook-signature", "v1, and base64 of HMAC-SHA-256 over id.timestamp.body."),
        ]
        return [
            "summary": "An event of the type \(type.rawValue), to a webhook's URL.",
            "operationId": identifier("post", PathPattern("/\(type.rawValue)"), "webhook"),
            "parameters": fields.map { name, text in
                [
                    "name": name, "in": "header", "required": true, "description": text,
                    "schema": ["type": "string"],
                ] as [String: Any]
            },
            "requestBody": requestBody(WebhookShapes.message(type), isRequired: true),
            "responses": [
                "2XX": ["description": "Delivered."],
                "410": ["description": "Gone: nothing is sent there any more."],
                "default": ["description": "Failed: it is sent again."],
            ],
        ]
    }

    // MARK: Components

    private static func components(hasAdmin: Bool) -> [String: Any] {
        var schemas: [String: Any] = ["Problem": problemShape.schema]
        var schemes: [String: Any] = [
            "key": [
                "type": "http", "scheme": "bearer",
                "description": "A front-end key of the operation: pk_…",
            ]
        ]
        if hasAdmin {
            schemas["Operation"] = OperationView.shape.schema
            schemas["Campaign"] = CampaignView.shape.schema
            schemas["Token"] = TokenView.shape.schema
            schemes["token"] = [
                "type": "http", "scheme": "bearer",
                "description": "A token of the admin listener: at_…, ot_…, au_…, ck_…, st_…",
            ]
        }
        return ["schemas": schemas, "securitySchemes": schemes]
    }

    /// RFC 9457; a verdict on an entry adds members of its own.
    private static let problemShape = Shape.object([
        .required("type", .text(1...200)), .required("title", .text(1...200)),
        .required("status", .integer(400...599)), .required("detail", .text(1...4_096)),
        .required("code", .text(1...64), "Stable; the last part of `type`."),
        .optional(
            "errors",
            .array(
                .object([
                    .required("pointer", .text(0...1_024), "A JSON Pointer (RFC 6901)."),
                    .required("detail", .text(1...1_024)),
                ]))),
        .optional("not_before", .time, "The first moment at which the same is allowed."),
        .optional("retry_after", .number, "Seconds until it is worth trying again."),
        .optional("verdict", .text(1...64)), .optional("operation", .identifier),
        .optional("reasons", .array(.text(1...64))), .optional("opens", .nullable(.time)),
        .optional("closes", .nullable(.time)), .optional("until", .nullable(.time)),
        .optional(
            "missing_consents", .array(.text(1...LedgerLimits.consentBytes)),
            "Which required consents the entry does not give."),
        .optional("challenge", PublicRouteTable.challenge, "Of `challenged`: what to solve."),
        .optional("tool", .text(1...256), "The program that the request's head names."),
        .optional("reason", Shape.publicReason, "What the public is told of a suspension."),
        .optional("ticket", .text(1...1_024)),
        .optional(
            "position", .nullable(.count),
            "How many are let in before; 0: it is your turn; null before a shuffled start."),
        .optional(
            "estimated_at", .nullable(.time),
            "When it is your turn at the latest, at the present pace; null before a shuffled start."
        ),
        .optional(
            "closes_before_turn", .boolean,
            "The operation closes before this ticket's turn is likely to come."),
        .optional(
            "closes_before_until", .boolean,
            "Of `suspended`: the operation closes before the suspension is likely to end, and "
                + "there is no Retry-After."),
    ])
}

extension Shape {
    fileprivate var hasRequiredMembers: Bool {
        guard case .object(let members) = self else { return true }
        return members.contains(where: \.isRequired)
    }
}
