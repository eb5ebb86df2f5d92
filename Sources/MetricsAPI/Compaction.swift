import EventModel
import HTTPEdge
import Hummingbird
import Storage

// Taking out of a project's files what is to leave them. Amplitude has no such path, so it is ours; the command
// `antinode compact` asks it. Source: Documentation/data.md D15.
//
//     POST /api/v1/compaction    begins a run, unless one is under way; 202
//     GET  /api/v1/compaction    {"data":{"step":"rewriting","done":10,"total":40,"runs":2,"outcome":{…},"held":null}}

extension Endpoint {
    static let compaction = Endpoint(
        .get,
        at: "/api/v1/compaction",
        "How far taking out of the files what is to leave them is: the step that is under way, or what came of the last run.",
        access: .admin
    ) { call in
        .compaction(try call.compacting.status)
    }

    static let beginCompaction = Endpoint(
        .post,
        at: "/api/v1/compaction",
        "Takes out of the files what is to leave them: all people who were deleted, which nobody can cancel then, and days"
            + " that are not kept. It goes on after the answer.",
        parameters: [
            Parameter(
                "yes",
                .flag,
                "Whether days leave, too, of which there are so many events, or after so long a silence, that they wait for"
                    + " somebody who means it.",
                standard: "false",
                example: "true"
            )
        ],
        access: .admin,
        success: 202
    ) { call in
        let compacting = try call.compacting
        compacting.begin(endingGraces: true, meaningIt: call.parameters.nonEmpty("yes") == "true")
        return .compaction(compacting.status, status: .accepted)
    }
}

extension Call {
    var compacting: any Compacting {
        get throws {
            guard let compaction = try project.compaction else {
                throw Failure(
                    .unavailable,
                    "compaction_unavailable",
                    "Nothing can be taken out of this project's files."
                )
            }
            return compaction
        }
    }
}

extension Reply {
    fileprivate static func compaction(_ compaction: CompactionStatus, status: HTTPResponse.Status = .ok) -> Reply {
        var json = JSONWriter()
        json.raw("{\"data\":{\"step\":")
        json.string(compaction.step?.rawValue)
        json.raw(",\"done\":")
        json.integer(compaction.done)
        json.raw(",\"total\":")
        json.integer(compaction.total)
        json.raw(",\"runs\":")
        json.integer(compaction.runs)
        json.raw(",\"outcome\":")
        switch compaction.outcome {
        case nil: json.raw("null")
        case .done(let receipt)?:
            json.raw("{\"people\":")
            json.integer(receipt.people)
            json.raw(",\"receipt\":")
            json.raw(receipt.json)
            json.raw("}")
        // The reason is for the log.
        case .failed?: json.raw("{\"failed\":true}")
        }
        json.raw(",\"held\":")
        json.held(compaction.held)
        json.raw("}}")
        return .json(json, status: status)
    }
}
