import EventExport
import Foundation

/// Fetches an export page by page.
struct ExportJob {
    private let request: ExportRequest
    private let title: String
    private let api: ProjectAPI

    init(_ request: ExportRequest, title: String, _ api: ProjectAPI) {
        self.request = request
        self.title = title
        self.api = api
    }

    /// Writes what is not yet in the file.
    func write(into file: ExportFile) async throws {
        try await forEachPage(from: file.progress.cursor, to: file.progress.end, counted: file.progress.events) {
            page,
            _ in
            try file.add(page)
        }
    }

    /// - Parameters:
    ///   - end: `nil` if it is for the first page to say.
    ///   - counted: events that are there already.
    ///   - body: takes a page, and whether it is the first.
    func forEachPage(
        from cursor: Int = 0,
        to end: Int? = nil,
        counted: Int = 0,
        _ body: (_ page: ExportPage, _ isFirst: Bool) throws -> Void
    ) async throws {
        var (cursor, end, counted) = (cursor, end, counted)
        var bar: ProgressBar?
        while true {
            let place = "cursor=\(cursor)" + (end.map { "&end=\($0)" } ?? "")
            let page = try await page("/api/v1/export?\(place)&\(request.query)")
            guard page.end >= end ?? page.end else {
                throw Complaint(
                    "The project has fewer events than when this export was begun: an older copy of it was put back."
                        + " Remove the files that end in .part and .part.json, and begin anew."
                )
            }
            end = page.end
            try body(page, cursor == 0)
            cursor = page.next
            counted += page.count
            var shown = bar ?? ProgressBar(title: title, total: page.end)
            shown.show(cursor)
            bar = shown
            if page.next >= page.end { break }
        }
        bar?.finish(counted)
    }

    /// - Returns: how many there are.
    func writeMerges(into path: String) async throws -> Int {
        let part = URL(fileURLWithPath: path + ".part")
        try Data().write(to: part)
        let handle = try FileHandle(forWritingTo: part)
        var cursor = 0
        while true {
            let page = try await page("/api/v1/export/merged-ids?cursor=\(cursor)")
            try handle.write(contentsOf: Data(page.lines))
            cursor = page.next
            if page.next >= page.end { break }
        }
        try handle.close()
        try ExportFile.move(part, to: URL(fileURLWithPath: path))
        return cursor
    }

    private func page(_ path: String) async throws -> ExportPage {
        let answer: ProjectAPI.Answer
        do {
            answer = try await api.get(path)
        } catch let error as URLError {
            throw Complaint(
                "The server at \(api.address) did not answer (\(error.localizedDescription)). Run the same command again,"
                    + " and it goes on."
            )
        }
        guard answer.status == 200 else {
            throw api.complaint(about: answer)
        }
        func number(_ name: String) throws(Complaint) -> Int {
            guard let number = answer.headers[name].flatMap({ Int($0) }) else {
                throw Complaint("The server at \(api.address) is of another version than this command: update both.")
            }
            return number
        }
        return ExportPage(
            lines: answer.body,
            count: try number("x-export-count"),
            next: try number("x-export-next"),
            end: try number("x-export-end")
        )
    }
}
