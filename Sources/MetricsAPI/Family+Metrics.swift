public import HTTPEdge

extension Family {
    /// The second API: everything under `/api/v1`.
    public static let metrics = Family(
        "v1",
        "What Amplitude has no paths for.",
        prefixes: ["/api/v1"],
        envelope: .v1,
        allowsAnyOrigin: false,
        endpoints: [
            .customEvents, .customEvent, .saveCustomEvent, .deleteCustomEvent, .ledger, .export, .exportMergedIDs,
            .importLines, .compaction, .beginCompaction, .keeping, .keep, .cohorts, .cohort, .createCohort,
            .changeCohort,
            .deleteCohort, .askDocument, .askUsers, .charts, .createChart, .savedChart, .changeChart, .archiveChart,
        ] + .metrics + accounts + .toCome
    )

    /// Who may ask, and who says so.
    private static let accounts: [Endpoint] = [
        .signInPage, .setupStatus, .login, .refresh, .logout, .link, .signInLocally, .setUp, .acceptInvitation,
        .resetPassword, .user,
        .changePassword, .workspaces, .makeWorkspace, .leaveWorkspace, .ownKeys, .makeKey, .removeOwnKey,
        .workspaceKeys,
        .removeWorkspaceKey, .members, .changeMember, .removeMember, .resetMember, .invitations, .invite,
        .withdrawInvitation, .workspaceAudit, .audit,
    ]
}
