import GRDB

/// The tables of `project.sqlite`. A change of shape is a new migration at the end, never an edit of an old one.
enum ProjectSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: journal, identity, names, ledger") { db in
            try db.execute(
                sql: """
                    -- Each row is one group commit, in JournalCodec's form.
                    CREATE TABLE journal (
                        sequence INTEGER PRIMARY KEY,
                        received_at INTEGER NOT NULL,
                        events INTEGER NOT NULL,
                        payload BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE users (
                        key INTEGER PRIMARY KEY,
                        user_id TEXT UNIQUE,
                        context INTEGER,
                        properties INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE devices (
                        key INTEGER PRIMARY KEY,
                        device_id TEXT NOT NULL UNIQUE,
                        user INTEGER NOT NULL,
                        is_unclaimed INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE merges (
                        from_user INTEGER PRIMARY KEY,
                        into_user INTEGER NOT NULL,
                        time INTEGER NOT NULL,
                        cause TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE event_types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
                    CREATE TABLE contexts (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE) STRICT;
                    CREATE TABLE property_sets (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE) STRICT;
                    CREATE TABLE property_names (
                        kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE groups (
                        type TEXT NOT NULL, value TEXT NOT NULL, properties TEXT NOT NULL, PRIMARY KEY (type, value)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX merges_into_user ON merges (into_user);
                    -- One row a batch, 16 bytes a fingerprint, so that a commit writes one page and not a thousand.
                    CREATE TABLE fingerprints (
                        sequence INTEGER PRIMARY KEY,
                        received_at INTEGER NOT NULL,
                        fingerprints BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX fingerprints_received_at ON fingerprints (received_at);
                    CREATE TABLE ledger (
                        minute INTEGER PRIMARY KEY,
                        received INTEGER NOT NULL,
                        stored INTEGER NOT NULL,
                        duplicate INTEGER NOT NULL,
                        rejected INTEGER NOT NULL
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("2: rejected requests") { db in
            try db.execute(
                sql: """
                    -- The body under zstd.
                    CREATE TABLE rejected_requests (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        received_at INTEGER NOT NULL,
                        path TEXT NOT NULL,
                        reason TEXT NOT NULL,
                        events INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        body BLOB NOT NULL
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("3: content types of rejected requests, silenced devices") { db in
            try db.execute(
                sql: """
                    ALTER TABLE rejected_requests ADD COLUMN content_type TEXT;
                    CREATE TABLE silenced_devices (device_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("4: event types' settings, custom events") { db in
            try db.execute(
                sql: """
                    -- The types in the tracking plan; a type may be in it before, or without ever, being in event_types.
                    CREATE TABLE event_settings (
                        name TEXT PRIMARY KEY,
                        is_active INTEGER NOT NULL,
                        is_hidden_from_dropdowns INTEGER NOT NULL,
                        is_hidden_from_pathfinder INTEGER NOT NULL,
                        is_hidden_from_timeline INTEGER NOT NULL,
                        is_hidden_from_persona_results INTEGER NOT NULL,
                        is_deleted INTEGER NOT NULL,
                        is_blocked INTEGER NOT NULL,
                        display_name TEXT,
                        description TEXT,
                        category INTEGER,
                        -- With commas between them.
                        tags TEXT NOT NULL,
                        owner TEXT
                    ) STRICT, WITHOUT ROWID;
                    -- AUTOINCREMENT, so that no number is given twice.
                    CREATE TABLE event_categories (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE
                    ) STRICT;
                    CREATE TABLE custom_events (name TEXT PRIMARY KEY, events TEXT NOT NULL) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("5: when properties arrived") { db in
            try db.execute(
                sql: """
                    -- With which event; 0 is before any that is known.
                    ALTER TABLE users ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
                    -- Only of values that arrived otherwise than with their user.
                    CREATE TABLE arrivals (
                        user INTEGER NOT NULL, is_built_in INTEGER NOT NULL, name TEXT NOT NULL,
                        arrival INTEGER NOT NULL, PRIMARY KEY (user, is_built_in, name)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("6: details of rejected requests") { db in
            try db.execute(sql: "ALTER TABLE rejected_requests ADD COLUMN details TEXT NOT NULL DEFAULT ''")
        }
        migrator.registerMigration("7: names with a U+0000, whole") { db in try CutNames.restore(db) }
        migrator.registerMigration("8: large property sets") { db in
            try db.execute(
                sql: """
                    -- A set too large to be shared: that of one user, as long as they have it.
                    CREATE TABLE own_properties (
                        user INTEGER PRIMARY KEY, id INTEGER NOT NULL, json TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX own_properties_id ON own_properties (id);
                    -- The largest number that a property set was given.
                    CREATE TABLE property_set_counter (value INTEGER NOT NULL) STRICT;
                    INSERT INTO property_set_counter SELECT coalesce(max(id), 0) FROM property_sets;
                    """
            )
        }
        migrator.registerMigration("9: which record it is") { db in
            try db.execute(
                sql: """
                    CREATE TABLE record (id TEXT NOT NULL) STRICT;
                    INSERT INTO record (id) VALUES (lower(hex(randomblob(16))));
                    """
            )
        }
        migrator.registerMigration("10: requests for people's data") { db in
            try db.execute(
                sql: """
                    CREATE TABLE data_requests (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL, user_id TEXT,
                        first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, requested_at INTEGER NOT NULL
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("11: when properties came again") { db in
            try db.execute(
                sql: """
                    -- Sets of properties that came together with events, as PropertyBundle writes them.
                    CREATE TABLE property_bundles (id INTEGER PRIMARY KEY, properties TEXT NOT NULL UNIQUE) STRICT;
                    -- With which event a bundle came for the last time; but for what is in the log.
                    CREATE TABLE bundle_arrivals (
                        user INTEGER NOT NULL, bundle INTEGER NOT NULL, arrival INTEGER NOT NULL,
                        PRIMARY KEY (user, bundle)
                    ) STRICT, WITHOUT ROWID;
                    -- One row a batch, as ArrivalLog writes it: nearly every event has something for it, and to write that
                    -- down by user would touch as many pages as there are users in the batch.
                    CREATE TABLE arrival_log (sequence INTEGER PRIMARY KEY, arrivals BLOB NOT NULL) STRICT;
                    """
            )
        }
        migrator.registerMigration("12: deleted people") { db in
            try db.execute(
                sql: """
                    -- One row a person, for ever. AUTOINCREMENT, so that no number is given twice.
                    CREATE TABLE deletions (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL, requester TEXT NOT NULL,
                        requested_at INTEGER NOT NULL, due_at INTEGER NOT NULL, state TEXT NOT NULL,
                        sequence INTEGER NOT NULL, receipt TEXT, done_at INTEGER
                    ) STRICT;
                    CREATE INDEX deletions_state ON deletions (state);
                    -- All keys of a deleted person. The texts are there for a cancel, until the deletion is done.
                    CREATE TABLE deleted_users (
                        key INTEGER PRIMARY KEY, deletion INTEGER NOT NULL, user_id TEXT
                    ) STRICT;
                    CREATE INDEX deleted_users_deletion ON deleted_users (deletion);
                    CREATE INDEX deleted_users_user_id ON deleted_users (user_id);
                    -- The devices that stood for one. Such a device has user 0 in devices, until somebody new is on it.
                    CREATE TABLE deleted_devices (
                        deletion INTEGER NOT NULL, key INTEGER NOT NULL, device_id TEXT, user INTEGER NOT NULL,
                        is_unclaimed INTEGER NOT NULL, PRIMARY KEY (deletion, key)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX deleted_devices_key ON deleted_devices (key);
                    -- What looks for the devices of a person needs no look at all of them.
                    CREATE INDEX devices_user ON devices (user);
                    """
            )
        }
        migrator.registerMigration("13: what has left") { db in
            try db.execute(
                sql: """
                    -- One row each. Events that were stored once and are gone.
                    CREATE TABLE departed (deleted INTEGER NOT NULL, expired INTEGER NOT NULL) STRICT;
                    INSERT INTO departed VALUES (0, 0);
                    -- How often the journal was rewritten, and how often it had been when the columns were made from it.
                    CREATE TABLE rewritings (journal INTEGER NOT NULL, columns INTEGER NOT NULL) STRICT;
                    INSERT INTO rewritings VALUES (0, 0);
                    -- The largest numbers that were given to what may be gone.
                    CREATE TABLE last_numbers (
                        user INTEGER NOT NULL, device INTEGER NOT NULL, context INTEGER NOT NULL
                    ) STRICT;
                    INSERT INTO last_numbers VALUES (0, 0, 0);
                    -- Takes up what is free in the file, to overwrite it; empty but for that time.
                    CREATE TABLE filler (bytes BLOB NOT NULL) STRICT;
                    """
            )
        }
        migrator.registerMigration("14: Amplitude IDs") { db in
            try db.execute(
                sql: """
                    ALTER TABLE users ADD COLUMN amplitude_id INTEGER;
                    UPDATE users SET amplitude_id = key;
                    ALTER TABLE deleted_users ADD COLUMN amplitude_id INTEGER;
                    UPDATE deleted_users SET amplitude_id = key;
                    CREATE UNIQUE INDEX users_amplitude_id ON users (amplitude_id);
                    """
            )
        }
        migrator.registerMigration("15: remarks") { db in
            try db.execute(
                sql: """
                    CREATE TABLE remark_categories (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE
                    ) STRICT;
                    -- That of remarks without one.
                    INSERT INTO remark_categories (id, name) VALUES (1, 'Uncategorized');
                    -- Annotations, and releases, which have what comes after changed_at.
                    CREATE TABLE remarks (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        time INTEGER NOT NULL,
                        end_time INTEGER,
                        label TEXT NOT NULL,
                        details TEXT,
                        category INTEGER NOT NULL,
                        chart TEXT,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL,
                        code TEXT,
                        version TEXT,
                        -- A JSON list.
                        platforms TEXT,
                        is_shown INTEGER,
                        created_by TEXT
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("16: properties' settings") { db in
            try db.execute(
                sql: """
                    -- The properties in the tracking plan. No owner, which is the empty text here: of all events, people or
                    -- groups.
                    CREATE TABLE property_settings (
                        kind TEXT NOT NULL,
                        owner TEXT NOT NULL,
                        name TEXT NOT NULL,
                        description TEXT,
                        type TEXT NOT NULL,
                        pattern TEXT,
                        -- JSON lists.
                        enum_values TEXT,
                        classifications TEXT NOT NULL,
                        is_list INTEGER NOT NULL,
                        is_required INTEGER NOT NULL,
                        is_hidden INTEGER NOT NULL,
                        is_deleted INTEGER NOT NULL,
                        is_blocked INTEGER NOT NULL,
                        PRIMARY KEY (kind, owner, name)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("17: cohorts") { db in
            try db.execute(
                sql: """
                    CREATE TABLE cohorts (
                        id TEXT PRIMARY KEY,
                        name TEXT NOT NULL,
                        description TEXT,
                        owner TEXT,
                        is_published INTEGER NOT NULL,
                        is_archived INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        counted_at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE cohort_members (
                        cohort TEXT NOT NULL, user INTEGER NOT NULL, PRIMARY KEY (cohort, user)
                    ) STRICT, WITHOUT ROWID;
                    -- No number of parts: it is being written.
                    CREATE TABLE cohort_downloads (
                        id TEXT PRIMARY KEY, cohort TEXT NOT NULL, requested_at INTEGER NOT NULL, parts INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE cohort_download_parts (
                        download TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (download, part)
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("18: imports") { db in
            try db.execute(
                sql: """
                    -- When another server had received the event by which it was set; NULL if it came to this one.
                    ALTER TABLE users ADD COLUMN imported_at INTEGER;
                    ALTER TABLE devices ADD COLUMN imported_at INTEGER;
                    -- By the number that people had where they come from, whichever they have here.
                    CREATE TABLE imported_people (amplitude_id INTEGER PRIMARY KEY, user INTEGER NOT NULL) STRICT;
                    -- One row a batch, as with fingerprints.
                    CREATE TABLE imported_rows (sequence INTEGER PRIMARY KEY, fingerprints BLOB NOT NULL) STRICT;
                    """
            )
        }
        migrator.registerMigration("19: findings") { db in
            try db.execute(
                sql: """
                    -- What came against the tracking plan. The owner is an event type; of groups, a type of group.
                    CREATE TABLE plan_findings (
                        kind TEXT NOT NULL,
                        owner TEXT NOT NULL,
                        name TEXT NOT NULL,
                        problem TEXT NOT NULL,
                        events INTEGER NOT NULL,
                        first_at INTEGER NOT NULL,
                        last_at INTEGER NOT NULL,
                        received TEXT NOT NULL,
                        PRIMARY KEY (kind, owner, name, problem)
                    ) STRICT, WITHOUT ROWID;
                    -- One row: those beyond the number of rows above.
                    CREATE TABLE unlisted_findings (events INTEGER NOT NULL) STRICT;
                    INSERT INTO unlisted_findings VALUES (0);
                    """
            )
        }
        migrator.registerMigration("20: how long events are kept") { db in
            try db.execute(
                sql: """
                    -- One row. No days: for ever. Of the cuts see Storage/Compaction/Keeping.
                    CREATE TABLE keeping (
                        days INTEGER, cut INTEGER, cleared_cut INTEGER, confirmed_cut INTEGER
                    ) STRICT;
                    INSERT INTO keeping VALUES (NULL, NULL, NULL, NULL);
                    """
            )
        }
        migrator.registerMigration("21: cohorts by rule") { db in
            // None of a list of people.
            try db.execute(sql: "ALTER TABLE cohorts ADD COLUMN definition TEXT")
        }
        migrator.registerMigration("22: charts") { db in
            try db.execute(
                sql: """
                    -- The number tells the order in which they were made. A question is a document, a request the parameters
                    -- that it was saved as: JSON.
                    CREATE TABLE charts (
                        number INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        name TEXT NOT NULL,
                        description TEXT,
                        owner TEXT,
                        question TEXT NOT NULL,
                        request TEXT,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL,
                        is_archived INTEGER NOT NULL
                    ) STRICT;
                    """
            )
        }
        migrator.registerMigration("23: lookup tables") { db in
            try db.execute(
                sql: """
                    CREATE TABLE lookup_tables (
                        name TEXT PRIMARY KEY,
                        key TEXT NOT NULL,
                        kind TEXT NOT NULL,
                        property TEXT NOT NULL,
                        group_type TEXT,
                        -- A JSON list.
                        columns TEXT NOT NULL,
                        file_name TEXT NOT NULL,
                        content INTEGER NOT NULL,
                        parts INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        row_count INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    -- Their files, compressed in pieces. What no table names is on its way, or was left.
                    CREATE TABLE lookup_parts (
                        content INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
                        PRIMARY KEY (content, part)
                    ) STRICT;
                    """
            )
        }
        return migrator
    }
}
