public import ArgumentParser
public import ImportFiles

extension ImportFormat: ExpressibleByArgument {}

extension ColumnMapping: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
