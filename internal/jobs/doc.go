// Package jobs is the outbox: work that an act leaves behind for after its
// commit, such as rendering a document, sending a message, or letting a clock
// run out on its day.
//
//	act ─ Enqueue(tx, job) ─► table job ─ commit ─► Runner: claim with a lease ─► handler
//	                             ▲                      ├─ done: the row goes
//	                             ├──── later, back-off ─┤─ failed
//	                             └──── Requeue ◄─ dead ◄┘─ failed too often
//
// A job is stored in the act's own transaction: both happen or neither does.
// It starts right after the commit in the process that enqueued it, and at the
// next poll in others. A job runs at least once: if a process dies, its lease
// runs out and another takes over. So every handler is idempotent.
//
// States: ready ─claim─► running ─done─► (deleted)
// │ running ─failed, attempts left─► ready │ running ─failed too often, or Permanent─► dead
// │ running ─lease ran out─► ready or dead │ dead ─Requeue─► ready.
//
// Payloads may hold personal data and are stored sealed; handlers get them
// opened. Errors of handlers are stored with the job and hold none.
//
// It never runs a handler inside a transaction, and never drops a job that
// failed: a dead one waits, with its owner's name, for a person.
package jobs
