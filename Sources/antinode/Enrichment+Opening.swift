import GeoIP
import Ingestion
import Logging
import UserAgents

extension Enrichment {
    /// Opens the files that it needs, so that a missing or damaged one shows at the start.
    ///
    /// - Parameter path: the file of places; `nil` if addresses are not looked up.
    init(places path: String?, _ logger: Logger) throws {
        self = .none
        if let path {
            let places = try GeoDatabase(path: path)
            logger.info("addresses are looked up", metadata: ["file": "\(path)", "type": "\(places.type)"])
            self.places = places
        }
        if let path = UserAgentReader.path() {
            let agents = try UserAgentReader(path: path)
            logger.info("user agents are read", metadata: ["patterns": "\(agents.source)"])
            self.agents = agents
        } else {
            logger.warning("user agents are not read: there is no file of patterns; run `make setup`")
        }
    }
}
