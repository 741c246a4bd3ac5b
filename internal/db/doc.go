// Package db is the one door to the database: two engines behind one set of
// words. SQLite lives inside the program, PostgreSQL is reached by URL; both
// get the same SQL texts, give the same results and the same errors.
//
//	service ─ Write(name, fn) ─► act ──► SQLite: acts that wait share one commit,
//	                              │              each in its own savepoint
//	                              └────► PostgreSQL: BEGIN, queued writes and COMMIT
//	                                             travel together, one round trip
//	page ──── Read(ctx) ────────► readers that cannot write
//
// It owns connections, transactions, ids, the instants of acts and the
// migrations of every room (folder migrations, numbers reserved per room).
//
// It never knows what a table means, never retries an act whose outcome is
// unknown, and never keeps rows open: a query is read to its end before it
// returns, so an act may ask again while it walks over an answer, and no
// connection waits for slow work. Long lists are paged with a keyset and LIMIT.
//
// # An act
//
// The function given to Write may run twice and therefore touches only its Tx.
// The first statement that fails ends the act: every later call gives the same
// error, and nothing of the act is stored even if the function returns nil.
// Text that PostgreSQL could not store (NUL, broken UTF-8) is refused on both
// engines with the code "invalid-text".
//
// # When the outcome is unknown
//
// If the connection breaks after COMMIT was sent and before it was answered,
// the act may or may not have happened. Write then returns an error of kind
// Unavailable with the code "outcome-unknown" and does not run the act again;
// whoever repeats it brings an idempotency key. All other trouble with the
// connection means that nothing happened: code "database-away".
package db
