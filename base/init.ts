// What `threadwork init` writes: a configuration that works as it stands and explains what else can be said.
import { mkdirSync, writeFileSync } from 'node:fs'

/** Writes the file, refusing to overwrite one, and makes the data directory. */
export function init(file: string, data: string): void {
  try {
    writeFileSync(file, commentedConfiguration, { flag: 'wx' })
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    const reason = exists
      ? 'it exists; move it away, or name another with --config'
      : (error as Error).message
    throw new Error(`Cannot write "${file}": ${reason}`, { cause: error })
  }
  mkdirSync(data, { recursive: true })
}

const commentedConfiguration = `# The configuration of Threadwork. A line that begins with # is a comment; those that show a
# setting show its default, or an example where it says so. "threadwork doctor" checks this file.

# Where Threadwork keeps its PostgreSQL. Relative paths begin at this file.
# data = "./threadwork-data"

# A PostgreSQL 15 or newer of your own instead of the one in the data directory (example).
# database = "postgres://threadwork@db.example.org/threadwork"

# Where answers leave: your mail server (example), or "loopback", which takes mail to the lists below and keeps
# all other mail where "threadwork outbox list" shows it.
# relay = "smtp://mail.example.org:587"

[smtp]
# Takes mail for the lists below and for nobody else. Mail servers hand over here.
listen = "127.0.0.1:2525"
# Networks whose clients are not counted against the limits for one client: your own mail servers.
# exempt = ["127.0.0.0/8", "::1/128"]
# STARTTLS is offered with a certificate and its key, PEM files that are read again when they change (example).
# tls_certificate = "/etc/letsencrypt/live/lists.example.org/fullchain.pem"
# tls_key = "/etc/letsencrypt/live/lists.example.org/privkey.pem"

[lmtp]
# A Unix socket or a port for a mail server on this machine (example); without it there is no LMTP.
# listen = "/run/threadwork/lmtp"

[web]
# The pages. Put a web server with TLS in front to show them to the world.
listen = "127.0.0.1:8080"

[auth]
# OpenPGP keys (.asc, .gpg, .pgp) and patatt's keys (ed25519/DOMAIN/LOCAL/SELECTOR) of the people (example).
# keyring = "/etc/threadwork/keyring"
# The DNS server that is asked for DKIM and ARC keys; by default the system's (example). Best one that validates.
# dns = "127.0.0.1:53"
# List servers that are believed when they say that a mail had a valid DKIM signature before they changed it (example).
# trusted_arc = ["lists.example.org"]

[metrics]
# /metrics for Prometheus, /healthz and /readyz; nowhere unless it is set (example). Not for the world to see.
# listen = "127.0.0.1:9464"

[outgoing]
# Where answers come from; mail to bounce+...@ and unsubscribe+...@ its host must reach [smtp] (example).
# address = "threadwork@lists.example.org"
# For a relay that wants a login (examples).
# user = "threadwork"
# password_file = "/etc/threadwork/relay-password"
# Certificates that are believed instead of the system's, a PEM file (example).
# ca = "/etc/threadwork/relay-ca.pem"
# "required" or "none"; without it TLS is required unless the relay is on this machine.
# tls = "required"

[follow]
# How often the repositories of the lists are looked at.
# every_seconds = 60

[log]
# debug, info, warn or error. At a terminal only what needs attention is shown.
# level = "info"

[limits]
# A larger mail is refused by SMTP.
# mail_bytes_max = 26214400
# What one SMTP client may do (an IPv4 address, an IPv6 /64): connections at once, and mails a minute.
# smtp_client_connections_max = 20
# smtp_client_mails_per_minute_max = 300
# Mails that leave in an hour; after them nothing leaves for an hour.
# outgoing_per_hour_max = 60

# One [[lists]] for each mailing list.
[[lists]]
# In URLs and on the command line: lower-case letters, digits, ".", "_" and "-".
name = "demo"
# Where people post to.
address = "demo@localhost"
description = "Patches and bugs of the demo project"
# What stands between < and > in the list's List-Id header (example).
# list_id = "demo.lists.example.org"
# The word in brackets that the list puts into subjects (example).
# prefix = "demo"
# Where a list that another server runs delivers to us: the address we are subscribed with (example).
# subscribed = "demo@tracker.example.org"
# The git repository that the patches are for; its .mailmap says which addresses are one person (example).
# The git repository that the patches are for: a commit in it accepts its patch, and its .mailmap says which
# addresses are one person. A directory is read in place; an address (https, ssh, git) is fetched (example).
# repository = "/srv/git/demo.git"
# The branches that are followed (example); without it the one that HEAD stands on.
# branches = ["main", "release/*"]
# A file of the repository in the form of Linux' MAINTAINERS, whose people get a role for their files (example).
# maintainers = "MAINTAINERS"
# Where a commit is shown; without it the pages name commits and link to none (example).
# commit_url = "https://git.example.org/demo/commit/%s"

# With maintainers, what belongs to a role needs a sender who is confirmed by DKIM, a signature or an answer to a
# question. "from" believes whoever stands in From.
# trust = "verified"
# Imported mail is believed as its From says.
# history = true
# The grade (A, B or C) that a state or a line needs, where it differs from the usual one (example).
# needs = { accepted = "A", under-review = "C" }
# "first" holds the mails of people who never posted, until a maintainer releases them (example).
# moderate = "first"

# What is sent besides errors; nothing unless it is chosen (example).
# [lists.answers]
# bugs = true      # the number of a new bug, to its reporter
# states = true    # a patchset's new state, to its author
# digest = true    # daily: what is delegated, to whom it is delegated
# waiting = true   # weekly: what waits for whom, to the maintainers

# People with a role on the list: maintainer, reviewer or robot. "paths" narrows it to some files (example).
# [[lists.people]]
# name = "Ada Example"
# address = "ada@example.org"
# role = "maintainer"
# paths = ["net/*"]
# aliases = ["ada@example.com"]
`
