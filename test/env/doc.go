// Command env runs one command in the surroundings that the tests of the
// platform need, and clears them away afterwards.
//
//	go run ./test/env -- go test ./...
//
//	look what is there ──► apt-get (root on Debian) or the line to run, exit 1
//	        │
//	        ▼
//	npm ci in test/, versitygw into the cache     (once; then found again)
//	        │
//	        ▼
//	PostgreSQL, throw-away, loopback, not root ──► command ──► stop, remove
//	                                                  │
//	                                                  └──► its exit code is ours
//
// The command finds in its environment:
//
//	TONGBAN_TEST_PG              URL of a PostgreSQL superuser on that server
//	TONGBAN_TEST_PGBIN           folder of postgres, initdb, pg_dump, psql, pgbench
//	TONGBAN_TEST_PGUSER          system user that a postmaster may run as
//	TONGBAN_TEST_CHROMIUM        path of the browser
//	TONGBAN_TEST_CHROMIUM_FLAGS  flags for it, separated by blanks
//	TONGBAN_TEST_FONT            file of a font that has Chinese glyphs
//	TONGBAN_TEST_VERSITYGW       path of an S3-compatible server
//
// PG* variables of the caller are taken away, so that no client program can
// reach another server by accident.
//
// It never touches a PostgreSQL that it did not start, never listens on
// anything but loopback, and never leaves out a missing thing: it installs it,
// or it says how and fails.
package main
