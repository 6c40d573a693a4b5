"""The server: takes submissions, has them verified, shows the pages. It needs `pip install 'gnomon[server]'`.

    settings      what its keeper chose: FOLDER/settings.toml
    service       the places and the database, opened
    journal       who did what: one chained line each, appended, never changed
    tables        the database's tables; `database` opens it, `migrations/` make them
    projection    journal and ledger → tables; everything but accounts, tokens and visits can be made again
    tokens        who may do what; `visits` are browsers that have shown one
    uploads       a body → a file; `acceptance` makes a submission of it
    moderation    flags, appeals, decisions, withdrawals
    job_queue     jobs with leases; `worker` takes them, `performing` does one in a process of its own
    guards        bounds, headers and rates of every request; `rates` counts, `metrics` and `health` tell
    layout        the site's templates, with links to the server's own pages
    api, pages    what is asked for, as JSON and as HTML; `application` puts all of it together
    backup        one file that holds all; `doctor` says what is wrong

The ledger and the folders of the register, the journal and the inbox are the truth. The process that strangers talk to
has no key: it writes the inbox and the journal. The worker enters what follows into the ledger.
"""
