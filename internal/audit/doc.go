// Package audit keeps who did what (审计), in a way that nobody can change quietly.
//
//	act ─ Append(tx, record) ─► audit_record (no lock, no chain)
//	                               │ after the commit, one process at a time
//	Sealer ────────────────────────┴─► position ─► Merkle log in tiles
//	                                                 │ at most once a second
//	                                                 └─► checkpoint, signed twice
//	Verify (read-only, from stored rows alone) ─► first fault in plain words
//
// A record is written in the transaction of the act it tells of. Commits do
// not end in the order in which they began, so nothing is read by "the last
// id seen": the sealer takes committed rows that have no position yet and
// gives them one. Feeds page over positions.
//
// A leaf of the log is the SM3 hash of the canonical record. Names and network
// addresses are not in it: only their salted hash is. So they can be erased
// when the law asks for it, and the log still proves the rest. The Merkle tree
// is the one of RFC 6962 (SHA-256). A checkpoint names the one before it and
// carries an Ed25519 signature that standard tools read and an SM2 signature.
//
// What the log proves: no record up to the last checkpoint was changed,
// removed or put in between since it was signed. That the newest end was not
// cut off can only be proved with a checkpoint that was copied elsewhere;
// Verify takes such copies.
//
// Prove takes the records of one subject out of the log, each with its way up
// to the root of a signed checkpoint: who has the keys' public halves can check
// them without the platform (Extract.Check).
//
// It never holds ID numbers, phones or form answers: Detail is for codes and
// numbers. Looking at something in clear (解除掩码) is an ordinary record.
package audit
