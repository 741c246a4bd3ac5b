// Package fault ends the real program and its database at bad moments and looks
// at what is left.
//
//	applicants ──submit─┐
//	a clerk ─────accept─┼─each with a key──► tongban ──► SQLite or its own PostgreSQL
//	somebody ────upload─┘                       ▲ kill -9        ▲ kill -9
//	   │ no answer, or an error                 │                │
//	   └── same key again, until it is answered ┴────────────────┘
//	                    │
//	                    ▼
//	every key is one case, every case is whole, every file opens, the audit log
//	verifies
//
// It has tests alone. They build the program, run it as a user would, talk to
// it over HTTP, and look into the database read-only. The PostgreSQL of these
// tests keeps fsync on and belongs to one test.
package fault
