import EventModel
import QueryModel
import TestSupport
import Testing

@Suite struct RandomDocumentTests {
    @Test("any question of segmentation comes back from its document's text", arguments: 0..<20)
    func segmentation(seed: Int) throws {
        let first = PlainTime.day(2024, 2, 26)
        var questions = RandomQuestion(
            random: SeededRandom(seed: UInt64(seed)),
            days: first...first + 5,
            types: ["Play", "Stop", "ce:Any", "_active", "Ünï"],
            cohorts: ["odd", "even"]
        )
        for number in 0..<50 {
            let question = QueryModel.Question.segmentation(try questions.next().query)
            let document = QuestionDocument(question)
            let read = try QuestionDocument(json: document.json)
            let now = Timestamp(milliseconds: 0)
            try #require(read == document, "seed \(seed), question \(number): \(document.json)")
            try #require(try read.question(at: now, in: .utc, earliest: nil) == question, "\(document.json)")
        }
    }
}
