// Package deliver is 结果送达: how a result on paper reaches its addressee, by
// courier, at a window, or from a cabinet 自助取件柜.
//
// It owns the tables deliver_parcel, deliver_order, deliver_track and
// deliver_try. A case has one parcel. Whether a step is an act of the case (who
// may do it, the history, the record of service) casework decides: it moves the
// parcel inside its own act, and what a courier or a cabinet tells is given to it
// (Follow). The room never calls a courier inside a transaction and knows of the
// addressee only what a label needs, sealed.
//
//	casework ─ OpenTx ─► ready ── order ─► ordered ─ job ─► courier: parcel
//	                       ▲  └── by hand ──────┐  │ ◄─ signed callback, or asked ─┐
//	                       │                    ▼  ▼                               │
//	                       └── refused, cancelled  underway ──► delivered (Follow)─┘
//	                                                 ├──► returned ──► again, or window
//	                                                 └──► lost ──► claimed ──► again, or window
//	         OpenTx ─► waiting (code) ── hand out ─► delivered
//	                      │  ▲  └─ cabinet (code of its own) ── code at the door ─► delivered
//	                      │  └──── taken back ◄── overdue ◄─┘ after some days
//	                      └──► ready, when the person wants it posted
//
// state.go is a table, without context, SQL or clock.
package deliver
