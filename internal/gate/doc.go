// Package gate is the door that both faces share: sessions of browsers, tokens
// of programs, throttling of logins, the cross-origin check, client addresses
// and idempotency keys.
//
//	POST login ──► Door.LoginPerson / LoginStaff ─┬─ throttle (account, address)
//	POST token ──► Door.Token ────────────────────┤─ identity: password, second factor
//	                                              └─ row in gate_session, cookie or bearer
//	any request ─► Door.Identify ─► cookie or bearer ─► one indexed read ─► identity's actor
//	                   └─► Actor(ctx) in handlers
//
// It owns the tables gate_session, gate_attempt and gate_once. Tokens are
// random and stored as hashes; login names and addresses in gate_attempt are
// keyed hashes.
//
// It never decides who may do what (identity.Decide), never holds roles or
// rights in a session (they are read anew with every request), and never
// renders: errors go up to the face.
//
// # Doing a thing once
//
// A client that repeats a request after a time-out sends the same
// Idempotency-Key. The face makes a [Once] of it and hands it to the service
// with the input of the act; the service, which must not know gate, asks for
// an interface of two methods:
//
//	type Once interface {
//		Claim(tx *db.Tx, result string)                   // in the act, as soon as the result has a key
//		Prior(q db.Queryer) (result string, err error) // after an act that failed
//	}
//
// Claim writes the key in the act's own transaction, with the key of the result
// (a case number). Of two acts with one key at the same time, the second waits
// for the first and then fails; Prior tells the result of the first, from which
// the service answers. An act that fails takes its claim with it. The same key
// with another body is refused.
package gate
