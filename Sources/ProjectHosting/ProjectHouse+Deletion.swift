import HTTPEdge
import Logging
import ProjectStore

extension ProjectHouse {
    /// Looks once a second whether another process has changed the list, until the house is closed: what was deleted goes,
    /// though nobody asks for it any more. Source: Documentation/operations.md O9.
    public func watch() async {
        var ticks = 0
        while (try? await Task.sleep(for: ListReading.freshFor)) != nil, !isClosed {
            if list.isDue(version: directory.version) { readList() }
            if ticks % Self.ticksBetweenCompactions == 0 { await beginCompactions() }
            ticks += 1
        }
    }

    /// Lets go of deleted projects, each once.
    func leave(_ deleted: [Int64]) {
        if isClosed { return }
        for id in deleted where leaving[id] == nil {
            looks[id] = nil
            let slot = slots.removeValue(forKey: id)
            leaving[id] = Task { await finishDeletion(of: id, in: slot) }
        }
    }

    /// Waits for those who work with a deleted project, closes its files and removes them. If that fails, it is tried
    /// again a second later.
    private func finishDeletion(of id: Int64, in slot: ProjectSlot?) async {
        if let open = await open(in: slot) {
            await open.users.waitUntilNone()
            await open.close()
        }
        let problem = await BlockingQueue(label: "antinode.deletion").run { [directory] () -> String? in
            do throws(ProjectDirectory.Failure) {
                try directory.finishDeletion(of: id)
                return nil
            } catch {
                return "\(error)"
            }
        }
        leaving[id] = nil
        tell(problem, of: .deletion(id))
        if problem == nil { settings.logger.notice("a project was deleted", metadata: ["id": "\(id)"]) }
    }

    private func open(in slot: ProjectSlot?) async -> OpenProject? {
        switch slot {
        case .open(let open): open
        case .opening(let task): try? await task.value
        case .refused, nil: nil
        }
    }
}
