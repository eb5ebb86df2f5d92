import EventModel
import Foundation
import Testing

@testable import QueryModel

/// Documentation/questions.md says what documents look like: what it shows is read, and what can be written is on it.
@Suite struct QuestionsPageTests {
    private let page: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        page = try String(contentsOf: root.appending(path: "Documentation/questions.md"), encoding: .utf8)
    }

    private var blocks: [String] {
        page.components(separatedBy: "```json\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    @Test("every example is read, and comes back from its text")
    func examples() throws {
        #expect(blocks.count >= Question.types.count)
        for block in blocks {
            let document = try QuestionDocument(json: block)
            let text = document.json
            #expect(try QuestionDocument(json: text) == document, "\(text)")
            #expect(try QuestionDocument(json: text).json == text)
            let question = try document.question(at: now, in: .utc, earliest: nil)
            #expect(QuestionDocument(question, over: document.range) == document)
        }
    }

    @Test("every type has an example, and all its members are on the page")
    func types() throws {
        let shown = try Set(
            blocks.map { block in
                let question = try QuestionDocument(json: block).question(at: now, in: .utc, earliest: nil)
                return type(of: question.documented).documentType
            }
        )
        for type in Question.types {
            #expect(shown.contains(type.documentType))
            #expect(page.contains("## \(type.documentType)\n"))
            for member in type.documentMembers { #expect(page.contains("`\(member)`"), "\(type.documentType)") }
        }
        for member in ["version", "type", "range"] + EventSelector.documentMembers + PropertyFilter.documentMembers {
            #expect(page.contains("`\(member)`"))
        }
    }

    @Test("every name is on the page")
    func names() {
        var names = Interval.allCases.map(\.rawValue) + BuiltInProperty.allCases.map(\.rawValue)
        names += PropertyFilter.Operator.allCases.map(\.rawValue)
        names += PerformedCondition.Comparison.allCases.map(\.rawValue)
        names += RelativeRange.Name.allCases.map(\.rawValue) + RelativeRange.Unit.allCases.map(\.rawValue)
        names += FunnelQuery.StepOrder.allCases.map(\.rawValue)
        names += LifetimeValueQuery.Metric.allCases.map(\.rawValue) + RevenueQuery.Metric.allCases.map(\.rawValue)
        names += ActiveUsersQuery.Metric.allCases.map(\.rawValue)
        names += SegmentationQuery.Population.allCases.map(\.rawValue)
        for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
    }
}
